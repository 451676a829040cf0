//! Tools, and the choice among them.

use std::collections::HashSet;

use serde_json::{Map, Value, json};
use tidegate_wire::conversation::{Conversation, Function, Tool, ToolChoice};

use crate::emulation::parameters;

/// The name of the one argument that stands for the text of a custom tool's call.
pub(super) const INPUT: &str = "input";

const CUSTOM: &str = "custom";

/// Writes tools and the choice among them.
pub(super) fn write(asked: &Conversation, body: &mut Map<String, Value>) {
    if asked.tools.is_empty() {
        return;
    }
    let tools = asked.tools.iter().map(|tool| match tool {
        Tool::Function(it) => function(it),
        Tool::Own(own) => flat(own),
    });
    body.insert("tools".to_owned(), tools.collect());
    if let Some(choice) = &asked.choice {
        body.insert("tool_choice".to_owned(), written(choice, asked));
    }
    if let Some(parallel) = asked.parallel_calls {
        body.insert("parallel_tool_calls".to_owned(), parallel.into());
    }
}

/// Writes a function. What the API would hold it to is said in any case: its default is another than in chats.
fn function(function: &Function) -> Value {
    let mut written = Map::from_iter([
        ("type".to_owned(), json!("function")),
        ("name".to_owned(), json!(function.name)),
    ]);
    if let Some(description) = &function.description {
        written.insert("description".to_owned(), json!(description));
    }
    written.insert("parameters".to_owned(), parameters(function));
    let strict = function.strict.unwrap_or(false);
    written.insert("strict".to_owned(), strict.into());
    Value::Object(written)
}

/// Takes a custom tool of chats, and its grammar, out of the objects around them; others pass.
fn flat(own: &Value) -> Value {
    let Some(Value::Object(custom)) = own.get(CUSTOM) else {
        return own.clone();
    };
    let mut written = Map::from_iter([("type".to_owned(), json!(CUSTOM))]);
    written.extend(custom.clone());
    if let Some(Value::Object(format)) = written.get_mut("format")
        && let Some(Value::Object(grammar)) = format.shift_remove("grammar")
    {
        format.extend(grammar);
    }
    Value::Object(written)
}

/// Returns the names of custom tools.
pub(super) fn custom_names(asked: &Conversation) -> HashSet<&str> {
    let names = asked.tools.iter().filter_map(|tool| match tool {
        Tool::Own(own) => {
            let custom = own.get(CUSTOM).or_else(|| {
                let is_custom = own.get("type").is_some_and(|kind| kind == CUSTOM);
                is_custom.then_some(own)
            });
            custom?.get("name")?.as_str()
        }
        Tool::Function(_) => None,
    });
    names.collect()
}

fn written(choice: &ToolChoice, asked: &Conversation) -> Value {
    match choice {
        ToolChoice::Auto => json!("auto"),
        ToolChoice::None => json!("none"),
        ToolChoice::Required => json!("required"),
        ToolChoice::Named(name) => named(name, asked),
        ToolChoice::Allowed { names, required } => {
            let mode = if *required { "required" } else { "auto" };
            let tools = names.iter().map(|name| named(name, asked));
            let tools: Vec<Value> = tools.collect();
            json!({"type": "allowed_tools", "mode": mode, "tools": tools})
        }
    }
}

fn named(name: &str, asked: &Conversation) -> Value {
    let kind = if custom_names(asked).contains(name) {
        CUSTOM
    } else {
        "function"
    };
    json!({"type": kind, "name": name})
}
