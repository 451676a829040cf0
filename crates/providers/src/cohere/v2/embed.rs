//! `/embed`: requests and answers.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value, json};
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::{DecodeError, Event};
use tidegate_wire::{Counts, EmbeddingsRequest, Operation, Translation};

use crate::call::CallHead;
use crate::carriage::{Carriage, Carried, Others};
use crate::encoded::Encoded;
use crate::support::decode::{count, parse, vectors};
use crate::support::prompt;

/// What becomes of a request. Vectors always come as numbers: the gateway itself writes base64.
pub(in super::super) static CARRIED: Carriage = Carriage {
    operation: Operation::Embeddings,
    only: None,
    members: &[
        ("dimensions", Carried::As("output_dimension")),
        ("encoding_format", Carried::Here),
    ],
    contents: &[],
    others: Others::Body,
};

/// The most texts of one request.
const MOST_TEXTS: usize = 96;

const INPUT_TYPE: &str = "input_type";
const TYPES: &str = "embedding_types";

/// The type of vectors that can be read.
const FLOAT: &str = "float";

/// Writes a body without `model`, or refuses what cannot be said in it.
pub(in super::super) fn body(
    call: CallHead,
    request: &EmbeddingsRequest,
) -> Result<Encoded, Fault> {
    let texts = prompt::texts(call, &request.input)?;
    let name = call.words.input();
    if let Some(count) = texts.as_array().map(Vec::len)
        && count > MOST_TEXTS
    {
        let text = format!(
            "This endpoint's provider takes at most {MOST_TEXTS} texts as `{name}`, got {count}. Send several requests."
        );
        return Err(Fault::invalid(400, text).with_param(name));
    }
    let mut body = Map::from_iter([("texts".to_owned(), texts)]);
    let mut report = Translation::default();
    let mut members = request.extra.clone();
    members.retain(|_, value| !value.is_null());
    CARRIED.write(&members, &mut body, &mut report);
    body.entry(INPUT_TYPE)
        .or_insert_with(|| "search_document".into());
    let types = body.entry(TYPES).or_insert_with(|| json!([FLOAT]));
    let readable = |types: &Vec<Value>| types.iter().any(|it| it == FLOAT);
    if !types.as_array().is_some_and(readable) {
        let text =
            format!("`{TYPES}` must hold `{FLOAT}`: vectors of other types cannot be told here.");
        return Err(Fault::invalid(400, text).with_param(TYPES));
    }
    Ok(Encoded {
        body,
        report,
        emulates_schema: false,
    })
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    embeddings: ByType<'a>,
    meta: Option<Meta>,
}

#[derive(Deserialize)]
struct ByType<'a> {
    #[serde(borrow)]
    float: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Meta {
    billed_units: Option<Billed>,
}

#[derive(Deserialize)]
struct Billed {
    input_tokens: Option<Number>,
}

/// Reads a whole answer.
pub(in super::super) fn read(body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
    let answer: Answer<'_> = parse(body)?;
    vectors(answer.embeddings.float, out)?;
    let billed = answer.meta.and_then(|it| it.billed_units);
    let counts = Counts {
        prompt: billed.and_then(|it| count(it.input_tokens)),
        ..Counts::default()
    };
    out.extend(counts.usage().map(Event::Usage));
    Ok(())
}
