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

use crate::parameters::{NOTHING, Parameters, Standard};
use crate::provider::CallHead;
use crate::support::decode::{embedding, parse};
use crate::support::extras::of_the_provider;
use crate::support::prompt;

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
    PARAMETERS.check_reserved(call, &request.extra)?;
    let texts = prompt::texts(call, &request.input)?;
    let mut body = Map::from_iter([("texts".to_owned(), texts)]);
    let extra = of_the_provider(call, &request.extra, &[])?;
    PARAMETERS.write_extras(&extra, &mut body);
    Ok(body)
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
    let vectors = answer.embeddings.get().as_bytes();
    let vectors: Vec<&RawValue> = if vectors.starts_with(b"{") {
        parse::<ByType<'_>>(vectors)?.float
    } else {
        parse(vectors)?
    };
    out.push(Event::nameless());
    for (position, vector) in vectors.into_iter().enumerate() {
        out.push(embedding(position, vector)?);
    }
    Ok(())
}
