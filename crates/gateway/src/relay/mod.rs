//! Streams on their way from provider to client: passed through, or translated.

mod native;
mod translated;

use bytes::BytesMut;
use tidegate_wire::Usage;
use tidegate_wire::dialect::StreamError;
use tidegate_wire::event::DecodeError;

pub(crate) use native::{NativeRelay, Passing};
pub(crate) use translated::{Most, TranslatedRelay};

/// Whether a stream goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// More may come.
    On,
    /// The provider has said its last word.
    Done,
    /// The provider reported an error, which has been passed on: nothing may follow.
    Failed,
}

/// A stream's way. Bytes that come out are ready for the client.
pub(crate) trait Relay: Send {
    /// Takes bytes from the provider.
    fn chunk(&mut self, chunk: bytes::Bytes, out: &mut BytesMut) -> Result<Flow, DecodeError>;

    /// The provider's body ended by itself: was the answer whole?
    fn eof(&mut self, out: &mut BytesMut) -> Result<(), DecodeError>;

    /// Ends the client's stream: the terminator if it is still due, or one typed error.
    fn end(&mut self, outcome: Result<(), &StreamError>, out: &mut BytesMut);

    /// Takes what the answer cost, and the model that gave it.
    fn report(&mut self) -> (Option<Usage>, Option<String>);
}
