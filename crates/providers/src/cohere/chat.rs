//! Chat: the API `/chat`, which takes the last message apart from the ones before it.
//!
//! Source: spec, providers/cohere.md, "Chat".

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::{DecodeError, Event};
use tidegate_wire::{ChatRequest, Message, Operation};

use super::completions::{EXTRAS, TEMPERATURE};
use super::decoder::finished;
use super::usage::{self, Meta, TokenCount};
use crate::call::CallHead;
use crate::parameters::{Fate, NOTHING, Parameters};
use crate::support::decode::parse;
use crate::support::extras::{of_the_chat, of_the_provider};
use crate::support::prompt;

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
    let sampling = of_the_chat(call, request);
    PARAMETERS.check(call, &sampling, &request.extra)?;
    let Some((last, earlier)) = request.messages.split_last() else {
        return Err(refused("There must be at least one message."));
    };
    if last.role() != "user" {
        let text = format!("Last message must be from user, got {}.", last.role());
        return Err(refused(text));
    }
    let extra = of_the_provider(call, &request.extra, &[])?;
    let mut body = PARAMETERS.write(call, &sampling, &extra);
    if let Some(stream) = sampling.stream {
        body.insert("stream".to_owned(), stream.into());
    }
    body.insert("message".to_owned(), prompt::words(call, last)?.into());
    let told = conversation(call, earlier)?;
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

/// Sorts messages by who speaks. Other roles are dropped as in MLflow, where the door allows it.
fn conversation(call: CallHead, messages: &[Message]) -> Result<Conversation, Fault> {
    let mut told = Conversation::default();
    for message in messages {
        let speaker = match prompt::speaker(call, message) {
            "system" => {
                told.system.push(prompt::words(call, message)?);
                continue;
            }
            "user" => "USER",
            "assistant" => "CHATBOT",
            other if call.faithful => {
                let text = format!(
                    "Cohere chat takes messages from system, user and assistant, not from {other}."
                );
                return Err(refused(text));
            }
            _ => continue,
        };
        let words = prompt::words(call, message)?;
        told.history
            .push(json!({"role": speaker, "message": words}));
    }
    Ok(told)
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
    finish_reason: Option<String>,
    token_count: Option<TokenCount>,
    meta: Option<Meta>,
}

/// Reads a whole answer. As in MLflow, its reason to finish is not passed on, except to a door that is `faithful`.
pub(super) fn read(body: &[u8], faithful: bool, out: &mut Vec<Event>) -> Result<(), DecodeError> {
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
    let reason = answer.finish_reason.filter(|_| faithful);
    out.extend(reason.map(|reason| finished(0, reason)));
    out.extend(usage::told(answer.token_count, answer.meta).map(Event::Usage));
    Ok(())
}
