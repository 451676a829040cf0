//! What watches an answer that passes through as it is: is it whole, is it valid, what did it cost.

use bytes::BytesMut;

use super::StreamError;
use crate::event::{DecodeError, ReportedError};
use crate::usage::Usage;

/// What a passing frame means for the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed {
    /// Pass it on.
    Content,
    /// It is the terminator: pass it on, nothing follows.
    Done,
    /// It reports an error in the dialect's form: pass it on, and nothing after it.
    Error,
    /// It reports an error in a form that clients do not know: tell it in the dialect's, and nothing after it.
    OddError(ReportedError),
}

/// What an answer tells the records.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// Token counts, once they came.
    pub usage: Option<Usage>,
    /// The model that answers.
    pub model: Option<String>,
}

/// Watches one answer, streamed or plain.
pub trait Tap: Send + Sync {
    /// Looks at a frame of a stream: the event's name, empty where there is none, and its data.
    fn observe(&mut self, event: &str, data: &str) -> Result<Observed, DecodeError>;

    /// Looks at a whole plain answer: valid JSON of the right kind.
    fn inspect(&mut self, body: &[u8]) -> Result<(), DecodeError>;

    /// True once a stream has said all that is needed for it to end without a terminator.
    fn finished(&self) -> bool;

    /// Ends a stream whose terminator has not come: writes it, or one typed error.
    fn end(&mut self, outcome: Result<(), &StreamError>, out: &mut BytesMut);

    /// Takes what the answer has told so far.
    fn told(&mut self) -> Told;
}
