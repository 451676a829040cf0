//! What a schema allows, in words.

use serde_json::Value;

/// The name of the schema to which a reference leads.
pub(crate) fn target(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.rsplit('/').next()
}

/// What a value may be: types, words and bounds. Members of objects are told elsewhere.
pub(crate) fn of(schema: &Value) -> String {
    if let Some(name) = target(schema) {
        return format!("[{name}](#{})", name.to_lowercase());
    }
    if let Some(word) = schema.get("const") {
        return format!("`{}`", plain(word));
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return quoted(words);
    }
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        return parts.first().map(of).unwrap_or_default();
    }
    let union = ["oneOf", "anyOf"]
        .into_iter()
        .find_map(|it| schema.get(it)?.as_array());
    if let Some(parts) = union {
        return joined(parts.iter().map(of));
    }
    match schema.get("type") {
        Some(Value::Array(types)) => joined(types.iter().map(|it| one(it, schema))),
        Some(it) => one(it, schema),
        None => "anything".to_owned(),
    }
}

/// Joins kinds, each told once, and null at the end.
fn joined(kinds: impl Iterator<Item = String>) -> String {
    let (mut told, mut null) = (Vec::new(), "");
    for kind in kinds {
        if kind == "null" {
            null = "; or null";
        } else if !told.contains(&kind) {
            told.push(kind);
        }
    }
    format!("{}{null}", told.join(" or "))
}

fn one(kind: &Value, schema: &Value) -> String {
    let kind = kind.as_str().unwrap_or_default();
    let name = match kind {
        "string" => "text",
        "boolean" => "true or false",
        "integer" => "whole number",
        "array" => return list(schema),
        "object" => return object(schema),
        other => other,
    };
    let bounds = match kind {
        "integer" | "number" => bounds(schema),
        "string" => words(schema),
        _ => String::new(),
    };
    format!("{name}{bounds}")
}

fn list(schema: &Value) -> String {
    let least = match schema.get("minItems").and_then(Value::as_u64) {
        Some(1) => ", not empty",
        _ => "",
    };
    match schema.get("items") {
        Some(items) => format!("list of {}{least}", several(&of(items))),
        None => format!("list{least}"),
    }
}

/// A kind in the plural.
fn several(kind: &str) -> String {
    match kind {
        "text" => "texts".to_owned(),
        "number" => "numbers".to_owned(),
        "whole number" => "whole numbers".to_owned(),
        "object" => "objects".to_owned(),
        other => match other.strip_prefix("text, ") {
            Some(words) => format!("texts, {words}"),
            None => other.replace("list of ", "lists of "),
        },
    }
}

fn object(schema: &Value) -> String {
    match schema
        .get("additionalProperties")
        .filter(|it| it.is_object())
    {
        Some(values) if schema.get("properties").is_none() => {
            format!("object of {} by name", several(&of(values)))
        }
        _ => "object".to_owned(),
    }
}

fn bounds(schema: &Value) -> String {
    let number = |name| schema.get(name).and_then(Value::as_f64);
    match (number("minimum"), number("maximum")) {
        (Some(least), Some(most)) => format!(", {least} to {most}"),
        (Some(least), None) => format!(", {least} or more"),
        (None, Some(most)) => format!(", at most {most}"),
        (None, None) => String::new(),
    }
}

fn words(schema: &Value) -> String {
    match schema.get("examples").and_then(Value::as_array) {
        Some(words) => format!(", such as {}", quoted(words)),
        None => String::new(),
    }
}

fn quoted(words: &[Value]) -> String {
    let words: Vec<String> = words.iter().map(|it| format!("`{}`", plain(it))).collect();
    words.join(", ")
}

/// A text without its quotes, anything else as JSON.
pub(crate) fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
