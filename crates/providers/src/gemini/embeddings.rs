//! Embeddings: one text by `embedContent`, several by `batchEmbedContents`, as MLflow does.
//!
//! Source: Gemini's API reference, "Embeddings", as sampled in November 2026.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value, json};
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::{DecodeError, Event};
use tidegate_wire::{Counts, EmbeddingsRequest, Operation};

use crate::call::CallHead;
use crate::carriage::{Carriage, Carried, Others};
use crate::encoded::Encoded;
use crate::support::decode::{count, parse, vectors};
use crate::support::prompt;

/// What becomes of members: they stand in the request of each text.
pub(super) static CARRIED: Carriage = Carriage {
    operation: Operation::Embeddings,
    only: None,
    members: &[
        ("dimensions", Carried::As("outputDimensionality")),
        ("encoding_format", Carried::Here),
    ],
    contents: &[],
    others: Others::Body,
};

/// Writes a request.
pub(super) fn encode(
    call: CallHead,
    model: &str,
    request: &EmbeddingsRequest,
) -> Result<Encoded, Fault> {
    let Value::Array(texts) = prompt::texts(call, &request.input)? else {
        return Ok(Encoded::default());
    };
    let mut encoded = Encoded::default();
    let mut members = Map::new();
    CARRIED.write(&request.extra, &mut members, &mut encoded.report);
    let content = |text: &Value| json!({"parts": [{"text": text}]});
    encoded.body = if let [text] = texts.as_slice() {
        encoded.lone_text = true;
        let mut body = Map::from_iter([("content".to_owned(), content(text))]);
        body.extend(members);
        body
    } else {
        let requests = texts.iter().map(|text| {
            let mut request = Map::from_iter([
                ("model".to_owned(), json!(format!("models/{model}"))),
                ("content".to_owned(), content(text)),
            ]);
            request.extend(members.clone());
            Value::Object(request)
        });
        Map::from_iter([("requests".to_owned(), requests.collect())])
    };
    Ok(encoded)
}

/// An answer of either method.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(borrow)]
    embedding: Option<Embedding<'a>>,
    #[serde(borrow)]
    embeddings: Option<Vec<Embedding<'a>>>,
    usage_metadata: Option<Usage>,
}

#[derive(Deserialize)]
struct Embedding<'a> {
    #[serde(borrow)]
    values: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Usage {
    prompt_token_count: Option<Number>,
    total_token_count: Option<Number>,
}

/// Reads an answer.
pub(super) fn read(body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
    let answer: Answer<'_> = parse(body)?;
    let all = match (answer.embeddings, answer.embedding) {
        (Some(all), _) => all,
        (None, Some(lone)) => vec![lone],
        (None, None) => return Err(DecodeError::Shape("it has no `embeddings`".to_owned())),
    };
    vectors(all.iter().map(|it| it.values), out)?;
    let usage = answer.usage_metadata.and_then(|told| {
        let counts = Counts {
            prompt: count(told.prompt_token_count),
            total: count(told.total_token_count),
            ..Counts::default()
        };
        counts.usage()
    });
    out.extend(usage.map(Event::Usage));
    Ok(())
}
