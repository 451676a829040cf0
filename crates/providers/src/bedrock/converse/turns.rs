//! What was said: instructions apart, speakers in turns.

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Conversation, Speaker};
use tidegate_wire::dialect::Fault;

use super::super::abilities::Abilities;
use super::content::{Blocks, heard};

/// Writes the members `messages` and `system`. Bedrock refuses turns without content, and two of one speaker.
pub(super) fn write(
    able: Abilities,
    asked: Conversation,
    report: &mut Translation,
) -> Result<Map<String, Value>, Fault> {
    let mut blocks = Blocks::new(able, report);
    let mut said = asked;
    let system = blocks.instructions(std::mem::take(&mut said.instructions))?;
    for turn in &mut said.turns {
        let parts = std::mem::take(&mut turn.parts);
        turn.parts = match turn.speaker {
            Speaker::User => heard(parts),
            Speaker::Assistant => blocks.sayable(parts),
        };
    }
    said.turns.retain(|turn| !turn.parts.is_empty());
    let mut messages = Vec::new();
    for turn in said.alternating() {
        let role = match turn.speaker {
            Speaker::User => "user",
            Speaker::Assistant => "assistant",
        };
        messages.push(json!({"role": role, "content": blocks.list(&turn.parts)?}));
    }
    let mut written = Map::from_iter([("messages".to_owned(), Value::Array(messages))]);
    if !system.is_empty() {
        written.insert("system".to_owned(), Value::Array(system));
    }
    Ok(written)
}
