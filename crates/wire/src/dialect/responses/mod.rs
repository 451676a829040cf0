//! The dialect of OpenAI's Responses API: items in, items out, and a stream that tells how each of them grows.
//!
//! Nothing is stored here, so whatever needs stored state is refused. Source: OpenAI's API reference and recorded traffic, as
//! sampled in November 2026.

mod encode;
mod input;
mod item;
mod output;
mod part;
mod piece;
mod read;
mod request;
mod response;
mod tap;
mod tool;
mod usage;

use bytes::Bytes;

use super::openai::OpenAi;
use super::{Decoded, Dialect, Fault, Tap};
use crate::{Asked, Operation, Words};

pub use tap::ResponsesTap;

/// The door of this dialect.
#[derive(Clone, Copy, Debug)]
pub struct Responses;

impl Dialect for Responses {
    fn decode(&self, operation: Operation, body: &[u8]) -> Result<Decoded, Fault> {
        if operation != Operation::Chat {
            let text = format!("The Responses API asks for chat, not for {operation}.");
            return Err(Fault::invalid(400, text));
        }
        let read = request::read(body)?;
        Ok(Decoded {
            asked: Asked::Conversation(read.conversation),
            report: read.report,
            words: Words::Choices,
            voice: Box::new(read.voice),
        })
    }

    fn error(&self, fault: &Fault) -> (u16, Bytes) {
        OpenAi.error(fault)
    }

    fn tap(&self) -> Option<Box<dyn Tap>> {
        Some(Box::new(ResponsesTap::default()))
    }
}
