//! Schemas that are to be followed to the letter. Other vendors follow schemas that OpenAI refuses to follow strictly: it
//! wants every property required and no further ones allowed.
//!
//! Source: OpenAI's guide to structured outputs, as sampled in November 2026.

use serde_json::Value;
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Conversation, Format, Tool};

/// Members of a schema that hold schemas by name.
const NAMED: [&str; 4] = ["properties", "$defs", "definitions", "patternProperties"];

/// Members that hold a schema or a list of schemas.
const INNER: [&str; 4] = ["items", "anyOf", "allOf", "oneOf"];

/// Asks for no strictness where a schema could not be followed so, and reports it.
pub(super) fn relax(asked: &mut Conversation, report: &mut Translation) {
    if let Some(Format::Schema(schema)) = &mut asked.format
        && schema.strict == Some(true)
        && !can_be_strict(&schema.schema)
    {
        schema.strict = Some(false);
        report.clamped("json_schema.strict", &true, &false);
    }
    for tool in &mut asked.tools {
        let Tool::Function(function) = tool else {
            continue;
        };
        let fits = function.parameters.as_ref().is_some_and(can_be_strict);
        if function.strict == Some(true) && !fits {
            function.strict = Some(false);
            report.clamped("tools.strict", &true, &false);
        }
    }
}

/// True for a schema whose objects require all their properties and allow no others.
fn can_be_strict(schema: &Value) -> bool {
    let Some(members) = schema.as_object() else {
        return true;
    };
    let is_object = members.get("type").is_some_and(|kind| kind == "object");
    let properties = members.get("properties").and_then(Value::as_object);
    if is_object || properties.is_some() {
        let required = members.get("required").and_then(Value::as_array);
        let is_listed =
            |name: &String| required.is_some_and(|required| required.iter().any(|it| it == name));
        let all = properties.is_none_or(|named| named.keys().all(is_listed));
        let closed = members.get("additionalProperties") == Some(&Value::Bool(false));
        if !all || !closed {
            return false;
        }
    }
    let named = NAMED
        .iter()
        .filter_map(|name| members.get(*name)?.as_object());
    let inner = INNER.iter().filter_map(|name| members.get(*name));
    named
        .flat_map(|schemas| schemas.values())
        .all(can_be_strict)
        && inner.into_iter().all(|inner| match inner {
            Value::Array(schemas) => schemas.iter().all(can_be_strict),
            schema => can_be_strict(schema),
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::can_be_strict;

    #[test]
    fn only_closed_schemas_are_strict() {
        let closed = json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": false});
        let open =
            json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]});
        for (schema, want) in [
            (closed.clone(), true),
            (open.clone(), false),
            (json!({"type": "string"}), true),
            (json!({"type": "object"}), false),
            (
                json!({"properties": {}, "additionalProperties": false}),
                true,
            ),
            (
                json!({"properties": {"a": {}, "b": {}}, "required": ["a"], "additionalProperties": false}),
                false,
            ),
            (json!({"type": "array", "items": closed}), true),
            (json!({"type": "array", "items": open}), false),
            (json!({"anyOf": [{"type": "null"}, open]}), false),
            (json!({"$ref": "#/$defs/a", "$defs": {"a": open}}), false),
        ] {
            assert_eq!(can_be_strict(&schema), want, "{schema}");
        }
    }
}
