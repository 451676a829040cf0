//! `config:` blocks, from the providers' tables of fields.

use serde_json::{Map, Value, json};

use crate::{Extras, Field, FieldKind, known};

use super::{HEADER_NAME, any_spelling, one_of};

/// A `config:` block: a provider's fields, and what every provider takes.
pub(super) fn block(fields: &[Field]) -> Value {
    let mut schema = config(fields);
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        let extras = Extras::KEYS.map(|(key, _)| {
            let reference = json!({"$ref": format!("#/$defs/{key}")});
            (key.to_owned(), reference)
        });
        properties.extend(extras);
    }
    schema
}

/// The definitions of what every provider takes.
pub(super) fn extras() -> impl Iterator<Item = (String, Value)> {
    let refused = Extras::REFUSED_HEADERS.iter();
    let refused = refused.flat_map(|(names, _)| names.iter().map(|name| any_case(name)));
    let header = json!({
        "pattern": HEADER_NAME,
        "maxLength": known::LONGEST_NAME,
        "not": {"pattern": one_of(&refused.collect::<Vec<_>>())},
    });
    let parameter = json!({"minLength": 1, "maxLength": known::LONGEST_NAME});
    let pairs = Extras::KEYS.into_iter().zip([header, parameter]);
    pairs.map(|((key, doc), names)| {
        let schema = json!({
            "type": ["object", "null"],
            "description": format!("{doc} Write `$NAME` for an environment variable, or the text itself."),
            "propertyNames": names,
            "additionalProperties": {"type": ["string", "number", "boolean"]},
        });
        (key.to_owned(), schema)
    })
}

/// A mapping of fields.
fn config(fields: &[Field]) -> Value {
    let properties: Map<String, Value> = fields.iter().flat_map(spelled).collect();
    let required: Vec<&str> = fields
        .iter()
        .filter(|field| field.required && !may_be_null(field))
        .map(|field| field.name)
        .collect();
    let mut schema = json!({"type": "object", "properties": properties, "required": required});
    let ways = fields
        .iter()
        .filter(|field| field.required && may_be_null(field))
        .map(|field| {
            let others = fields
                .iter()
                .filter(|other| field.kind.unless().contains(&other.name));
            let ways = others.chain([field]).flat_map(Field::spellings).map(given);
            json!({"anyOf": ways.collect::<Vec<_>>()})
        });
    let rules: Vec<Value> = ways.chain(fields.iter().flat_map(one_spelling)).collect();
    if let (Some(schema), false) = (schema.as_object_mut(), rules.is_empty()) {
        schema.insert("allOf".to_owned(), json!(rules));
    }
    schema
}

/// True for a field whose key may be null because another key, or another spelling, can stand for it.
fn may_be_null(field: &Field) -> bool {
    !field.required || !field.kind.unless().is_empty() || !field.aliases.is_empty()
}

/// A mapping in which a key says something.
fn given(name: &'static str) -> Value {
    json!({"required": [name], "properties": {name: {"not": {"type": "null"}}}})
}

/// A rule for each pair of spellings: not both.
fn one_spelling(field: &Field) -> impl Iterator<Item = Value> {
    let spellings: Vec<_> = field.spellings().enumerate().collect();
    let pairs = spellings.clone().into_iter().flat_map(move |(at, one)| {
        let others = spellings.clone().into_iter().skip(at + 1);
        others.map(move |(_, other)| (one, other))
    });
    pairs.map(|(one, other)| json!({"not": {"allOf": [given(one), given(other)]}}))
}

/// A field under each of its spellings.
fn spelled(field: &Field) -> impl Iterator<Item = (String, Value)> {
    let schema = self::field(field);
    let name = field.name;
    field.spellings().map(move |spelling| {
        let mut schema = schema.clone();
        if let Some(schema) = schema.as_object_mut().filter(|_| spelling != name) {
            let doc = format!("The same as `{name}`.");
            schema.insert("description".to_owned(), json!(doc));
        }
        (spelling.to_owned(), schema)
    })
}

fn field(field: &Field) -> Value {
    let (mut schema, doc) = match &field.kind {
        FieldKind::Secret | FieldKind::SecretUnless(_) => (
            json!({"type": "string"}),
            " Write `$NAME` for an environment variable, a file's path, or the key itself.",
        ),
        FieldKind::LiteralSecret => (
            json!({"type": "string"}),
            " Write `$NAME` for an environment variable, or the text itself.",
        ),
        FieldKind::Text => (json!({"type": ["string", "number"]}), ""),
        FieldKind::Url => (
            json!({"type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"}),
            "",
        ),
        FieldKind::Integer => (
            json!({"type": ["integer", "string"], "pattern": "^\\s*[-+]?[0-9_]+\\s*$"}),
            "",
        ),
        FieldKind::Number => (json!({"type": ["number", "string"]}), ""),
        FieldKind::Boolean => (json!({"type": ["boolean", "string", "integer"]}), ""),
        FieldKind::Choice(words) => {
            let patterns: Vec<String> = words.iter().map(|word| any_case(word)).collect();
            (
                json!({"anyOf": [{"enum": words}, {"type": "string", "pattern": one_of(&patterns)}]}),
                "",
            )
        }
        FieldKind::Group(fields) => (config(fields), ""),
    };
    if may_be_null(field) {
        schema = json!({"anyOf": [schema, {"type": "null"}]});
    }
    if let Some(schema) = schema.as_object_mut() {
        schema.insert(
            "description".to_owned(),
            json!(format!("{}{doc}", field.doc)),
        );
        let constant = |default: &&str| !default.starts_with('$');
        if let Some(default) = field.default.filter(constant) {
            schema.insert("default".to_owned(), default_value(&field.kind, default));
        }
    }
    schema
}

fn default_value(kind: &FieldKind, text: &str) -> Value {
    match kind {
        FieldKind::Integer | FieldKind::Number | FieldKind::Boolean => {
            serde_json::from_str(text).unwrap_or_else(|_| json!(text))
        }
        _ => json!(text),
    }
}

/// A pattern for a word in any case.
fn any_case(word: &str) -> String {
    any_spelling(word)
        .replace("[-_ ]", "[-]")
        .replace("[-]", if word.contains('_') { "_" } else { "-" })
}
