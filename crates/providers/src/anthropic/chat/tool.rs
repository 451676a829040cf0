//! Tools, and the choice among them.

use std::collections::HashSet;

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Content, Conversation, Function, Tool, ToolChoice};

use super::model::Generation;
use crate::emulation::parameters;

/// Writes tools and the choice among them.
pub(super) fn write(
    asked: &Conversation,
    generation: Generation,
    body: &mut Map<String, Value>,
    report: &mut Translation,
) {
    let only = match &asked.choice {
        Some(ToolChoice::Allowed { names, .. }) => Some(names),
        _ => None,
    };
    let tools = asked.tools.iter().filter_map(|tool| match tool {
        Tool::Function(it) if only.is_some_and(|names| !names.contains(&it.name)) => None,
        Tool::Function(it) => Some(function(it, generation, report)),
        Tool::Own(own) => Some(own.clone()),
    });
    let mut tools: Vec<Value> = tools.collect();
    let mut choice = choice(asked, body.contains_key("thinking"));
    if tools.is_empty() && asked.has_calls() {
        // The API refuses calls of tools that the request does not name.
        tools = remembered(asked);
        choice = Some(json!({"type": "none"}));
    }
    if tools.is_empty() {
        return;
    }
    body.insert("tools".to_owned(), tools.into());
    if let Some(choice) = choice {
        body.insert("tool_choice".to_owned(), choice);
    }
}

fn function(function: &Function, generation: Generation, report: &mut Translation) -> Value {
    let mut schema = parameters(function);
    if let Some(members) = schema.as_object_mut()
        && !members.contains_key("type")
    {
        // The API wants one.
        members.insert("type".to_owned(), "object".into());
    }
    let mut tool = Map::from_iter([("name".to_owned(), json!(function.name))]);
    let mut put = |name: &str, value: Value| drop(tool.insert(name.to_owned(), value));
    if let Some(description) = &function.description {
        put("description", json!(description));
    }
    put("input_schema", schema);
    match function.strict {
        Some(true) if generation.has_structured_outputs() => put("strict", true.into()),
        Some(true) => report.dropped("tools.strict"),
        _ => {}
    }
    if let Some(mark) = &function.cache {
        put("cache_control", mark.clone());
    }
    Value::Object(tool)
}

/// Writes the choice. With thinking no call can be forced.
fn choice(asked: &Conversation, thinks: bool) -> Option<Value> {
    let mut choice = match &asked.choice {
        Some(ToolChoice::None) => return Some(json!({"type": "none"})),
        Some(ToolChoice::Required | ToolChoice::Allowed { required: true, .. }) if !thinks => {
            json!({"type": "any"})
        }
        Some(ToolChoice::Named(name)) if !thinks => json!({"type": "tool", "name": name}),
        None if asked.parallel_calls != Some(false) => return None,
        _ => json!({"type": "auto"}),
    };
    if asked.parallel_calls == Some(false)
        && let Some(members) = choice.as_object_mut()
    {
        members.insert("disable_parallel_tool_use".to_owned(), true.into());
    }
    Some(choice)
}

/// Returns tools of which only the names are known, from the calls of the conversation.
fn remembered(asked: &Conversation) -> Vec<Value> {
    let mut known = HashSet::new();
    let parts = asked.turns.iter().flat_map(|turn| &turn.parts);
    let names = parts.filter_map(|part| match &part.content {
        Content::Call(call) => known.insert(&call.name).then_some(&call.name),
        _ => None,
    });
    let tool = |name| json!({"name": name, "input_schema": {"type": "object"}});
    names.map(tool).collect()
}
