//! `/api/embed`: requests and answers.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Number};
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::{DecodeError, Event};
use tidegate_wire::{Counts, EmbeddingsRequest, Operation};

use crate::call::CallHead;
use crate::carriage::{Carriage, Carried, Others};
use crate::encoded::Encoded;
use crate::support::decode::{count, embedding, parse};
use crate::support::prompt;

/// What becomes of a request. Vectors always come as numbers: the gateway itself writes base64.
pub(super) static CARRIED: Carriage = Carriage {
    operation: Operation::Embeddings,
    only: None,
    members: &[
        ("dimensions", Carried::As("dimensions")),
        ("encoding_format", Carried::Here),
    ],
    contents: &[],
    others: Others::Body,
};

/// Writes a body without `model`, or refuses what cannot be said in it.
pub(super) fn body(call: CallHead, request: &EmbeddingsRequest) -> Result<Encoded, Fault> {
    let texts = prompt::texts(call, &request.input)?;
    let mut members = request.extra.clone();
    members.retain(|_, value| !value.is_null());
    let mut encoded = Encoded::from(Map::from_iter([("input".to_owned(), texts)]));
    CARRIED.write(&members, &mut encoded.body, &mut encoded.report);
    Ok(encoded)
}

#[derive(Deserialize)]
struct Answer<'a> {
    model: Option<String>,
    #[serde(borrow)]
    embeddings: Vec<&'a RawValue>,
    prompt_eval_count: Option<Number>,
}

/// Reads a whole answer.
pub(super) fn read(body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
    let answer: Answer<'_> = parse(body)?;
    out.push(Event::Started {
        id: None,
        model: answer.model,
        created: None,
    });
    for (position, vector) in answer.embeddings.into_iter().enumerate() {
        out.push(embedding(position, vector)?);
    }
    let counts = Counts {
        prompt: count(answer.prompt_eval_count),
        ..Counts::default()
    };
    out.extend(counts.usage().map(Event::Usage));
    Ok(())
}
