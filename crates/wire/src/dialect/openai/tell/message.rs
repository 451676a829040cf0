//! Instructions and turns as messages.

use serde_json::{Map, Value, json};

use super::super::words;
use super::{part, said};
use crate::Translation;
use crate::conversation::{Call, CallResult, Content, Conversation, Part, Said, Speaker, Turn};
use crate::dialect::Fault;
use crate::fold::ToolCall;

/// What a result says whose pieces stand in the message behind it.
const BELOW: &str = "(See the next message of the user.)";

/// Writes all messages in their places.
pub(super) fn list(asked: &Conversation, report: &mut Translation) -> Result<Vec<Value>, Fault> {
    let mut messages = Vec::new();
    for said in asked.in_place() {
        match said {
            Said::Instructions(parts) => {
                let parts: Vec<_> = parts.iter().collect();
                messages.push(json!({"role": "system", "content": part::content(&parts)?}));
            }
            Said::Turn(turn) => match turn.speaker {
                Speaker::User => user(turn, &mut messages, report)?,
                Speaker::Assistant => messages.push(assistant(turn, report)?),
            },
        }
    }
    Ok(messages)
}

/// Writes what the user said. Results have messages of their own, which must come first and can hold texts only: what else
/// they hold stands before the user's words.
fn user(turn: &Turn, messages: &mut Vec<Value>, report: &mut Translation) -> Result<(), Fault> {
    let mut told = Vec::new();
    let before = messages.len();
    for piece in &turn.parts {
        if let Content::Result(result) = &piece.content {
            messages.push(self::result(piece, result, &mut told, report)?);
        }
    }
    let is_result = |piece: &&Part| matches!(piece.content, Content::Result(_));
    told.extend(turn.parts.iter().filter(|piece| !is_result(piece)));
    if told.is_empty() && messages.len() > before {
        return Ok(());
    }
    messages.push(Value::Object(said([
        ("role", Some(json!("user"))),
        ("name", turn.name.as_ref().map(|it| json!(it))),
        ("content", Some(part::content(&told)?)),
    ])));
    Ok(())
}

fn result<'a>(
    piece: &Part,
    result: &'a CallResult,
    beside: &mut Vec<&'a Part>,
    report: &mut Translation,
) -> Result<Value, Fault> {
    if result.failed {
        report.dropped("tool_result.is_error");
    }
    let is_text = |part: &&Part| matches!(part.content, Content::Text(_));
    let (texts, others): (Vec<&Part>, Vec<&Part>) = result.content.iter().partition(is_text);
    let mut texts: Vec<Part> = texts.into_iter().cloned().collect();
    if texts.is_empty() && !others.is_empty() {
        texts.push(Part::text(BELOW));
    }
    beside.extend(others);
    if let Some(last) = texts.last_mut()
        && last.cache.is_none()
    {
        last.cache.clone_from(&piece.cache);
    }
    let content = part::content(&texts.iter().collect::<Vec<_>>())?;
    Ok(json!({"role": "tool", "tool_call_id": result.call_id, "content": content}))
}

/// Writes what the model said: what it thought, its words, its calls.
fn assistant(turn: &Turn, report: &mut Translation) -> Result<Value, Fault> {
    let mut message = said([
        ("role", Some(json!("assistant"))),
        ("name", turn.name.as_ref().map(|it| json!(it))),
    ]);
    let thoughts: Vec<_> = turn.parts.iter().filter_map(part::thought).collect();
    part::think(&thoughts, &mut message);
    let mut calls = Vec::new();
    let mut told = Vec::new();
    for piece in &turn.parts {
        match &piece.content {
            Content::Reasoning(_) | Content::Redacted(_) => {}
            Content::Call(call) => calls.push(Value::Object(self::call(piece, call))),
            _ => told.push(piece),
        }
    }
    let refusal = lone_refusal(&mut told);
    let content = match told.as_slice() {
        [] => Value::Null,
        told => part::content(told)?,
    };
    message.insert("content".to_owned(), content);
    sign(&told, &mut message, report);
    message.extend(said([
        ("refusal", refusal.map(|it| json!(it))),
        ("tool_calls", (!calls.is_empty()).then(|| calls.into())),
    ]));
    Ok(Value::Object(message))
}

/// Takes out the words with which the model refused, which are no part of the content where they come last and once.
fn lone_refusal<'a>(told: &mut Vec<&'a Part>) -> Option<&'a str> {
    let refuses = |piece: &&&Part| matches!(piece.content, Content::Refusal(_));
    if told.iter().filter(refuses).count() != 1 {
        return None;
    }
    let Content::Refusal(text) = &told.last()?.content else {
        return None;
    };
    told.pop();
    Some(text)
}

/// Puts the signature under the words beside them. Only the last words can have one.
fn sign(told: &[&Part], message: &mut Map<String, Value>, report: &mut Translation) {
    let Some((last, earlier)) = told.split_last() else {
        return;
    };
    if earlier.iter().any(|piece| piece.signature.is_some()) {
        report.dropped("thought_signature");
    }
    if let Some(signature) = &last.signature {
        message.insert(words::EXTRA.to_owned(), words::extra_content(signature));
    }
}

fn call(piece: &Part, call: &Call) -> Map<String, Value> {
    let mut written = words::call(&ToolCall {
        id: call.id.clone(),
        name: call.name.clone(),
        arguments: Value::Object(call.arguments.clone()).to_string(),
        signature: piece.signature.clone(),
    });
    written.extend(said([("cache_control", piece.cache.clone())]));
    written
}
