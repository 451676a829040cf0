//! Tools, and the choice among them, of which the API knows nothing.

use serde_json::{Map, Value};
use tidegate_wire::Translation;
use tidegate_wire::conversation::Conversation;
use tidegate_wire::dialect::Fault;

use crate::support::choice::{self, Choice};
use crate::support::tool;

/// Writes the tools that may be called. That one must be is what cannot be said.
pub(super) fn write(
    asked: &mut Conversation,
    body: &mut Map<String, Value>,
    report: &mut Translation,
) -> Result<(), Fault> {
    let forced = match choice::narrow(asked)? {
        Choice::None => return Ok(()),
        Choice::Auto => None,
        Choice::Required => Some("required".to_owned()),
        Choice::Named(name) => Some(name),
    };
    if asked.tools.is_empty() {
        return Ok(());
    }
    if let Some(forced) = forced {
        report.clamped("tool_choice", &forced, &"auto");
    }
    if asked.functions().any(|it| it.strict == Some(true)) {
        report.dropped("tools.strict");
    }
    let tools = asked.tools.iter().map(tool::write);
    body.insert("tools".to_owned(), tools.collect());
    Ok(())
}
