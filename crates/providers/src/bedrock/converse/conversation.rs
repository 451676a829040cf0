//! Messages of a conversation as the Converse API wants them: instructions apart, speakers in turns.

use serde_json::{Map, Value, json};
use tidegate_wire::Message;
use tidegate_wire::dialect::Fault;

use super::content::blocks;
use super::tools;
use crate::call::CallHead;
use crate::support::fault::refused;

/// What one speaker says at once.
struct Turn {
    role: &'static str,
    content: Vec<Value>,
}

/// Writes the members `messages` and `system`. Neighbours with one speaker become one turn, because speakers must
/// alternate; results of tools are said by the user.
pub(super) fn write(call: CallHead, messages: &[Message]) -> Result<Map<String, Value>, Fault> {
    let mut system = Vec::new();
    let mut turns: Vec<Turn> = Vec::new();
    for message in messages {
        let content = message.0.get("content");
        let (role, content) = match message.role() {
            "system" | "developer" => {
                system.extend(blocks(call, content)?);
                continue;
            }
            "user" => ("user", blocks(call, content)?),
            "assistant" => {
                let mut content = blocks(call, content)?;
                content.extend(tools::uses(call, message)?);
                ("assistant", content)
            }
            "tool" => ("user", vec![tool_result(call, message)?]),
            other => {
                let text = format!(
                    "Amazon Bedrock knows no role `{other}`: a message's role must be `system`, `user`, `assistant` or `tool`."
                );
                return Err(refused(call, text, "messages"));
            }
        };
        match turns.last_mut() {
            Some(turn) if turn.role == role => turn.content.extend(content),
            _ => turns.push(Turn { role, content }),
        }
    }
    let turns = turns.into_iter();
    let turns = turns.map(|turn| json!({"role": turn.role, "content": turn.content}));
    let mut written = Map::from_iter([("messages".to_owned(), turns.collect())]);
    if !system.is_empty() {
        written.insert("system".to_owned(), Value::Array(system));
    }
    Ok(written)
}

fn tool_result(call: CallHead, message: &Message) -> Result<Value, Fault> {
    let id = message.0.get("tool_call_id").and_then(Value::as_str);
    let id = id.ok_or_else(|| {
        let text = "A message with the role `tool` needs `tool_call_id`, the id of the call that it answers.";
        refused(call, text, "messages")
    })?;
    let content = blocks(call, message.0.get("content"))?;
    Ok(json!({"toolResult": {"toolUseId": id, "content": content}}))
}
