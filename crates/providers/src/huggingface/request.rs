//! Canonical requests as bodies of `/generate` and of the Messages API.

use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{ChatRequest, Operation, Sampling};

use crate::call::CallHead;
use crate::parameters::{Fate, NOTHING, Parameters, Standard};
use crate::support::extras::{Member, of_the_provider};
use crate::support::fault::refused;
use crate::support::openai;
use crate::support::temperature::Scale;

/// The least temperature that is sent, as in MLflow: older versions of the server refuse 0.
const LEAST: f64 = 0.001;

/// MLflow's refusal of several answers; there is no blank between the sentences.
const ONE: Fate = Fate::One(
    "'{name}' must be '1' for the Text Generation Inference provider.Received value: '{value}'.",
);

/// Completions: MLflow takes the server's temperatures to run from 0 to 100.
pub(super) static COMPLETIONS: Parameters = Parameters {
    operation: Operation::Completions,
    within: Some("parameters"),
    temperature: Fate::Scaled(
        "temperature",
        Scale {
            least: Some(LEAST),
            ..Scale::to(100.0)
        },
    ),
    count: ONE,
    max_tokens: Fate::As("max_new_tokens"),
    stop: Fate::Listed("stop"),
    reserved: &[("max_new_tokens", Standard::MaxTokens)],
    ..NOTHING
};

/// Chat by the Messages API, whose temperatures run from 0 to 2 as OpenAI's. It ignores `n`, so more than one answer is
/// refused here too.
pub(super) static CHAT: Parameters = Parameters {
    operation: Operation::Chat,
    temperature: Fate::Scaled(
        "temperature",
        Scale {
            least: Some(LEAST),
            ..Scale::to(2.0)
        },
    ),
    count: ONE,
    max_tokens: Fate::As("max_tokens"),
    stop: Fate::As("stop"),
    ..NOTHING
};

/// Chat written by a template: temperatures as in other chat, names as in completions.
pub(super) static TEMPLATED: Parameters = Parameters {
    operation: Operation::Chat,
    temperature: CHAT.temperature,
    ..COMPLETIONS
};

/// Parameters of OpenAI's that `/generate` does not know and would ignore.
pub(super) const UNKNOWN: [Member; 2] = [
    ("presence_penalty", |value| {
        value.is_null() || value.as_f64() == Some(0.0)
    }),
    ("logit_bias", |value| {
        value.is_null() || value.as_object().is_some_and(Map::is_empty)
    }),
];

/// Parameters of chat that a template cannot say.
const MESSAGES_ONLY: [&str; 5] = [
    "tools",
    "tool_choice",
    "functions",
    "function_call",
    "response_format",
];

/// Writes a body for `/generate` or `/generate_stream`. Details are always asked for; the prompt's tokens too, which the
/// streaming form refuses.
pub(super) fn generate(
    table: &Parameters,
    call: CallHead,
    inputs: String,
    sampling: &Sampling,
    extra: &Map<String, Value>,
) -> Result<Map<String, Value>, Fault> {
    table.check(call, sampling, extra)?;
    let extra = of_the_provider(call, extra, &UNKNOWN);
    let mut parameters = table.write(call, sampling, &extra);
    if call.faithful {
        as_openai_means(&mut parameters);
    }
    parameters.insert("details".to_owned(), true.into());
    if call.streams {
        parameters.shift_remove("decoder_input_details");
    } else {
        parameters.insert("decoder_input_details".to_owned(), true.into());
    }
    let mut body = Map::new();
    body.insert("inputs".to_owned(), inputs.into());
    body.insert("parameters".to_owned(), Value::Object(parameters));
    Ok(body)
}

/// Writes a body for the Messages API.
pub(super) fn converse(
    call: CallHead,
    chat: &ChatRequest,
    model: Option<&str>,
) -> Result<Map<String, Value>, Fault> {
    CHAT.check(call, &chat.sampling, &chat.extra)?;
    let body = openai::begin(model, &CHAT, call, &chat.sampling, &chat.extra);
    Ok(openai::with_messages(body, chat.messages.clone()))
}

/// Refuses what only the Messages API can carry.
pub(super) fn refuse_tools(call: CallHead, chat: &ChatRequest) -> Result<(), Fault> {
    let asked = |name: &&&str| chat.extra.get(**name).is_some_and(|value| !value.is_null());
    let Some(name) = MESSAGES_ONLY.iter().find(asked) else {
        return Ok(());
    };
    let message = format!(
        "This endpoint writes chat by a template, which cannot carry `{name}`. Leave it out, or drop `hf_chat_template` from the endpoint's config so that the server's Messages API is used."
    );
    Err(refusal(call, message, name))
}

/// Returns a refusal with the status that the door gives a request that it cannot carry.
pub(super) fn refusal(call: CallHead, message: impl Into<String>, param: &'static str) -> Fault {
    refused(call, message, param).with_code("unsupported_parameter")
}

/// Says what OpenAI's API means where `/generate` has no such value: temperature 0 and `top_p` 1, both refused, are what
/// happens without them.
fn as_openai_means(parameters: &mut Map<String, Value>) {
    for (name, unsaid) in [("temperature", 0.0), ("top_p", 1.0)] {
        if parameters.get(name).and_then(Value::as_f64) == Some(unsaid) {
            parameters.shift_remove(name);
        }
    }
}
