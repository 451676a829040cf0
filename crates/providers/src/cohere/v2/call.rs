//! Calls of tools, as plain answers have them whole and streams begin them.

use serde::Deserialize;
use serde_json::Value;
use tidegate_wire::event::Event;

/// A call, or a piece of one.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Call {
    id: Option<String>,
    #[serde(default)]
    function: Option<Function>,
}

#[derive(Debug, Default, Deserialize)]
struct Function {
    name: Option<String>,
    /// A text; null where the function takes nothing.
    arguments: Option<Value>,
}

impl Call {
    /// Returns the beginning of the call, and the arguments that it holds.
    pub(super) fn begin(self, index: u32) -> (Event, Option<String>) {
        let function = self.function.unwrap_or_default();
        let begun = Event::ToolCall {
            choice: 0,
            index,
            id: self.id.unwrap_or_default(),
            name: function.name.unwrap_or_default(),
        };
        (begun, text(function.arguments))
    }

    /// Returns the piece of arguments that it holds.
    pub(super) fn arguments(self) -> Option<String> {
        text(self.function?.arguments)
    }
}

fn text(arguments: Option<Value>) -> Option<String> {
    match arguments? {
        Value::Null => None,
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        other => Some(other.to_string()),
    }
}

/// Tells arguments, or a piece of them.
pub(super) fn arguments(index: u32, json: String) -> Event {
    Event::ToolArguments {
        choice: 0,
        index,
        json,
    }
}

/// Tells that a call has no arguments.
pub(super) fn no_arguments(index: u32) -> Event {
    arguments(index, "{}".to_owned())
}
