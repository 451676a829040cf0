//! Bytes of a body cut into frames, with a cap on their size.

#[cfg(test)]
mod cuts;
mod header;
mod line;
mod message;
mod pending;
mod reader;
mod sse;

pub use reader::{FrameReader, Framing, RawFrame};
pub use sse::{SseContent, SseFrame, SseReader};

/// One unit of an upstream body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// One line of newline-delimited JSON, without its line end. Never blank.
    Line(&'a str),
    /// One message of an AWS event stream.
    Message {
        /// What the message is.
        kind: MessageKind,
        /// The type of the event or of the exception, or the code of the error.
        event: &'a str,
        /// The payload; of an error, the bytes of its message.
        payload: &'a [u8],
    },
}

impl<'a> Frame<'a> {
    /// Returns what the frame says, whichever way it was cut.
    pub const fn bytes(self) -> &'a [u8] {
        match self {
            Self::Whole(bytes) | Self::Message { payload: bytes, .. } => bytes,
            Self::Sse { data: text, .. } | Self::Line(text) => text.as_bytes(),
        }
    }

    /// True for a plain answer, which is no part of a stream.
    pub const fn is_whole(self) -> bool {
        matches!(self, Self::Whole(_))
    }
}

/// What a message of an AWS event stream is, told by its header `:message-type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// A part of the answer.
    Event,
    /// An error that the service's model describes; its payload is JSON.
    Exception,
    /// An error outside the service's model, told by a code and a text.
    Error,
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
    /// A frame breaks the rules of its format.
    #[error("it is not a valid AWS event stream: {0}")]
    Malformed(&'static str),
    /// A frame ends before its announced length.
    #[error("it ended before it was complete")]
    CutOff,
}
