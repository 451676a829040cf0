//! Messages as turns.

use std::collections::HashMap;

use super::super::spot::Spot;
use super::{Reading, asks, block, thought};
use crate::conversation::{Content, InstructionPlace, Part, Speaker, Turn};
use crate::dialect::Fault;

/// How many members of messages are named that have no place.
const MOST_UNREAD: usize = 16;

/// Reads the messages.
pub(super) fn list(messages: &Spot<'_>, reading: &mut Reading) -> Result<(), Fault> {
    let mut names = HashMap::new();
    for message in messages.items()? {
        let members = message.members()?;
        let unread = &mut reading.asked.unread;
        for (name, value) in members {
            let read = matches!(name.as_str(), "role" | "content") || !asks(value);
            if !read && unread.len() < MOST_UNREAD && !unread.contains(name) {
                unread.push(name.clone());
            }
        }
        let role = message.need("role")?;
        let said_by = role.text()?;
        let content = message.need("content")?;
        let mut parts = block::content(&content, &mut reading.report)?;
        if let Some(kind) = parts.iter().find_map(|part| misplaced(said_by, part)) {
            let why = format!("a message of `{said_by}` cannot hold a block of the type `{kind}`");
            return Err(content.fault(why));
        }
        let speaker = match said_by {
            "user" => Speaker::User,
            "assistant" => Speaker::Assistant,
            "system" => {
                reading.asked.places.push(InstructionPlace {
                    turns: reading.asked.turns.len(),
                    parts: parts.len(),
                });
                reading.asked.instructions.extend(parts);
                continue;
            }
            _ => return Err(role.refuse("`user` or `assistant`")),
        };
        if !thought::unseal(&mut parts) {
            reading.report.dropped("thinking.signature");
        }
        name_results(&mut parts, &mut names);
        reading.asked.turns.push(Turn {
            speaker,
            parts,
            name: None,
        });
    }
    if reading.asked.turns.is_empty() {
        return Err(messages.fault("at least one message of `user` is needed"));
    }
    Ok(())
}

/// Returns the type of a block that another role says.
fn misplaced(role: &str, part: &Part) -> Option<&'static str> {
    let by_model = role == "assistant";
    let by_user = role == "user";
    match part.content {
        Content::Call(_) if !by_model => Some("tool_use"),
        Content::Reasoning(_) if !by_model => Some("thinking"),
        Content::Redacted(_) if !by_model => Some("redacted_thinking"),
        Content::Result(_) if !by_user => Some("tool_result"),
        _ => None,
    }
}

/// Notes the functions that are called, and adds their names to what the calls gave.
fn name_results(parts: &mut [Part], names: &mut HashMap<String, String>) {
    for part in parts {
        match &mut part.content {
            Content::Call(call) => drop(names.insert(call.id.clone(), call.name.clone())),
            Content::Result(result) => result.name = names.get(&result.call_id).cloned(),
            _ => {}
        }
    }
}
