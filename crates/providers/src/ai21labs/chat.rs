//! The chat API of the Jamba models: OpenAI's with less in it.
//!
//! Source: AI21's API reference as its own client knew it in November 2026. Answers tell neither time nor model, so they are
//! read and written anew.

use std::borrow::Cow;

use serde_json::{Map, Value};
use tidegate_wire::conversation::Content;
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::conversation;
use tidegate_wire::{ChatRequest, Operation, Request};

use crate::call::CallHead;
use crate::encoded::Encoded;
use crate::provider::ModelEdit;
use crate::quirks::{Quirk, Quirks, Thoughts};
use crate::support::fault::unsupported;
use crate::support::openai;
use crate::support::temperature::Scale;

/// What the API spells otherwise or does not know.
pub(super) static QUIRKS: Quirks = Quirks {
    operation: Operation::Chat,
    members: Cow::Borrowed(&[
        ("max_completion_tokens", Quirk::As("max_tokens")),
        ("tool_choice", Quirk::Unknown),
        ("parallel_tool_calls", Quirk::Unknown),
        ("frequency_penalty", Quirk::Unknown),
        ("presence_penalty", Quirk::Unknown),
        ("logit_bias", Quirk::Unknown),
        ("logprobs", Quirk::Unknown),
        ("top_logprobs", Quirk::Unknown),
        ("seed", Quirk::Unknown),
        ("reasoning_effort", Quirk::Unknown),
        ("stream_options", Quirk::Unknown),
        ("user", Quirk::Unknown),
        ("safety_identifier", Quirk::Unknown),
        ("store", Quirk::Unknown),
        ("metadata", Quirk::Unknown),
        ("verbosity", Quirk::Unknown),
        ("modalities", Quirk::Unknown),
        ("audio", Quirk::Unknown),
        ("prediction", Quirk::Unknown),
        ("service_tier", Quirk::Unknown),
        ("web_search_options", Quirk::Unknown),
        ("prompt_cache_key", Quirk::Unknown),
        ("prompt_cache_retention", Quirk::Unknown),
        ("functions", Quirk::Unknown),
        ("function_call", Quirk::Unknown),
    ]),
    no_developer: true,
    thoughts: Thoughts::Kept,
};

/// MLflow knows no chats of this provider, so its temperatures pass as they are.
const TEMPERATURE: Scale = Scale::SAME;

/// Writes a body.
pub(super) fn body(call: CallHead, request: &ChatRequest, model: &str) -> Result<Encoded, Fault> {
    if call.faithful {
        check(request)?;
    }
    let mut body = Map::from_iter([("model".to_owned(), Value::from(model))]);
    body.extend(openai::body(&Request::Chat(request.clone()), TEMPERATURE));
    let edit = ModelEdit::Replace(Value::from(model).to_string().into());
    let mut encoded = QUIRKS.adapt(body, &edit);
    schema(&mut encoded);
    Ok(encoded)
}

/// Refuses chats with the older models, in MLflow's words.
pub(super) fn not_for_jurassic(call: CallHead) -> Fault {
    let streaming = if call.streams { " streaming" } else { "" };
    let text = format!("The chat{streaming} route is not implemented for AI21Labs models.");
    Fault::gateway(501, "not_implemented_error", text).with_code("not_implemented")
}

/// Refuses what messages hold besides text.
fn check(request: &ChatRequest) -> Result<(), Fault> {
    let asked = conversation(request)?;
    let mut parts = asked.turns.iter().flat_map(|turn| &turn.parts);
    let speaks = |content: &Content| {
        !matches!(
            content,
            Content::Image(_) | Content::Audio { .. } | Content::File(_)
        )
    };
    if parts.all(|part| speaks(&part.content)) {
        return Ok(());
    }
    let text =
        "This endpoint's provider takes messages of text only. Leave out images, audio and files.";
    Err(unsupported("messages", text))
}

/// Asks for some JSON object where one of a schema is asked for, which the API does not know.
fn schema(encoded: &mut Encoded) {
    let format = encoded.body.get_mut("response_format");
    if let Some(format) = format.filter(|format| format["type"] == "json_schema") {
        *format = serde_json::json!({"type": "json_object"});
        let name = "response_format";
        encoded.report.clamped(name, &"json_schema", &"json_object");
    }
}
