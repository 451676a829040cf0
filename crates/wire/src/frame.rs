//! Bytes of a body cut into frames, with a cap on their size.

mod sse;

pub use sse::{SseContent, SseFrame, SseReader};

/// One unit of an upstream body.
#[derive(Clone, Copy, Debug)]
pub enum Frame<'a> {
    /// A plain answer, whole.
    Whole(&'a [u8]),
    /// One server-sent event.
    Sse {
        /// The `event:` field, if any.
        event: Option<&'a str>,
        /// The `data:` fields, joined by line feeds.
        data: &'a str,
    },
}

/// Why a body cannot be cut into frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A frame is larger than allowed.
    #[error("one of its frames is larger than {limit} bytes")]
    TooLarge {
        /// The cap in bytes.
        limit: usize,
    },
    /// A frame is not UTF-8.
    #[error("it is not valid UTF-8")]
    NotUtf8,
}
