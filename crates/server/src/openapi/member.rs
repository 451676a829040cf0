//! Members of requests as rows of a table: name, kind, and a word of explanation.

use serde_json::{Map, Value, json};

use crate::openapi::reference;

/// What a member may be. All but what is required may be null, which says nothing.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// True or false.
    Truth,
    /// A text.
    Text,
    /// A text; these are the usual ones.
    Words(&'static [&'static str]),
    /// A number between these.
    Number(f64, f64),
    /// A whole number.
    Integer,
    /// A whole number from this on.
    Whole(u32),
    /// A whole number between these.
    Between(u32, u32),
    /// One text or several.
    Texts,
    /// An object whose members are these.
    Object(&'static [Member]),
    /// An object of texts or numbers by name.
    ByName(&'static str),
    /// A list of these words.
    Several(&'static [&'static str]),
    /// What another schema describes.
    Of(&'static str),
    /// A list of what another schema describes.
    ListOf(&'static str),
}

/// A row.
pub(super) type Member = (&'static str, Kind, &'static str);

/// What a message says.
pub(super) const CONTENT: Member = (
    "content",
    Kind::Of("Content"),
    "A text, or a list of parts.",
);

/// A mark that messages, parts and tools may carry.
pub(super) const CACHE: Member = (
    "cache_control",
    Kind::Of("CacheControl"),
    "Anthropic's mark that the prompt up to here is worth caching.",
);

/// Returns the schema of that mark.
pub(super) fn cache_control() -> Value {
    let members = [
        ("type", Kind::Words(&["ephemeral"]), "The kind of cache."),
        (
            "ttl",
            Kind::Words(&["5m", "1h"]),
            "How long it stays cached.",
        ),
    ];
    object("", &members, &[])
}

/// Returns the schema of an object with these members, of which some are required.
pub(super) fn object(description: &str, members: &[Member], required: &[&str]) -> Value {
    let properties: Map<String, Value> = members
        .iter()
        .map(|(name, kind, doc)| {
            let optional = !required.contains(name);
            ((*name).to_owned(), property(*kind, doc, optional))
        })
        .collect();
    let mut schema = json!({"type": "object", "properties": properties});
    if let Some(members) = schema.as_object_mut() {
        if !description.is_empty() {
            members.insert("description".to_owned(), description.into());
        }
        if !required.is_empty() {
            members.insert("required".to_owned(), json!(required));
        }
    }
    schema
}

/// Adds the member by which kinds of an object are told apart.
pub(super) fn tagged(tag: &str, values: &[&str], mut schema: Value) -> Value {
    let member = json!({"type": "string", "enum": values});
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.shift_insert(0, tag.to_owned(), member);
    }
    let Some(members) = schema.as_object_mut() else {
        return schema;
    };
    let required = members.entry("required").or_insert_with(|| json!([]));
    if let Value::Array(required) = required {
        required.insert(0, tag.into());
    }
    schema
}

fn property(kind: Kind, doc: &str, optional: bool) -> Value {
    let mut schema = match kind {
        Kind::Truth => json!({"type": "boolean"}),
        Kind::Text => json!({"type": "string"}),
        Kind::Words(words) => json!({"type": "string", "examples": words}),
        Kind::Number(least, most) => json!({"type": "number", "minimum": least, "maximum": most}),
        Kind::Integer => json!({"type": "integer"}),
        Kind::Whole(least) => json!({"type": "integer", "minimum": least}),
        Kind::Between(least, most) => {
            json!({"type": "integer", "minimum": least, "maximum": most})
        }
        Kind::Texts => json!({"type": ["string", "array"], "items": {"type": "string"}}),
        Kind::Object(members) => object("", members, &[]),
        Kind::ByName(kind) => json!({"type": "object", "additionalProperties": {"type": kind}}),
        Kind::Several(words) => {
            json!({"type": "array", "items": {"type": "string", "examples": words}})
        }
        Kind::Of(name) => reference(name),
        Kind::ListOf(name) => json!({"type": "array", "items": reference(name)}),
    };
    if optional {
        schema = or_null(schema);
    }
    if let Some(members) = schema.as_object_mut() {
        members.insert("description".to_owned(), doc.into());
    }
    schema
}

/// Allows null beside what a schema allows.
fn or_null(mut schema: Value) -> Value {
    let Some(kind) = schema.get_mut("type") else {
        return json!({"anyOf": [schema, {"type": "null"}]});
    };
    match kind {
        Value::Array(kinds) => kinds.push("null".into()),
        one => *one = json!([one, "null"]),
    }
    schema
}
