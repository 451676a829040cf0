//! Instructions and turns as messages.

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{
    CallResult, Content, Conversation, Part, Said, Source, Speaker, Turn,
};
use tidegate_wire::dialect::Fault;

use super::chat::CARRIED;
use crate::support::parts::{self, FAILED};

/// Writes all messages, those of the system in their places.
pub(super) fn write(asked: &Conversation, report: &mut Translation) -> Result<Vec<Value>, Fault> {
    let mut messages = Vec::new();
    for said in asked.in_place() {
        match said {
            Said::Instructions(parts) => {
                messages.push(Value::Object(message("system", parts, report)?));
            }
            Said::Turn(turn) => match turn.speaker {
                Speaker::User => user(turn, &mut messages, report)?,
                Speaker::Assistant => messages.push(assistant(turn, report)?),
            },
        }
    }
    Ok(messages)
}

/// Begins a message with its words and pictures.
fn message(
    role: &str,
    parts: &[Part],
    report: &mut Translation,
) -> Result<Map<String, Value>, Fault> {
    let mut message = Map::from_iter([
        ("role".to_owned(), json!(role)),
        ("content".to_owned(), json!(parts::text(parts))),
    ]);
    let images = images(parts, report)?;
    if !images.is_empty() {
        message.insert("images".to_owned(), images.into());
    }
    Ok(message)
}

/// Returns the pictures of a message in base64.
fn images<'a>(parts: &'a [Part], report: &mut Translation) -> Result<Vec<&'a str>, Fault> {
    let mut images = Vec::new();
    for part in parts {
        if let Some(kind) = parts::kind(&part.content) {
            CARRIED.admit(kind)?;
        }
        if let Content::Image(image) = &part.content
            && let Source::Inline { data, .. } = &image.source
        {
            images.push(data.as_str());
            if image.looks_closely() {
                report.dropped("image_url.detail");
            }
        }
    }
    Ok(images)
}

/// Writes what the client said: results of tools have messages of their own.
fn user(turn: &Turn, messages: &mut Vec<Value>, report: &mut Translation) -> Result<(), Fault> {
    let before = messages.len();
    for part in &turn.parts {
        if let Content::Result(result) = &part.content {
            if result.failed {
                report.dropped(FAILED);
            }
            messages.push(tool(result, report)?);
        }
    }
    let is_said = |part: &Part| !matches!(part.content, Content::Result(_));
    if turn.parts.iter().any(is_said) || messages.len() == before {
        messages.push(Value::Object(message("user", &turn.parts, report)?));
    }
    Ok(())
}

/// Writes what a call gave. Older servers know its function's name only, newer ones its id too.
fn tool(result: &CallResult, report: &mut Translation) -> Result<Value, Fault> {
    let mut message = message("tool", &result.content, report)?;
    if let Some(name) = &result.name {
        message.insert("tool_name".to_owned(), json!(name));
    }
    message.insert("tool_call_id".to_owned(), json!(result.call_id));
    Ok(Value::Object(message))
}

/// Writes what the model said.
fn assistant(turn: &Turn, report: &mut Translation) -> Result<Value, Fault> {
    let mut message = message("assistant", &turn.parts, report)?;
    let thought = parts::thoughts(&turn.parts).join("\n");
    if !thought.is_empty() {
        message.insert("thinking".to_owned(), thought.into());
    }
    let sealed = |part: &Part| matches!(part.content, Content::Redacted(_));
    if turn.parts.iter().any(sealed) {
        report.dropped("thinking_blocks");
    }
    let calls = turn.parts.iter().filter_map(|part| match &part.content {
        Content::Call(call) => {
            let function = json!({"name": call.name, "arguments": call.arguments});
            Some(json!({"id": call.id, "type": "function", "function": function}))
        }
        _ => None,
    });
    let calls: Vec<Value> = calls.collect();
    if !calls.is_empty() {
        message.insert("tool_calls".to_owned(), calls.into());
    }
    Ok(Value::Object(message))
}
