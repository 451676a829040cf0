//! The dialect of Anthropic's Messages API.
//!
//! Spoken by clients on `/v1/messages` and by whoever serves Claude under this API on the other side. Source: Anthropic's
//! API reference, as sampled in November 2026.

mod answer;
mod count;
mod counts;
mod error;
mod request;
mod spot;
mod stream;
mod tap;
mod thread;
mod words;

use bytes::Bytes;

use super::{Decoded, Dialect, Fault, Tap, Voice, envelope};
use crate::conversation::Conversation;
use crate::{Asked, Operation, Translation, Words};

pub use counts::MessagesCounts;
pub use tap::{AnthropicTap, CountTap};
pub use thread::refuse_threads;

/// The door of this dialect.
#[derive(Clone, Copy, Debug)]
pub struct Anthropic;

impl Dialect for Anthropic {
    fn decode(&self, operation: Operation, body: &[u8]) -> Result<Decoded, Fault> {
        let (asked, report) = read(operation, body)?;
        if !asked.members.contains_key("max_tokens") {
            return Err(spot::missing("max_tokens"));
        }
        Ok(decoded(asked, report, Box::new(answer::AnthropicVoice)))
    }

    fn error(&self, fault: &Fault) -> (u16, Bytes) {
        error::write(fault)
    }

    fn unsealed(&self, body: &[u8]) -> Option<(Bytes, Translation)> {
        let body = envelope::without(body, request::take_out_envelopes)?;
        let mut report = Translation::default();
        report.dropped("thinking.signature");
        Some((body, report))
    }

    fn may_be_sealed(&self, body: &[u8]) -> bool {
        envelope::may_be_in(body)
    }

    fn tap(&self) -> Option<Box<dyn Tap>> {
        Some(Box::new(AnthropicTap::default()))
    }
}

/// The door that counts the tokens of a request of the Messages API. The answer's count of the request's tokens is all
/// that is told, and it is never streamed.
#[derive(Clone, Copy, Debug)]
pub struct CountTokens;

impl Dialect for CountTokens {
    fn decode(&self, operation: Operation, body: &[u8]) -> Result<Decoded, Fault> {
        let (mut asked, report) = read(operation, body)?;
        asked.stream = None;
        Ok(decoded(asked, report, Box::new(count::CountVoice)))
    }

    fn error(&self, fault: &Fault) -> (u16, Bytes) {
        error::write(fault)
    }

    fn unsealed(&self, body: &[u8]) -> Option<(Bytes, Translation)> {
        Anthropic.unsealed(body)
    }

    fn may_be_sealed(&self, body: &[u8]) -> bool {
        Anthropic.may_be_sealed(body)
    }

    fn tap(&self) -> Option<Box<dyn Tap>> {
        Some(Box::new(CountTap::default()))
    }
}

fn read(operation: Operation, body: &[u8]) -> Result<(Conversation, Translation), Fault> {
    if operation != Operation::Chat {
        let text = format!("The Messages API asks for chat, not for {operation}.");
        return Err(Fault::invalid(400, text));
    }
    request::read(body)
}

fn decoded(asked: Conversation, report: Translation, voice: Box<dyn Voice>) -> Decoded {
    Decoded {
        asked: Asked::Conversation(asked),
        report,
        words: Words::Choices,
        voice,
    }
}
