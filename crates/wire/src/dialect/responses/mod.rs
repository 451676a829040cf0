//! The dialect of OpenAI's Responses API.

use bytes::Bytes;

use super::{Decoded, Dialect, Fault};
use crate::Operation;

/// The door of this dialect.
#[derive(Clone, Copy, Debug)]
pub struct Responses;

impl Dialect for Responses {
    fn decode(&self, _: Operation, _: &[u8]) -> Result<Decoded, Fault> {
        Err(Fault::gateway(501, "api_error", "not built"))
    }

    fn error(&self, fault: &Fault) -> (u16, Bytes) {
        super::openai::OpenAi.error(fault)
    }
}
