//! Completions: the API `/generate`, which Amazon Bedrock speaks too.
//!
//! Source: spec, providers/cohere.md, "Completions".

use serde::Deserialize;
use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::{DecodeError, Event};
use tidegate_wire::{CompletionsRequest, Operation};

use super::decoder::finished;
use crate::call::CallHead;
use crate::parameters::{Extra, Fate, NOTHING, Parameters, Standard};
use crate::support::decode::{index, parse};
use crate::support::prompt;
use crate::support::temperature::Scale;

/// Cohere's temperatures run from 0 to 5.
pub(super) const TEMPERATURE: Fate = Fate::Scaled("temperature", Scale::to(5.0));

/// The one extra of the seed that Cohere spells differently.
pub(super) const EXTRAS: &[Extra] = &[Extra {
    name: "top_k",
    native: "k",
    member: None,
}];

/// What becomes of the standard parameters.
pub(crate) static PARAMETERS: Parameters = Parameters {
    operation: Operation::Completions,
    temperature: TEMPERATURE,
    count: Fate::As("num_generations"),
    max_tokens: Fate::As("max_tokens"),
    stop: Fate::Listed("stop_sequences"),
    reserved: &[
        ("stop_sequences", Standard::Stop),
        ("num_generations", Standard::Count),
    ],
    reserved_status: 400,
    extras: EXTRAS,
    ..NOTHING
};

/// Writes a body without `model`, or refuses what cannot be said in it. Amazon Bedrock has a table of its own.
pub(crate) fn body(
    table: &Parameters,
    call: CallHead,
    request: &CompletionsRequest,
) -> Result<Map<String, Value>, Fault> {
    let mut body = table.checked(call, &request.sampling, &request.extra)?;
    if let Some(stream) = request.sampling.stream {
        body.insert("stream".to_owned(), stream.into());
    }
    body.insert("prompt".to_owned(), prompt::text(&request.prompt)?.into());
    Ok(body)
}

#[derive(Deserialize)]
struct Answer {
    generations: Vec<Generation>,
}

#[derive(Deserialize)]
struct Generation {
    text: String,
    finish_reason: Option<String>,
}

/// Reads a whole answer. As in MLflow, neither its id nor its costs are passed on; its reasons to finish are where asked
/// for.
pub(super) fn read(body: &[u8], reasons: bool, out: &mut Vec<Event>) -> Result<(), DecodeError> {
    let answer: Answer = parse(body)?;
    out.push(Event::nameless());
    for (position, generation) in answer.generations.into_iter().enumerate() {
        let choice = index(position);
        let text = generation.text;
        out.push(Event::Text { choice, text });
        let reason = generation.finish_reason.filter(|_| reasons);
        out.extend(reason.map(|reason| finished(choice, reason)));
    }
    Ok(())
}
