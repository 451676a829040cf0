//! Schemas that Bedrock can bind a model to: less than JSON Schema can say.
//!
//! Source: Bedrock's user guide, "Get validated JSON results from models"; Anthropic's page on structured outputs.

use std::collections::HashSet;

use serde_json::{Map, Value};

/// Words that bind values in ways that cannot be enforced.
const UNKNOWN: [&str; 18] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "maxItems",
    "uniqueItems",
    "contains",
    "minProperties",
    "maxProperties",
    "patternProperties",
    "propertyNames",
    "dependentRequired",
    "not",
    "if",
    "oneOf",
];

/// Returns a schema to which a model can be bound so that its answers obey the given one; nothing where there is none.
/// Objects whose properties are named get no others: the provider wants that said.
pub(super) fn closed(schema: &Value) -> Option<Value> {
    let mut references = References {
        root: schema,
        above: vec!["#"],
        done: HashSet::new(),
    };
    if references.recur(schema) {
        return None;
    }
    let mut closed = schema.clone();
    close(&mut closed).then_some(closed)
}

/// Closes a schema and all within; false where it says what cannot be enforced.
fn close(schema: &mut Value) -> bool {
    // `true` allows anything, also open objects.
    let Value::Object(members) = schema else {
        return false;
    };
    if UNKNOWN.iter().any(|word| members.contains_key(*word)) || wants_many(members) {
        return false;
    }
    if is_object(members) && !close_object(members) {
        return false;
    }
    close_inner(members)
}

/// True for a list that must be longer than one.
fn wants_many(members: &Map<String, Value>) -> bool {
    let least = members.get("minItems").and_then(Value::as_u64);
    least.is_some_and(|least| least > 1)
}

fn is_object(members: &Map<String, Value>) -> bool {
    let named = match members.get("type") {
        Some(Value::String(kind)) => kind == "object",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "object"),
        _ => false,
    };
    named || members.contains_key("properties")
}

fn close_object(members: &mut Map<String, Value>) -> bool {
    match members.get("additionalProperties") {
        Some(Value::Bool(false)) => true,
        None if members.contains_key("properties") => {
            members.insert("additionalProperties".to_owned(), false.into());
            true
        }
        _ => false,
    }
}

/// Closes the schemas that a schema holds.
fn close_inner(members: &mut Map<String, Value>) -> bool {
    members.iter_mut().all(|(name, value)| match name.as_str() {
        "properties" | "$defs" | "definitions" => {
            let named = value.as_object_mut();
            named.into_iter().flatten().all(|(_, it)| close(it))
        }
        "anyOf" | "allOf" | "prefixItems" => value.as_array_mut().into_iter().flatten().all(close),
        "items" => close(value),
        _ => true,
    })
}

/// Follows references within a schema.
struct References<'a> {
    root: &'a Value,
    /// The places on the way to here.
    above: Vec<&'a str>,
    /// Places that are known to lead to no place above them.
    done: HashSet<&'a str>,
}

impl<'a> References<'a> {
    /// True where a schema refers to what it is within, or to what the root does not hold.
    fn recur(&mut self, schema: &'a Value) -> bool {
        match schema {
            Value::Object(members) => members.iter().any(|(name, value)| match value {
                Value::String(place) if name == "$ref" => self.recur_at(place),
                _ if matches!(name.as_str(), "$defs" | "definitions") => false,
                value => self.recur(value),
            }),
            Value::Array(items) => items.iter().any(|item| self.recur(item)),
            _ => false,
        }
    }

    fn recur_at(&mut self, place: &'a str) -> bool {
        if self.done.contains(place) {
            return false;
        }
        let held = place
            .strip_prefix('#')
            .and_then(|path| self.root.pointer(path));
        let (Some(held), false) = (held, self.above.contains(&place)) else {
            return true;
        };
        self.above.push(place);
        let recurs = self.recur(held);
        self.above.pop();
        self.done.insert(place);
        recurs
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_are_closed_where_they_can_be() {
        let named = json!({"a": {"type": "string"}});
        for (schema, want) in [
            (
                json!({"type": "object", "properties": named, "required": ["a"]}),
                Some(
                    json!({"type": "object", "properties": named, "required": ["a"], "additionalProperties": false}),
                ),
            ),
            (
                json!({"properties": {"list": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/it"}}},
                       "additionalProperties": false, "$defs": {"it": {"properties": named}}}),
                Some(
                    json!({"properties": {"list": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/it"}}},
                       "additionalProperties": false, "$defs": {"it": {"properties": named, "additionalProperties": false}}}),
                ),
            ),
            (
                json!({"anyOf": [{"type": "null"}, {"enum": [1]}]}),
                Some(json!({"anyOf": [{"type": "null"}, {"enum": [1]}]})),
            ),
            (json!({"type": "object"}), None),
            (
                json!({"type": ["object", "null"], "properties": {}}),
                Some(
                    json!({"type": ["object", "null"], "properties": {}, "additionalProperties": false}),
                ),
            ),
            (
                json!({"type": "object", "properties": named, "additionalProperties": true}),
                None,
            ),
            (
                json!({"properties": {"n": {"type": "integer", "minimum": 1}}}),
                None,
            ),
            (
                json!({"properties": {"minimum": {"type": "integer"}}, "additionalProperties": false}),
                Some(
                    json!({"properties": {"minimum": {"type": "integer"}}, "additionalProperties": false}),
                ),
            ),
            (json!({"type": "array", "minItems": 2}), None),
            (json!({"properties": {"next": {"$ref": "#"}}}), None),
            (
                json!({"properties": {"tree": {"$ref": "#/$defs/tree"}},
                       "$defs": {"tree": {"properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/tree"}}}}}}),
                None,
            ),
            (json!({"properties": {"a": {"$ref": "https://h/s"}}}), None),
            (json!(true), None),
        ] {
            assert_eq!(closed(&schema), want, "{schema}");
        }
    }
}
