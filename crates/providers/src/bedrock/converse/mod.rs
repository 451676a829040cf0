//! The Converse API: one format for the conversations of all models.
//!
//! Source: Bedrock's API reference, `Converse` and `ConverseStream`, as sampled in November 2026.

mod answer;
mod content;
mod conversation;
mod shape;
mod tools;

use serde_json::{Map, Value, json};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{Message, Operation, Request, Sampling};

use super::model::Model;
use super::request;
use crate::call::CallHead;
use crate::parameters::{Fate, NOTHING, Parameters};
use crate::support::extras::{MAX_COMPLETION_TOKENS, with_newer_name};
use crate::support::fault::{self, refused};
use crate::support::prompt;
use crate::support::temperature::Scale;

pub(super) use answer::ConverseDecoder;

/// The API's own range of temperatures is 0 to 1, whatever the model's is.
pub(super) static PARAMETERS: Parameters = Parameters {
    operation: Operation::Chat,
    only: Some("the Converse API"),
    within: Some("inferenceConfig"),
    others_within: Some(ADDITIONAL),
    temperature: Fate::Scaled("temperature", Scale::to(1.0)),
    count: Fate::One(
        "'{name}' must be '1' for Amazon Bedrock's Converse API. Received value: '{value}'.",
    ),
    max_tokens: Fate::As("maxTokens"),
    stop: Fate::Listed("stopSequences"),
    ..NOTHING
};

/// Members of the API that clients may send under their own names.
const OWN: [&str; 10] = [
    "inferenceConfig",
    "toolConfig",
    "additionalModelRequestFields",
    "additionalModelResponseFieldPaths",
    "guardrailConfig",
    "outputConfig",
    "performanceConfig",
    "promptVariables",
    "requestMetadata",
    "serviceTier",
];

/// Where the parameters go that only some models know.
const ADDITIONAL: &str = "additionalModelRequestFields";

/// Writes a request. A prompt becomes one message of the user.
pub(super) fn write(
    call: CallHead,
    model: &Model,
    request: &Request,
) -> Result<Map<String, Value>, Fault> {
    let (messages, sampling, extra) = match request {
        Request::Chat(request) => (
            request.messages.clone(),
            chat_sampling(call, with_newer_name(request)),
            request::extra(call, &request.extra)?,
        ),
        Request::Completions(request) => {
            let text = prompt::text(&request.prompt)?;
            (
                vec![Message::new("user", text.into())],
                request::sampling(call, &request.sampling),
                request::extra(call, &request.extra)?,
            )
        }
        Request::Embeddings(_) => return Err(fault::not_served(call.operation)),
    };
    PARAMETERS.check(call, &sampling, &extra)?;
    let mut body = conversation::write(call, &messages)?;
    let mut inference = PARAMETERS.write(call, &sampling, &Map::new());
    let mut further = Map::new();
    let mut own = Map::new();
    for (name, value) in &extra {
        match name.as_str() {
            name if OWN.contains(&name) => drop(own.insert(name.to_owned(), value.clone())),
            "top_p" => drop(inference.insert("topP".to_owned(), value.clone())),
            "top_k" => put_top_k(model, value, &mut further),
            "response_format" => {
                if let Some(config) = output_config(call, value)? {
                    body.insert("outputConfig".to_owned(), config);
                }
            }
            // The first is `max_tokens` by now; tools are written below.
            MAX_COMPLETION_TOKENS | "tools" | "tool_choice" => {}
            // What every model does unless told otherwise.
            "parallel_tool_calls" if value == true => {}
            _ => drop(further.insert(name.clone(), value.clone())),
        }
    }
    if let Some(config) = tools::config(call, &extra, &messages)? {
        body.insert("toolConfig".to_owned(), config);
    }
    for (name, members) in [("inferenceConfig", inference), (ADDITIONAL, further)] {
        if !members.is_empty() {
            body.insert(name.to_owned(), Value::Object(members));
        }
    }
    for (name, value) in own {
        merge(&mut body, name, value);
    }
    Ok(body)
}

/// A conversation has no temperature unless the client gives one: MLflow has no default to keep here.
fn chat_sampling(call: CallHead, given: Sampling) -> Sampling {
    let temperature = given.temperature.clone().filter(|it| it.sent);
    let kept = Sampling {
        temperature: None,
        ..given
    };
    Sampling {
        temperature,
        ..request::sampling(call, &kept)
    }
}

fn put_top_k(model: &Model, value: &Value, further: &mut Map<String, Value>) {
    let (around, name) = model.top_k();
    let value = match around {
        Some(around) => return merge(further, around.to_owned(), json!({name: value})),
        None => value.clone(),
    };
    further.insert(name.to_owned(), value);
}

/// Puts a member into an object; two objects become one, in which the new members win.
fn merge(object: &mut Map<String, Value>, name: String, value: Value) {
    match (object.get_mut(&name), value) {
        (Some(Value::Object(there)), Value::Object(members)) => there.extend(members),
        (_, value) => drop(object.insert(name, value)),
    }
}

/// Returns how the answer must be formed: as a JSON Schema says, or freely. Bedrock has no form between these.
fn output_config(call: CallHead, format: &Value) -> Result<Option<Value>, Fault> {
    let kind = format.get("type").and_then(Value::as_str);
    let asked = format.get("json_schema");
    match (kind, asked.and_then(|asked| asked.get("schema"))) {
        (Some("text"), _) => Ok(None),
        (Some("json_schema"), Some(schema)) => {
            let mut told = Map::from_iter([("schema".to_owned(), schema.to_string().into())]);
            for name in ["name", "description"] {
                if let Some(value) = asked.and_then(|asked| asked.get(name)) {
                    told.insert(name.to_owned(), value.clone());
                }
            }
            let structure = json!({"jsonSchema": told});
            Ok(Some(
                json!({"textFormat": {"type": "json_schema", "structure": structure}}),
            ))
        }
        _ => Err(refused(
            call,
            "Amazon Bedrock knows `response_format` only as `text`, or as `json_schema` with a `schema`.",
            "response_format",
        )),
    }
}
