//! Tools and the choice among them.

use serde_json::{Map, Value, json};

use super::said;
use crate::Translation;
use crate::conversation::{Conversation, Function, Tool, ToolChoice};

/// Writes tools, and how they may be called. Without tools the API refuses to be told how.
pub(super) fn write(asked: &Conversation, body: &mut Map<String, Value>, report: &mut Translation) {
    if asked.tools.is_empty() {
        if !matches!(
            asked.choice,
            None | Some(ToolChoice::Auto | ToolChoice::None)
        ) {
            report.dropped("tool_choice");
        }
        return;
    }
    let tools: Value = asked.tools.iter().map(tool).collect();
    let parallel = asked.parallel_calls.map(Value::Bool);
    body.extend(said([
        ("tools", Some(tools)),
        ("tool_choice", asked.choice.as_ref().map(choice)),
        ("parallel_tool_calls", parallel),
    ]));
}

fn tool(tool: &Tool) -> Value {
    match tool {
        Tool::Function(it) => Value::Object(said([
            ("type", Some(json!("function"))),
            ("function", Some(function(it).into())),
            ("cache_control", it.cache.clone()),
        ])),
        Tool::Own(own) => own.clone(),
    }
}

fn function(function: &Function) -> Map<String, Value> {
    said([
        ("name", Some(json!(function.name))),
        (
            "description",
            function.description.as_ref().map(|it| json!(it)),
        ),
        ("parameters", function.parameters.clone()),
        ("strict", function.strict.map(Value::Bool)),
    ])
}

fn choice(choice: &ToolChoice) -> Value {
    match choice {
        ToolChoice::Auto => json!("auto"),
        ToolChoice::None => json!("none"),
        ToolChoice::Required => json!("required"),
        ToolChoice::Named(name) => named(name),
        ToolChoice::Allowed { names, required } => {
            let mode = if *required { "required" } else { "auto" };
            let tools: Value = names.iter().map(|name| named(name)).collect();
            json!({"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": tools}})
        }
    }
}

fn named(name: &str) -> Value {
    json!({"type": "function", "function": {"name": name}})
}
