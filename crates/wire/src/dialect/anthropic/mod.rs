//! The dialect of Anthropic's Messages API.

use bytes::Bytes;

use super::{Decoded, Dialect, Fault};
use crate::Operation;

/// The door of this dialect.
#[derive(Clone, Copy, Debug)]
pub struct Anthropic;

impl Dialect for Anthropic {
    fn decode(&self, _: Operation, _: &[u8]) -> Result<Decoded, Fault> {
        Err(Fault::gateway(501, "api_error", "not built"))
    }

    fn error(&self, fault: &Fault) -> (u16, Bytes) {
        super::openai::OpenAi.error(fault)
    }
}

/// The door that counts the tokens of a request of the Messages API.
#[derive(Clone, Copy, Debug)]
pub struct CountTokens;

impl Dialect for CountTokens {
    fn decode(&self, _: Operation, _: &[u8]) -> Result<Decoded, Fault> {
        Err(Fault::gateway(501, "api_error", "not built"))
    }

    fn error(&self, fault: &Fault) -> (u16, Bytes) {
        Anthropic.error(fault)
    }
}
