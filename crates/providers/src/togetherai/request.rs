//! Canonical requests as bodies of Together's API.

use std::borrow::Cow;

use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{ChatRequest, CompletionsRequest, Operation, Request};

use crate::call::CallHead;
use crate::parameters::{Fate, NOTHING, Parameters};
use crate::quirks::{Quirk, Quirks, Thoughts};
use crate::support::openai;
use crate::support::temperature::Scale;

/// Completions: temperatures run from 0 to 2 (decision N6).
pub(super) static COMPLETIONS: Parameters = Parameters {
    operation: Operation::Completions,
    temperature: Fate::Scaled("temperature", Scale::to(2.0)),
    count: Fate::As("n"),
    max_tokens: Fate::As("max_tokens"),
    stop: Fate::As("stop"),
    ..NOTHING
};

/// Chat: the same.
pub(super) static CHAT: Parameters = Parameters {
    operation: Operation::Chat,
    ..COMPLETIONS
};

/// Where the API differs from OpenAI's.
pub(super) static QUIRKS: Quirks = Quirks {
    operation: Operation::Chat,
    members: Cow::Borrowed(&[
        ("max_completion_tokens", Quirk::As("max_tokens")),
        ("logprobs", Quirk::Counted("top_logprobs")),
        ("top_logprobs", Quirk::CountOf("logprobs")),
    ]),
    no_developer: true,
    thoughts: Thoughts::Kept,
};

/// Writes the body, or refuses what MLflow refuses.
pub(super) fn encode(
    call: CallHead,
    request: &Request,
    model: Option<&str>,
) -> Result<Map<String, Value>, Fault> {
    Ok(match request {
        Request::Chat(ChatRequest {
            messages,
            sampling,
            extra,
        }) => {
            let body = openai::begin(model, &CHAT, call, sampling, &extras(extra)?);
            openai::with_messages(body, messages.clone())
        }
        Request::Completions(CompletionsRequest {
            prompt,
            sampling,
            extra,
        }) => {
            if sampling.max_tokens.is_none() {
                let words = "max_tokens is not present in payload.It is a required parameter for TogetherAI completions.";
                return Err(Fault::invalid(422, words).with_param("max_tokens"));
            }
            let mut body = openai::begin(model, &COMPLETIONS, call, sampling, &extras(extra)?);
            body.insert("prompt".to_owned(), prompt.clone());
            body
        }
        Request::Embeddings(request) => openai::embeddings(model, request),
    })
}

/// Checks `logprobs` and `top_logprobs`, and sends both as `logprobs`; of two the later wins, as in MLflow.
fn extras(extra: &Map<String, Value>) -> Result<Map<String, Value>, Fault> {
    let wrong = |name| extra.get(name).is_some_and(|value| !is_integer(value));
    if wrong("logprobs") {
        let words = "Wrong type for logprobs. It should be an 32bit integer.";
        return Err(Fault::invalid(422, words).with_param("logprobs"));
    }
    if wrong("top_logprobs") {
        let words = "Wrong type for top_logprobs. It should a 32bit integer.";
        return Err(Fault::invalid(422, words).with_param("top_logprobs"));
    }
    let renamed = extra.iter().map(|(name, value)| {
        let name = match name.as_str() {
            "top_logprobs" => "logprobs",
            other => other,
        };
        (name.to_owned(), value.clone())
    });
    Ok(renamed.collect())
}

/// True for what Python calls an integer: truth values count.
fn is_integer(value: &Value) -> bool {
    value.is_i64() || value.is_u64() || value.is_boolean()
}
