//! Reads a request of the Messages API as it is meant. What cannot be understood is refused by its place; what has no
//! canonical words is reported.

mod block;
mod member;
mod thought;
mod tool;
mod turn;

pub(super) use thought::take_out as take_out_envelopes;

use serde_json::{Map, Value};

use super::spot::{Spot, missing};
use super::thread::refuse_threads;
use crate::Translation;
use crate::conversation::{Conversation, InstructionPlace};
use crate::dialect::Fault;
use crate::dialect::openai::not_json;

/// What has been read so far.
#[derive(Default)]
struct Reading {
    asked: Conversation,
    report: Translation,
}

/// Reads a body; `model`, which names the endpoint, is left out.
pub(super) fn read(body: &[u8]) -> Result<(Conversation, Translation), Fault> {
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return Err(not_json(body));
    };
    refuse_threads(&members)?;
    let mut reading = Reading::default();
    let find = |name: &'static str| {
        let value = members.get(name).filter(|value| !value.is_null());
        value.map(|value| Spot::new(name, value))
    };
    if let Some(system) = find("system") {
        reading.system(&system)?;
    }
    let messages = find("messages").ok_or_else(|| missing("messages"))?;
    turn::list(&messages, &mut reading)?;
    if let Some(tools) = find("tools") {
        tool::list(&tools, &mut reading)?;
    }
    if let Some(choice) = find("tool_choice") {
        tool::choice(&choice, &mut reading)?;
    }
    reading.members(&members)?;
    Ok((reading.asked, reading.report))
}

impl Reading {
    /// Reads what stands in `system`.
    fn system(&mut self, system: &Spot<'_>) -> Result<(), Fault> {
        if system.value == "" {
            return Ok(());
        }
        let parts = block::content(system, &mut self.report)?;
        self.asked.places.push(InstructionPlace {
            turns: 0,
            parts: parts.len(),
        });
        self.asked.instructions.extend(parts);
        Ok(())
    }

    fn members(&mut self, members: &Map<String, Value>) -> Result<(), Fault> {
        for (name, value) in members {
            if !value.is_null() {
                member::read(&Spot::new(name, value), name, self)?;
            }
        }
        Ok(())
    }

    /// Reports a member that asks for something.
    fn drop(&mut self, name: &str, value: &Value) {
        if asks(value) {
            self.report.dropped(name);
        }
    }
}

/// True for a value that asks for something.
fn asks(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        // `{"enabled": false}`.
        Value::Object(members) => members.values().any(asks),
    }
}

/// Reports the members of an object that are not known and ask for something.
fn report_others(spot: &Spot<'_>, kind: &str, known: &[&str], report: &mut Translation) {
    let members = spot.value.as_object().into_iter().flatten();
    for (name, value) in members {
        // Calls by the model itself are what everybody does.
        let usual = matches!(name.as_str(), "caller" | "allowed_callers") && is_direct(value);
        if !known.contains(&name.as_str()) && !usual && asks(value) {
            report.dropped(&format!("{kind}.{name}"));
        }
    }
}

fn is_direct(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(is_direct),
        Value::Object(members) => members.get("type").is_some_and(is_direct),
        other => other == "direct",
    }
}

#[cfg(test)]
mod tests;
