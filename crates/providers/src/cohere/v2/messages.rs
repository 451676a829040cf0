//! Instructions and turns as messages.

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{
    CallResult, Content, Conversation, Image, Part, Said, Source, Speaker, Turn,
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
                messages.push(json!({"role": "system", "content": plain(pieces(parts)?)}));
            }
            Said::Turn(turn) => match turn.speaker {
                Speaker::User => user(turn, &mut messages, report)?,
                Speaker::Assistant => messages.push(assistant(turn, report)?),
            },
        }
    }
    Ok(messages)
}

/// Writes what the client said: results of tools have messages of their own.
fn user(turn: &Turn, messages: &mut Vec<Value>, report: &mut Translation) -> Result<(), Fault> {
    let before = messages.len();
    for part in &turn.parts {
        if let Content::Result(result) = &part.content {
            if result.failed {
                report.dropped(FAILED);
            }
            messages.push(tool(result)?);
        }
    }
    let content = pieces(&turn.parts)?;
    if !content.is_empty() || messages.len() == before {
        messages.push(json!({"role": "user", "content": plain(content)}));
    }
    Ok(())
}

/// Writes what a call gave: texts, and documents in the API's own form.
fn tool(result: &CallResult) -> Result<Value, Fault> {
    let known = |part: &Part| matches!(part.content, Content::Text(_) | Content::Own(_));
    if !result.content.iter().all(known) {
        let text = "This endpoint's provider takes texts as results of tools. Leave out images and files there.";
        return Err(Fault::invalid(400, text)
            .with_code("unsupported_content")
            .with_param("messages"));
    }
    let content = plain(pieces(&result.content)?);
    Ok(json!({"role": "tool", "tool_call_id": result.call_id, "content": content}))
}

/// Writes what the model said. What it thought before calls is its plan.
fn assistant(turn: &Turn, report: &mut Translation) -> Result<Value, Fault> {
    let calls = turn.parts.iter().filter_map(|part| match &part.content {
        Content::Call(call) => Some(json!({"id": call.id, "type": "function", "function": {
            "name": call.name, "arguments": Value::Object(call.arguments.clone()).to_string(),
        }})),
        _ => None,
    });
    let calls: Vec<Value> = calls.collect();
    let sealed = |part: &Part| matches!(part.content, Content::Redacted(_));
    if turn.parts.iter().any(sealed) {
        report.dropped("thinking_blocks");
    }
    let thoughts = parts::thoughts(&turn.parts);
    let mut content = pieces(&turn.parts)?;
    let mut message = Map::from_iter([("role".to_owned(), json!("assistant"))]);
    let mut put = |name: &str, value: Value| drop(message.insert(name.to_owned(), value));
    if calls.is_empty() {
        let thinking = |text: &&str| json!({"type": "thinking", "thinking": text});
        content.splice(0..0, thoughts.iter().map(thinking));
        put("content", plain(content));
        return Ok(Value::Object(message));
    }
    if !content.is_empty() {
        put("content", plain(content));
    }
    if !thoughts.is_empty() {
        put("tool_plan", thoughts.join("\n").into());
    }
    put("tool_calls", calls.into());
    Ok(Value::Object(message))
}

/// Writes the pieces that have a place in `content`.
fn pieces(parts: &[Part]) -> Result<Vec<Value>, Fault> {
    let written = parts.iter().map(|part| piece(part).transpose());
    written.flatten().collect()
}

fn piece(part: &Part) -> Result<Option<Value>, Fault> {
    if let Some(kind) = parts::kind(&part.content) {
        CARRIED.admit(kind)?;
    }
    Ok(match &part.content {
        Content::Text(text) | Content::Refusal(text) => Some(json!({"type": "text", "text": text})),
        Content::Image(image) => Some(self::image(image)),
        Content::Own(own) => Some(own.clone()),
        _ => None,
    })
}

fn image(image: &Image) -> Value {
    let url = match &image.source {
        Source::Inline { media_type, data } => format!("data:{media_type};base64,{data}"),
        Source::Url(address) | Source::Id(address) => address.clone(),
    };
    let mut written = json!({"url": url});
    if let (Some(detail), Some(members)) = (&image.detail, written.as_object_mut()) {
        members.insert("detail".to_owned(), json!(detail));
    }
    json!({"type": "image_url", "image_url": written})
}

/// Writes a lone text, or nothing at all, without a list around it.
fn plain(mut pieces: Vec<Value>) -> Value {
    match pieces.as_mut_slice() {
        [] => json!(""),
        [lone] if lone["type"] == "text" => lone["text"].take(),
        _ => pieces.into(),
    }
}
