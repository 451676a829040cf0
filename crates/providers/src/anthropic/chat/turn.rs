//! Instructions and turns.

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Content, Conversation, Part, Speaker, Turn};
use tidegate_wire::dialect::Fault;

use super::block;
use crate::support::fault::unsupported;

/// Writes `system` and `messages`.
pub(super) fn write(
    asked: &Conversation,
    body: &mut Map<String, Value>,
    report: &mut Translation,
) -> Result<(), Fault> {
    let mut turns = Vec::new();
    for turn in asked.alternating() {
        let speaker = turn.speaker;
        let blocks = blocks(&turn, report)?;
        if !blocks.is_empty() {
            turns.push((speaker, blocks));
        }
    }
    if let Some((Speaker::Assistant, last)) = turns.last_mut() {
        trim(last);
        if last.is_empty() {
            turns.pop();
        }
    }
    if let Some(system) = system(&asked.instructions, report)? {
        body.insert("system".to_owned(), system);
    }
    let turns = turns.into_iter().map(|(speaker, blocks)| {
        let role = match speaker {
            Speaker::User => "user",
            Speaker::Assistant => "assistant",
        };
        json!({"role": role, "content": plain(blocks)})
    });
    body.insert("messages".to_owned(), turns.collect());
    Ok(())
}

fn blocks(turn: &Turn, report: &mut Translation) -> Result<Vec<Value>, Fault> {
    let blocks = turn
        .parts
        .iter()
        .map(|part| block::write(part, report).transpose());
    blocks.flatten().collect()
}

/// Returns the instructions: a text, or blocks where there are several or one is marked.
fn system(parts: &[Part], report: &mut Translation) -> Result<Option<Value>, Fault> {
    if !parts
        .iter()
        .all(|part| matches!(part.content, Content::Text(_)))
    {
        let text = "Anthropic takes texts only in messages of the system.";
        return Err(unsupported("messages", text));
    }
    let blocks = parts.iter();
    let blocks = blocks.map(|part| block::write(part, report).transpose());
    let blocks: Vec<Value> = blocks.flatten().collect::<Result<_, _>>()?;
    Ok((!blocks.is_empty()).then(|| plain(blocks)))
}

/// Writes a lone text without the block around it.
fn plain(mut blocks: Vec<Value>) -> Value {
    if let [lone] = blocks.as_mut_slice()
        && lone["type"] == "text"
        && let Some(members) = lone.as_object_mut()
        && members.len() == 2
    {
        return members.shift_remove("text").unwrap_or_default();
    }
    blocks.into()
}

/// Cuts blanks off the end of the beginning of an answer: the API refuses them there, and texts of nothing else.
fn trim(blocks: &mut Vec<Value>) {
    if let Some(Value::String(text)) = blocks.last_mut().and_then(|last| last.get_mut("text")) {
        text.truncate(text.trim_end().len());
        if text.is_empty() {
            blocks.pop();
        }
    }
}
