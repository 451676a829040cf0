//! Tools, the choice among them, and calls of them, in Anthropic's form.

use serde_json::{Map, Value, json};
use tidegate_wire::dialect::Fault;

use crate::call::CallHead;
use crate::support::content;
use crate::support::fault::refused;

const TOOLS: &str = "tools";
const CHOICE: &str = "tool_choice";
const PARALLEL: &str = "parallel_tool_calls";

/// Rewrites a body's tools and the choice among them. What has Anthropic's form already, passes.
pub(super) fn convert(body: &mut Map<String, Value>) {
    let mut has_tools = false;
    if let Some(Value::Array(tools)) = body.get_mut(TOOLS) {
        has_tools = !tools.is_empty();
        tools.iter_mut().for_each(convert_tool);
    }
    if let Some(chosen) = body.get_mut(CHOICE) {
        convert_choice(chosen);
    }
    let Some(parallel) = body.get(PARALLEL).and_then(Value::as_bool) else {
        return;
    };
    body.shift_remove(PARALLEL);
    if !parallel && has_tools {
        one_at_a_time(body);
    }
}

/// Turns a function into a tool. Anthropic wants a schema from each.
fn convert_tool(tool: &mut Value) {
    let Some(members) = tool.as_object_mut() else {
        return;
    };
    if members.get("type").is_none_or(|kind| kind != "function") {
        return;
    }
    let Some(Value::Object(mut function)) = members.shift_remove("function") else {
        return;
    };
    members.shift_remove("type");
    let schema = content::schema(function.shift_remove("parameters"));
    // OpenAI's default `strict` is false, and so is Anthropic's; its older models know no such member.
    function.retain(|name, value| {
        !(value.is_null() || name == "strict" && *value == Value::Bool(false))
    });
    let beside = std::mem::take(members);
    members.extend(function);
    members.insert("input_schema".to_owned(), schema);
    members.extend(beside);
}

fn convert_choice(chosen: &mut Value) {
    let kind = match chosen.as_str() {
        Some("auto") => "auto",
        Some("none") => "none",
        Some("required") => "any",
        Some(_) => return,
        None => {
            if let Some(name) = chosen.pointer("/function/name") {
                *chosen = json!({"type": "tool", "name": name});
            }
            return;
        }
    };
    *chosen = json!({"type": kind});
}

/// Forbids more than one call in an answer. A choice of no tool has no such member.
fn one_at_a_time(body: &mut Map<String, Value>) {
    let chosen = body
        .entry(CHOICE)
        .or_insert_with(|| json!({"type": "auto"}));
    if let Some(members) = chosen.as_object_mut()
        && members.get("type").is_some_and(|kind| kind != "none")
    {
        members.insert("disable_parallel_tool_use".to_owned(), true.into());
    }
}

/// Writes a call that the assistant made.
pub(super) fn call(call: CallHead, made: &Value) -> Result<Value, Fault> {
    let refuse = |text| refused(call, text, "messages");
    let (id, name) = (made.get("id"), made.pointer("/function/name"));
    let (Some(id @ Value::String(_)), Some(name @ Value::String(_))) = (id, name) else {
        return Err(refuse(
            "An entry of `tool_calls` lacks its `id` or its `function.name`. Send calls as the answer gave them.",
        ));
    };
    let input = content::arguments(made.pointer("/function/arguments")).ok_or_else(|| {
        refuse(
            "The `function.arguments` of an entry of `tool_calls` are not the JSON text of an object. Send calls as the answer gave them.",
        )
    })?;
    Ok(json!({"type": "tool_use", "id": id, "name": name, "input": input}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_get_anthropic_s_form() {
        let function = |more: Value| {
            let mut function = json!({"name": "f"});
            for (name, value) in more.as_object().unwrap() {
                function[name] = value.clone();
            }
            json!({"type": "function", "function": function})
        };
        let tool = json!({"name": "f", "input_schema": {"type": "object", "properties": {}}});
        let own = json!({"type": "web_search_20250305", "name": "web_search"});
        for (body, want) in [
            (json!({}), json!({})),
            (json!({"tools": []}), json!({"tools": []})),
            (json!({"tools": "f"}), json!({"tools": "f"})),
            (
                json!({"tools": [function(json!({"description": "d", "parameters": {"type": "object"}, "strict": true})), own]}),
                json!({"tools": [{"name": "f", "description": "d", "strict": true, "input_schema": {"type": "object"}}, own]}),
            ),
            (
                json!({"tools": [function(json!({"description": null, "parameters": null, "strict": false}))]}),
                json!({"tools": [tool]}),
            ),
            (
                json!({"tools": [{"type": "function", "function": {"name": "f"}, "cache_control": {"type": "ephemeral"}}]}),
                json!({"tools": [{"name": "f", "input_schema": {"type": "object", "properties": {}}, "cache_control": {"type": "ephemeral"}}]}),
            ),
            (
                json!({"tools": [tool, 3, null]}),
                json!({"tools": [tool, 3, null]}),
            ),
            (
                json!({"tool_choice": "auto"}),
                json!({"tool_choice": {"type": "auto"}}),
            ),
            (
                json!({"tool_choice": "none"}),
                json!({"tool_choice": {"type": "none"}}),
            ),
            (
                json!({"tool_choice": "required"}),
                json!({"tool_choice": {"type": "any"}}),
            ),
            (json!({"tool_choice": "f"}), json!({"tool_choice": "f"})),
            (
                json!({"tool_choice": {"type": "function", "function": {"name": "f"}}}),
                json!({"tool_choice": {"type": "tool", "name": "f"}}),
            ),
            (
                json!({"tool_choice": {"type": "tool", "name": "f"}}),
                json!({"tool_choice": {"type": "tool", "name": "f"}}),
            ),
            (
                json!({"tools": [tool], "parallel_tool_calls": false}),
                json!({"tools": [tool], "tool_choice": {"type": "auto", "disable_parallel_tool_use": true}}),
            ),
            (
                json!({"tools": [tool], "tool_choice": "required", "parallel_tool_calls": false}),
                json!({"tools": [tool], "tool_choice": {"type": "any", "disable_parallel_tool_use": true}}),
            ),
            (
                json!({"tools": [tool], "tool_choice": "none", "parallel_tool_calls": false}),
                json!({"tools": [tool], "tool_choice": {"type": "none"}}),
            ),
            (
                json!({"tools": [tool], "parallel_tool_calls": true}),
                json!({"tools": [tool]}),
            ),
            (json!({"parallel_tool_calls": false}), json!({})),
            (
                json!({"parallel_tool_calls": "no"}),
                json!({"parallel_tool_calls": "no"}),
            ),
        ] {
            let Value::Object(mut converted) = body.clone() else {
                panic!("{body}")
            };
            convert(&mut converted);
            assert_eq!(Value::Object(converted), want, "{body}");
        }
    }
}
