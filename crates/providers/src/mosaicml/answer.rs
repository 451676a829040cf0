//! Reads answers and errors. Answers are bare texts or vectors.

use http::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_wire::Operation;
use tidegate_wire::event::{DecodeError, Event};

use crate::failure;
use crate::failure::Failure;
use crate::support::decode::{parse, texts, vectors};

/// How the words begin with which a model refuses a request that is too long (spec, "Errors").
const TOO_LONG: [&str; 2] = [
    "Error: max output tokens is limited to",
    "Error: prompt token count",
];

#[derive(Deserialize)]
struct Answer<T> {
    outputs: Vec<T>,
}

pub(super) fn read_texts(body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
    let answer: Answer<String> = parse(body)?;
    texts(answer.outputs, out);
    Ok(())
}

pub(super) fn read_vectors(body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
    let answer: Answer<Box<RawValue>> = parse(body)?;
    vectors(answer.outputs.iter().map(|it| &**it), out)
}

/// Reads an error. A request for text that is too long is the client's fault, though the provider calls it its own.
pub(super) fn failure(operation: Operation, status: StatusCode, body: &[u8]) -> Failure {
    let failure = failure::read(status, body);
    let generates = operation != Operation::Embeddings;
    let too_long = TOO_LONG
        .iter()
        .any(|words| failure.message.starts_with(words));
    if generates && status == StatusCode::INTERNAL_SERVER_ERROR && too_long {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Failure { status, ..failure };
    }
    failure
}
