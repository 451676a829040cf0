//! Embeddings: the method `predict`, an instance for each text.
//!
//! Source: Vertex AI's page "Text embeddings API", as sampled in November 2026.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::{DecodeError, Event};
use tidegate_wire::{Counts, EmbeddingsRequest, Operation};

use crate::call::CallHead;
use crate::carriage::{Carriage, Carried, Others};
use crate::encoded::Encoded;
use crate::support::decode::{count, parse, vectors};
use crate::support::prompt;

/// What becomes of members.
pub(super) static CARRIED: Carriage = Carriage {
    operation: Operation::Embeddings,
    only: None,
    members: &[
        ("dimensions", Carried::As("parameters.outputDimensionality")),
        ("encoding_format", Carried::Here),
        ("task_type", Carried::Apart("in the instance of each text")),
        ("title", Carried::Apart("in the instance of each text")),
    ],
    contents: &[],
    others: Others::Within("parameters"),
};

/// Members that say something of each text.
const OF_INSTANCES: [&str; 2] = ["task_type", "title"];

/// Writes a request.
pub(super) fn encode(call: CallHead, request: &EmbeddingsRequest) -> Result<Encoded, Fault> {
    let Value::Array(texts) = prompt::texts(call, &request.input)? else {
        return Ok(Encoded::default());
    };
    let mut encoded = Encoded::default();
    let shared = OF_INSTANCES.into_iter();
    let shared: Vec<_> = shared
        .filter_map(|name| Some((name.to_owned(), request.extra.get(name)?.clone())))
        .collect();
    let instances = texts.into_iter().map(|text| {
        let mut instance = Map::from_iter([("content".to_owned(), text)]);
        instance.extend(shared.clone());
        Value::Object(instance)
    });
    let instances = instances.collect();
    encoded.body.insert("instances".to_owned(), instances);
    CARRIED.write(&request.extra, &mut encoded.body, &mut encoded.report);
    Ok(encoded)
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    predictions: Vec<Prediction<'a>>,
}

#[derive(Deserialize)]
struct Prediction<'a> {
    #[serde(borrow)]
    embeddings: Embedding<'a>,
}

#[derive(Deserialize)]
struct Embedding<'a> {
    #[serde(borrow)]
    values: &'a RawValue,
    statistics: Option<Statistics>,
}

#[derive(Deserialize)]
struct Statistics {
    token_count: Option<Number>,
}

/// Reads an answer. Each text tells its own costs.
pub(super) fn read(body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
    let answer: Answer<'_> = parse(body)?;
    let all = || answer.predictions.iter().map(|it| &it.embeddings);
    vectors(all().map(|it| it.values), out)?;
    let told = all().filter_map(|it| it.statistics.as_ref());
    let counts = told.filter_map(|told| count(told.token_count.clone()));
    let counts = Counts {
        prompt: counts.reduce(u64::saturating_add),
        ..Counts::default()
    };
    out.extend(counts.usage().map(Event::Usage));
    Ok(())
}
