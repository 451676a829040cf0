//! The dialect of the OpenAI API: chat completions, completions, embeddings.
//!
//! Spoken by clients on `/v1` and by OpenAI, Azure and many look-alikes on the other side. Source: OpenAI's API
//! reference, as sampled in November 2026.

mod answer;
mod calls;
mod conversation;
mod decode;
mod encode;
mod error;
mod message;
mod read;
mod stream;
mod tap;
mod tell;
mod thinking;
mod vectors;
mod words;
mod written;

use bytes::Bytes;

use super::{Decoded, Dialect, Fault, Tap};
use crate::vector::VectorForm;
use crate::{Asked, Operation, Translation, Words};

pub use conversation::conversation;
pub(in crate::dialect) use conversation::{arguments, bytes, source};
pub use decode::OpenAiDecoder;
pub use encode::{chat_body, completions_body, embeddings_body};
pub use read::chat_request;
pub use tap::OpenAiTap;
pub use tell::conversation_body;

/// The OpenAI door.
#[derive(Clone, Copy, Debug)]
pub struct OpenAi;

impl Dialect for OpenAi {
    fn decode(&self, operation: Operation, body: &[u8]) -> Result<Decoded, Fault> {
        let request = read::request(operation, read::members(body)?)?;
        let voice = answer::OpenAiVoice {
            operation,
            form: VectorForm::asked_in(request.extra()),
            include_usage: read::wants_usage(&request),
        };
        Ok(Decoded {
            asked: Asked::Request(request),
            report: Translation::default(),
            words: Words::Choices,
            voice: Box::new(voice),
        })
    }

    fn error(&self, fault: &Fault) -> (u16, Bytes) {
        error::write(fault)
    }

    fn tap(&self) -> Option<Box<dyn Tap>> {
        Some(Box::new(OpenAiTap::default()))
    }
}

/// The refusal of a body that is no JSON object.
pub fn not_json(body: &[u8]) -> Fault {
    let place = std::str::from_utf8(body)
        .ok()
        .and_then(crate::json::locate_error)
        .map_or_else(
            || "it must be a JSON object in UTF-8".to_owned(),
            |error| format!("{} at character {}", error.message, error.offset),
        );
    Fault::invalid(
        400,
        format!("The request body is not valid JSON: {place}. Send one JSON object."),
    )
}
