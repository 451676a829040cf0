//! Values that fit a JSON Schema: arguments of forced tool calls and structured answers.

use serde_json::{Map, Value, json};

/// How deep a schema is followed.
const DEPTH: usize = 16;

/// Returns the tool call that the request forces, as name and arguments.
pub(super) fn forced(body: &Value) -> Option<(String, Value)> {
    let tools = body["tools"].as_array()?;
    let wanted = match &body["tool_choice"] {
        Value::String(mode) if mode == "required" => None,
        Value::Object(choice) => Some(choice.get("function")?.get("name")?.as_str()?.to_owned()),
        _ => return None,
    };
    let tool = tools.iter().find(|tool| {
        wanted
            .as_deref()
            .is_none_or(|name| tool.pointer("/function/name").and_then(Value::as_str) == Some(name))
    })?;
    let function = &tool["function"];
    let name = function["name"].as_str()?.to_owned();
    Some((name, example(&function["parameters"])))
}

/// Returns the answer that a `response_format` asks for.
pub(super) fn structured(body: &Value) -> Option<String> {
    let format = &body["response_format"];
    match format["type"].as_str()? {
        "json_schema" => Some(
            example(
                format
                    .pointer("/json_schema/schema")
                    .unwrap_or(&Value::Null),
            )
            .to_string(),
        ),
        "json_object" => Some(json!({"sandbox": true}).to_string()),
        _ => None,
    }
}

/// Returns the plainest value that fits a schema.
pub(super) fn example(schema: &Value) -> Value {
    build(schema, schema, DEPTH)
}

fn build(schema: &Value, root: &Value, depth: usize) -> Value {
    if depth == 0 {
        return Value::Null;
    }
    for given in ["const", "default"] {
        if let Some(value) = schema.get(given) {
            return value.clone();
        }
    }
    for list in ["enum", "examples"] {
        if let Some(first) = schema.get(list).and_then(|values| values.get(0)) {
            return first.clone();
        }
    }
    if let Some(target) = schema["$ref"]
        .as_str()
        .and_then(|path| root.pointer(path.strip_prefix('#')?))
    {
        return build(target, root, depth - 1);
    }
    for choice in ["anyOf", "oneOf", "allOf"] {
        if let Some(first) = schema.get(choice).and_then(|schemas| schemas.get(0)) {
            return build(first, root, depth - 1);
        }
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.first().and_then(Value::as_str),
        kind => kind.as_str(),
    };
    match kind {
        Some("string") => json!("sandbox"),
        Some("integer") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("number") => schema.get("minimum").cloned().unwrap_or(json!(1.5)),
        Some("boolean") => json!(true),
        Some("null") => Value::Null,
        Some("array") => json!([build(&schema["items"], root, depth - 1)]),
        _ => object(schema, root, depth),
    }
}

/// Fills what is required; all members when nothing is.
fn object(schema: &Value, root: &Value, depth: usize) -> Value {
    let Some(properties) = schema["properties"].as_object() else {
        return json!({});
    };
    let required: Vec<&str> = schema["required"]
        .as_array()
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let wanted = |name: &str| required.is_empty() || required.contains(&name);
    let members: Map<String, Value> = properties
        .iter()
        .filter(|(name, _)| wanted(name))
        .map(|(name, schema)| (name.clone(), build(schema, root, depth - 1)))
        .collect();
    members.into()
}
