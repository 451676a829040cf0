//! Tools for providers that took over OpenAI's form of them.

use serde_json::{Map, Value, json};
use tidegate_wire::conversation::{Function, Tool};

use crate::emulation::parameters;

/// Writes a tool; one in the provider's own form passes.
pub(crate) fn write(tool: &Tool) -> Value {
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
