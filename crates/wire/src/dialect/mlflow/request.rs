//! Reads MLflow request bodies: defaults, coercions, extras.

use serde_json::{Map, Value, json};

use super::check::{Check, Checked, missing, not_an_object};
use super::schema::fields;
use super::{Era, Shape};
use crate::dialect::{Fault, Origin};
use crate::json::locate_error;
use crate::request::{Sampling, Temperature};
use crate::{
    ChatRequest, CompletionsRequest, EmbeddingsRequest, Message, Operation, Request, Words,
};

/// The refusal of a client's own model name.
const MODEL: &str = "The parameter 'model' is not permitted to be passed. The route being queried already defines a model instance.";

/// Reads a body. Returns the request, the names it uses, and the shape its answer must have.
pub(super) fn decode(
    era: Era,
    operation: Operation,
    body: &[u8],
) -> Result<(Request, Words, Shape), Fault> {
    let mut members = object(body)?;
    let spoken = Spoken::of(era, operation, &members)?;
    let table = fields(era, operation, spoken.words);
    let mut check = Check::new(era);
    let checked: Vec<_> = table
        .iter()
        .map(|field| check.field(field, &members))
        .collect();
    if !check.entries.is_empty() {
        return Err(schema_fault(check.entries));
    }
    if members.get("model").is_some_and(|model| !model.is_null()) {
        return Err(Fault::invalid(422, MODEL).with_param("model"));
    }
    let temperature_sent = members.contains_key("temperature");
    let values = table.iter().zip(checked).map(|(field, checked)| {
        let sent = members.shift_remove(field.name);
        let value = match checked {
            Checked::Absent => None,
            Checked::AsSent => sent,
            Checked::Coerced(value) => Some(value),
        };
        (field.name, value)
    });
    let values = values.collect();
    Ok((
        build(
            era,
            operation,
            values,
            temperature_sent,
            without_nulls(members),
        ),
        spoken.words,
        spoken.shape,
    ))
}

/// Reads the body as an object, with FastAPI's entries when it is none.
fn object(body: &[u8]) -> Result<Map<String, Value>, Fault> {
    let text = std::str::from_utf8(body)
        .map_err(|_| Fault::invalid(400, "There was an error parsing the body"))?;
    if text.is_empty() {
        return Err(schema_fault(vec![missing(
            vec!["body".into()],
            &Value::Null,
        )]));
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(Value::Null) => Err(schema_fault(vec![missing(
            vec!["body".into()],
            &Value::Null,
        )])),
        Ok(other) => Err(schema_fault(vec![not_an_object(
            vec!["body".into()],
            &other,
        )])),
        Err(error) => {
            let (offset, reason) = locate_error(text).map_or((0, error.to_string()), |found| {
                (found.offset, found.message.to_owned())
            });
            Err(schema_fault(vec![json!({
                "type": "json_invalid", "loc": ["body", offset], "msg": "JSON decode error",
                "input": {}, "ctx": {"error": reason},
            })]))
        }
    }
}

/// The words a request uses where releases differ.
struct Spoken {
    words: Words,
    shape: Shape,
}

impl Spoken {
    fn of(era: Era, operation: Operation, members: &Map<String, Value>) -> Result<Self, Fault> {
        let has = |name: &str| members.contains_key(name);
        let (old, new) = match operation {
            Operation::Embeddings => ("text", "input"),
            Operation::Chat | Operation::Completions => ("candidate_count", "n"),
        };
        let shape = match era {
            Era::Candidates => Shape::Candidates,
            Era::Choices | Era::Endpoints => Shape::Choices,
            Era::Auto if has(old) && has(new) => return Err(use_instead(422, new, old)),
            Era::Auto if has(old) => Shape::Candidates,
            Era::Auto if has(new) || operation == Operation::Embeddings => Shape::Choices,
            Era::Auto => Shape::Both,
        };
        let words = match (era, shape) {
            (Era::Candidates, _) => Words::Mlflow28,
            (Era::Choices, _) => Words::Mlflow215,
            (_, Shape::Candidates) => Words::Candidates,
            (_, Shape::Choices | Shape::Both) => Words::Choices,
        };
        Ok(Self { words, shape })
    }
}

fn use_instead(status: u16, sent: &'static str, instead: &str) -> Fault {
    let message = format!("Invalid parameter `{sent}`. Use `{instead}` instead.");
    Fault::invalid(status, message).with_param(sent)
}

fn schema_fault(entries: Vec<Value>) -> Fault {
    Fault {
        status: 422,
        message: "the request does not fit the endpoint's schema".to_owned(),
        origin: Origin::Schema(entries),
    }
}

/// Drops object members that are null at every depth, as MLflow does; null list items stay.
fn without_nulls(members: Map<String, Value>) -> Map<String, Value> {
    fn clean(value: Value) -> Value {
        match value {
            Value::Object(members) => Value::Object(without_nulls(members)),
            Value::Array(items) => items.into_iter().map(clean).collect(),
            other => other,
        }
    }
    members
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| (key, clean(value)))
        .collect()
}

fn build(
    era: Era,
    operation: Operation,
    values: Vec<(&'static str, Option<Value>)>,
    temperature_sent: bool,
    extra: Map<String, Value>,
) -> Request {
    let mut sampling = Sampling::default();
    let mut subject = Value::Null;
    for (name, value) in values {
        let Some(value) = value else { continue };
        match (name, value) {
            ("temperature", Value::Number(value)) => {
                sampling.temperature = Some(Temperature {
                    value,
                    scale: era.temperature(),
                    sent: temperature_sent,
                });
            }
            ("n" | "candidate_count", Value::Number(value)) => sampling.n = Some(value),
            ("max_tokens", Value::Number(value)) => sampling.max_tokens = Some(value),
            ("stream", Value::Bool(value)) => sampling.stream = Some(value),
            ("stop", value) => sampling.stop = Some(value),
            (_, value) => subject = value,
        }
    }
    match operation {
        Operation::Chat => Request::Chat(ChatRequest {
            messages: messages(subject),
            sampling,
            extra,
        }),
        Operation::Completions => Request::Completions(CompletionsRequest {
            prompt: subject,
            sampling,
            extra,
        }),
        Operation::Embeddings => Request::Embeddings(EmbeddingsRequest {
            input: subject,
            extra,
        }),
    }
}

fn messages(list: Value) -> Vec<Message> {
    let Value::Array(items) = list else {
        return Vec::new();
    };
    items
        .into_iter()
        .filter_map(|item| match item {
            Value::Object(members) => Some(Message(without_nulls(members))),
            _ => None,
        })
        .collect()
}
