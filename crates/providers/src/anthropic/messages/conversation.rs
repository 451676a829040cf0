//! Messages of the OpenAI API as turns of the Messages API.

use serde_json::{Map, Value, json};
use tidegate_wire::Message;
use tidegate_wire::dialect::Fault;

use super::{block, tool};
use crate::call::CallHead;

/// What has been read of a conversation.
#[derive(Default)]
struct Conversation {
    /// Texts for the system, which has no turn.
    system: Vec<String>,
    turns: Vec<Value>,
    /// Results of tools that wait for their turn: all that answer one turn must stand in one (Anthropic's API reference).
    results: Vec<Value>,
}

/// Returns the text for the system, if there is one, and the turns.
pub(super) fn convert(
    call: CallHead,
    messages: &[Message],
) -> Result<(Option<String>, Vec<Value>), Fault> {
    let mut conversation = Conversation::default();
    for message in messages {
        conversation.add(call, message)?;
    }
    conversation.end_results();
    let Conversation { system, turns, .. } = conversation;
    Ok(((!system.is_empty()).then(|| system.join("\n")), turns))
}

impl Conversation {
    fn add(&mut self, call: CallHead, message: &Message) -> Result<(), Fault> {
        match message.role() {
            "system" | "developer" => self.system.push(message.text()),
            "user" => self.turn(untouched(message)),
            "assistant" => {
                let turn = match message.0.get("tool_calls") {
                    Some(Value::Array(calls)) if !calls.is_empty() => {
                        calling(call, message, calls)?
                    }
                    _ => untouched(message),
                };
                self.turn(turn);
            }
            "tool" if message.0.get("tool_call_id").is_some_and(Value::is_string) => {
                self.results.push(result(message));
            }
            // MLflow removes such messages too (spec, providers/anthropic.md).
            _ => {}
        }
        Ok(())
    }

    fn turn(&mut self, turn: Value) {
        self.end_results();
        self.turns.push(turn);
    }

    fn end_results(&mut self) {
        if !self.results.is_empty() {
            let results = std::mem::take(&mut self.results);
            self.turns.push(json!({"role": "user", "content": results}));
        }
    }
}

/// Keeps a message as it is, but for images, and for members that are null or empty lists: OpenAI's answers have some,
/// clients send them back, and Anthropic knows none of them.
fn untouched(message: &Message) -> Value {
    let says_something =
        |value: &Value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty());
    let kept = message
        .0
        .iter()
        .filter(|(name, value)| *name == "content" && !value.is_null() || says_something(value))
        .map(|(name, value)| match value {
            Value::Array(parts) if name == "content" => (name.clone(), block::from_parts(parts)),
            _ => (name.clone(), value.clone()),
        });
    Value::Object(kept.collect())
}

/// Writes a turn of the assistant that calls tools.
fn calling(call: CallHead, message: &Message, calls: &[Value]) -> Result<Value, Fault> {
    let mut blocks = match message.0.get("content") {
        Some(Value::String(text)) => vec![json!({"type": "text", "text": text})],
        Some(Value::Array(parts)) => parts.iter().map(block::from_part).collect(),
        _ => Vec::new(),
    };
    // Anthropic refuses empty texts, which OpenAI's answers hold beside calls.
    blocks.retain(|block| block["text"] != "");
    for made in calls {
        blocks.push(tool::call(call, made)?);
    }
    Ok(json!({"role": "assistant", "content": blocks}))
}

/// Writes what a tool answered.
fn result(message: &Message) -> Value {
    let mut block = Map::new();
    block.insert("type".to_owned(), "tool_result".into());
    block.extend(
        message
            .0
            .get("tool_call_id")
            .map(|id| ("tool_use_id".to_owned(), id.clone())),
    );
    let content = match message.0.get("content") {
        Some(Value::Array(parts)) => Some(block::from_parts(parts)),
        Some(Value::String(text)) => Some(text.as_str().into()),
        _ => None,
    };
    block.extend(content.map(|content| ("content".to_owned(), content)));
    Value::Object(block)
}
