//! Chat of MLflow's doors: the API `/chat`, which takes the last message apart from the ones before it.
//!
//! Source: spec, providers/cohere.md, "Chat".

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::{DecodeError, Event};
use tidegate_wire::{ChatRequest, Message, Operation};

use super::completions::{EXTRAS, TEMPERATURE};
use super::usage::{self, Meta, TokenCount};
use crate::call::CallHead;
use crate::parameters::{Fate, NOTHING, Parameters};
use crate::support::decode::parse;

/// What becomes of the standard parameters.
pub(super) static PARAMETERS: Parameters = Parameters {
    operation: Operation::Chat,
    temperature: TEMPERATURE,
    count: Fate::One("Parameter {name} must be 1 for Cohere chat, got {value}."),
    max_tokens: Fate::As("max_tokens"),
    stop: Fate::Refused("Parameter stop is not supported for Cohere chat."),
    extras: EXTRAS,
    ..NOTHING
};

/// Writes a body without `model`, or refuses what cannot be said in it.
pub(super) fn body(call: CallHead, request: &ChatRequest) -> Result<Map<String, Value>, Fault> {
    PARAMETERS.check(call, &request.sampling, &request.extra)?;
    let Some((last, earlier)) = request.messages.split_last() else {
        return Err(refused("There must be at least one message."));
    };
    if last.role() != "user" {
        let text = format!("Last message must be from user, got {}.", last.role());
        return Err(refused(text));
    }
    let mut body = PARAMETERS.write(call, &request.sampling, &request.extra);
    if let Some(stream) = request.sampling.stream {
        body.insert("stream".to_owned(), stream.into());
    }
    body.insert("message".to_owned(), last.text().into());
    let told = conversation(earlier);
    if !told.system.is_empty() {
        body.insert(
            "preamble_override".to_owned(),
            told.system.join("\n").into(),
        );
    }
    if !told.history.is_empty() {
        body.insert("chat_history".to_owned(), told.history.into());
    }
    Ok(body)
}

/// The messages before the last one, as Cohere wants them.
#[derive(Default)]
struct Conversation {
    system: Vec<String>,
    history: Vec<Value>,
}

/// Sorts messages by who speaks. Other roles are dropped, as in MLflow.
fn conversation(messages: &[Message]) -> Conversation {
    let mut told = Conversation::default();
    for message in messages {
        let speaker = match message.role() {
            "system" => {
                told.system.push(message.text());
                continue;
            }
            "user" => "USER",
            "assistant" => "CHATBOT",
            _ => continue,
        };
        told.history
            .push(json!({"role": speaker, "message": message.text()}));
    }
    told
}

fn refused(text: impl Into<String>) -> Fault {
    Fault::invalid(422, text).with_param("messages")
}

#[derive(Deserialize)]
struct Answer {
    response_id: Option<String>,
    /// May be null, but not absent.
    #[serde(deserialize_with = "Option::deserialize")]
    text: Option<String>,
    token_count: Option<TokenCount>,
    meta: Option<Meta>,
}

/// Reads a whole answer. As in MLflow, its reason to finish is not passed on.
pub(super) fn read(body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
    let answer: Answer = parse(body)?;
    out.push(Event::Started {
        id: answer.response_id,
        model: None,
        created: None,
    });
    out.push(match answer.text {
        Some(text) => Event::Text { choice: 0, text },
        None => Event::Silence { choice: Some(0) },
    });
    out.extend(usage::told(answer.token_count, answer.meta).map(Event::Usage));
    Ok(())
}
