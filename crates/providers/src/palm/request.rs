//! Requests: parameters have names of their own, prompts are objects.
//!
//! Source: spec, providers/palm.md.

use serde_json::{Map, Value, json};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{ChatRequest, CompletionsRequest, Message, Operation};

use crate::call::CallHead;
use crate::parameters::{Extra, Fate, NOTHING, Parameters, Standard};
use crate::support::extras::of_the_chat;
use crate::support::prompt;
use crate::support::temperature::Scale;

/// Chat models decide themselves how long an answer is.
const NO_MAX_TOKENS: &str = "Max tokens is not supported for PaLM chat.";

/// Extras of a chat that belong to its prompt.
const OF_THE_PROMPT: [&str; 2] = ["examples", "context"];

pub(super) static COMPLETIONS: Parameters = Parameters {
    operation: Operation::Completions,
    max_tokens: Fate::As("maxOutputTokens"),
    reserved: &[
        ("stopSequences", Standard::Stop),
        ("candidateCount", Standard::Count),
        ("maxOutputTokens", Standard::MaxTokens),
    ],
    ..CHAT
};

pub(super) static CHAT: Parameters = Parameters {
    operation: Operation::Chat,
    temperature: Fate::Scaled("temperature", Scale::to(1.0)),
    count: Fate::As("candidateCount"),
    max_tokens: Fate::Refused(NO_MAX_TOKENS),
    stop: Fate::Listed("stopSequences"),
    reserved: &[
        ("stopSequences", Standard::Stop),
        ("candidateCount", Standard::Count),
    ],
    extras: &[Extra {
        name: "top_k",
        native: "topK",
        member: None,
    }],
    ..NOTHING
};

pub(super) static EMBEDDINGS: Parameters = Parameters {
    operation: Operation::Embeddings,
    reserved: &[("texts", Standard::Input)],
    ..NOTHING
};

pub(super) fn completions(
    call: CallHead,
    request: &CompletionsRequest,
) -> Result<Map<String, Value>, Fault> {
    let mut body = COMPLETIONS.checked(call, &request.sampling, &request.extra)?;
    let text = prompt::text(&request.prompt)?;
    body.insert("prompt".to_owned(), json!({"text": text}));
    Ok(body)
}

pub(super) fn chat(call: CallHead, request: &ChatRequest) -> Result<Map<String, Value>, Fault> {
    if request.extra.contains_key("maxOutputTokens") {
        return Err(Fault::invalid(422, NO_MAX_TOKENS).with_param("maxOutputTokens"));
    }
    let sampling = of_the_chat(call, request);
    let mut body = CHAT.checked(call, &sampling, &request.extra)?;
    let messages = request.messages.iter().map(|it| message(call, it));
    let messages: Vec<Value> = messages.collect::<Result<_, _>>()?;
    let mut prompt = Map::from_iter([("messages".to_owned(), messages.into())]);
    for name in OF_THE_PROMPT {
        prompt.extend(body.shift_remove_entry(name));
    }
    body.insert("prompt".to_owned(), prompt.into());
    Ok(body)
}

/// Writes a message: who speaks is its author, by the client's name of the role.
fn message(call: CallHead, message: &Message) -> Result<Value, Fault> {
    let words = prompt::words(call, message)?;
    let mut written = message.0.clone();
    written.shift_remove("role");
    written.insert("content".to_owned(), words.into());
    written.insert("author".to_owned(), prompt::speaker(call, message).into());
    Ok(Value::Object(written))
}
