//! Embeddings: the API `/embed`.
//!
//! Source: spec, providers/cohere.md, "Embeddings"; vectors by type are of Cohere's API, version 1, where the request
//! names `embedding_types`.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::{DecodeError, Event};
use tidegate_wire::{EmbeddingsRequest, Operation};

use crate::call::CallHead;
use crate::parameters::{NOTHING, Parameters, Standard};
use crate::support::decode::{parse, vectors};
use crate::support::embeddings;

/// What becomes of the standard parameters.
pub(super) static PARAMETERS: Parameters = Parameters {
    operation: Operation::Embeddings,
    reserved: &[("texts", Standard::Input)],
    ..NOTHING
};

/// Writes a body without `model`, or refuses what cannot be said in it.
pub(super) fn body(
    call: CallHead,
    request: &EmbeddingsRequest,
) -> Result<Map<String, Value>, Fault> {
    embeddings::body(&PARAMETERS, "texts", call, request)
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    embeddings: &'a RawValue,
}

/// Vectors by type, where the request named types.
#[derive(Deserialize)]
struct ByType<'a> {
    #[serde(borrow)]
    float: Vec<&'a RawValue>,
}

/// Reads a whole answer.
pub(super) fn read(body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
    let answer: Answer<'_> = parse(body)?;
    let text = answer.embeddings.get().as_bytes();
    let list: Vec<&RawValue> = if text.starts_with(b"{") {
        parse::<ByType<'_>>(text)?.float
    } else {
        parse(text)?
    };
    vectors(list, out)
}
