//! Tools, and the choice among them.

use serde_json::{Map, Value};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Conversation, Function};
use tidegate_wire::dialect::Fault;

use crate::support::choice::{self, Choice};
use crate::support::tool;

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
    let tools = asked.tools.iter().map(tool::write);
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
