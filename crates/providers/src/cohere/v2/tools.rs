//! Tools, and the choice among them.

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Conversation, Function, Tool};
use tidegate_wire::dialect::Fault;

use crate::emulation::parameters;
use crate::support::choice::{self, Choice};

/// Writes tools and the choice among them. The API cannot be told which function to call, so that only this one is sent.
pub(super) fn write(
    asked: &mut Conversation,
    body: &mut Map<String, Value>,
    report: &mut Translation,
) -> Result<(), Fault> {
    let named = asked.tools.len();
    let choice = choice::narrow(asked)?;
    if asked.tools.is_empty() {
        return Ok(());
    }
    let tools = asked.tools.iter().map(tool);
    body.insert("tools".to_owned(), tools.collect());
    strict(asked, body, report);
    let word = match choice {
        Choice::Auto => return Ok(()),
        Choice::None => "NONE",
        Choice::Required => "REQUIRED",
        Choice::Named(name) => {
            if asked.tools.len() < named {
                report.clamped("tool_choice", &name, &"required");
            }
            "REQUIRED"
        }
    };
    body.insert("tool_choice".to_owned(), word.into());
    Ok(())
}

fn tool(tool: &Tool) -> Value {
    match tool {
        Tool::Function(it) => json!({"type": "function", "function": function(it)}),
        Tool::Own(own) => own.clone(),
    }
}

fn function(function: &Function) -> Map<String, Value> {
    let mut written = Map::from_iter([("name".to_owned(), json!(function.name))]);
    if let Some(description) = &function.description {
        written.insert("description".to_owned(), json!(description));
    }
    written.insert("parameters".to_owned(), parameters(function));
    written
}

/// Asks for arguments to the letter, which the API does for all functions or none.
fn strict(asked: &Conversation, body: &mut Map<String, Value>, report: &mut Translation) {
    let is_strict = |function: &Function| function.strict == Some(true);
    if !asked.functions().any(is_strict) {
        return;
    }
    if asked.functions().all(is_strict) {
        body.insert("strict_tools".to_owned(), true.into());
    } else {
        report.dropped("tools.strict");
    }
}
