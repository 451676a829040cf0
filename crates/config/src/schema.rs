//! The JSON Schema of the config file, generated from the tables that the reader uses.

mod config;

use serde_json::{Map, Value, json};
use tidegate_wire::Operation;

use crate::{Catalog, SECTIONS, Section, SectionKey, SectionKind, known};

use config::{block, extras};

/// The name of a header.
const HEADER_NAME: &str = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";

/// Returns the JSON Schema (draft 2020-12) of the config file, for editors and for `check` in other tools.
///
/// Like the reader it leaves unknown keys alone in MLflow's sections and refuses them in Tidegate's own.
pub fn schema(catalog: &Catalog) -> Value {
    let mut definitions = Map::new();
    for provider in catalog {
        definitions.insert(config_name(provider.name), block(provider.fields));
    }
    definitions.extend(extras());
    definitions.insert("route_type".to_owned(), route_type());
    definitions.insert("entry".to_owned(), entry());
    definitions.insert("endpoint".to_owned(), endpoint());
    definitions.insert("model".to_owned(), model(catalog));
    definitions.insert("limit".to_owned(), limit());
    definitions.insert("split".to_owned(), split());
    let mut properties = Map::new();
    let list = |doc: &str| json!({"type": "array", "items": {"$ref": "#/$defs/entry"}, "description": doc});
    properties.insert(
        "endpoints".to_owned(),
        list("The endpoints, and traffic splits over them."),
    );
    properties.insert(
        "routes".to_owned(),
        list("The older spelling of `endpoints`."),
    );
    properties.insert("aliases".to_owned(), aliases());
    properties.insert(
        "mlflow_dialect".to_owned(),
        json!({
            "enum": ["auto", "candidates", "choices", null], "default": "auto",
            "description": "Which MLflow the `/gateway/...` paths imitate: `candidates` is 2.8 and older, `choices` is \
                            2.9 to 2.22, `auto` answers in the shape the request speaks.",
        }),
    );
    for section in SECTIONS {
        properties.insert(section.name.to_owned(), own_section(section));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tidegate configuration",
        "type": "object",
        "properties": properties,
        "anyOf": [{"required": ["endpoints"]}, {"required": ["routes"]}],
        "$defs": definitions,
    })
}

fn config_name(provider: &str) -> String {
    format!("config-{}", provider.replace(' ', "-"))
}

fn route_type() -> Value {
    let names = Operation::ALL.map(Operation::route_type);
    json!({
        "anyOf": [{"enum": names}, {"enum": ["chat/completions", "completions", "embeddings"], "deprecated": true}],
        "description": "What the endpoint offers.",
    })
}

fn aliases() -> Value {
    json!({
        "type": ["object", "null"],
        "description": "Other names for endpoints and traffic splits where `model` names them; `*` stands for any text.",
        "propertyNames": {"minLength": 1, "maxLength": known::LONGEST_NAME},
        "additionalProperties": {"type": "string", "description": "The name of an endpoint or a traffic split."},
    })
}

fn entry() -> Value {
    json!({
        "if": {"type": "object", "anyOf": [{"required": ["destinations"]}, {"required": ["task_type"]}]},
        "then": {"$ref": "#/$defs/split"},
        "else": {"$ref": "#/$defs/endpoint"},
    })
}

fn name(doc: &str) -> Value {
    // Beyond ASCII the reader takes every letter, for which regular expressions have no portable class.
    json!({"type": "string", "pattern": "^([A-Za-z0-9_.-]|[^\\x00-\\x7f])+$", "description": doc})
}

fn endpoint() -> Value {
    let kind = json!({"$ref": "#/$defs/route_type"});
    json!({
        "type": "object",
        "properties": {
            "name": name("Unique name that clients call."),
            "endpoint_type": kind,
            "route_type": kind,
            "type": kind,
            "model": {"$ref": "#/$defs/model"},
            "limit": {"anyOf": [{"$ref": "#/$defs/limit"}, {"type": "null"}]},
            "strict": {
                "type": ["boolean", "null"], "default": false,
                "description": "Refuse a request of which the provider cannot be told something, rather than send the rest.",
            },
        },
        "required": ["name", "model"],
        "anyOf": [{"required": ["endpoint_type"]}, {"required": ["route_type"]}, {"required": ["type"]}],
    })
}

fn model(catalog: &Catalog) -> Value {
    let spellings = |name: &str, aliases: &[&str]| {
        std::iter::once(name)
            .chain(aliases.iter().copied())
            .map(any_spelling)
            .collect::<Vec<_>>()
    };
    let mut names = Vec::new();
    let mut patterns = Vec::new();
    let mut cases = Vec::new();
    for provider in catalog {
        names.push(provider.name);
        names.extend(provider.aliases);
        let own = spellings(provider.name, provider.aliases);
        let reference = json!({"$ref": format!("#/$defs/{}", config_name(provider.name))});
        let config = if provider.config_required {
            reference
        } else {
            json!({"anyOf": [reference, {"type": "null"}]})
        };
        let mut then = json!({"properties": {"config": config}});
        if let Some(then) = then.as_object_mut().filter(|_| provider.config_required) {
            then.insert("required".to_owned(), json!(["config"]));
        }
        cases.push(json!({
            "if": {
                "properties": {"provider": {"type": "string", "pattern": one_of(&own)}},
                "required": ["provider"],
            },
            "then": then,
        }));
        patterns.extend(own);
    }
    names.dedup();
    json!({
        "type": "object",
        "properties": {
            "provider": {
                "description": "The provider; `-`, `_` and case do not matter.",
                "anyOf": [{"enum": names}, {"type": "string", "pattern": one_of(&patterns)}],
            },
            "name": {"type": ["string", "null"], "description": "Name of the upstream model."},
            "config": {"description": "The provider's own settings."},
        },
        "required": ["provider"],
        "allOf": cases,
    })
}

fn one_of(patterns: &[String]) -> String {
    format!("^({})$", patterns.join("|"))
}

/// A pattern for a word in any case, with `-`, `_` and blanks alike.
fn any_spelling(word: &str) -> String {
    word.chars()
        .map(|c| match c {
            '-' | '_' | ' ' => "[-_ ]".to_owned(),
            c if c.is_ascii_alphabetic() => {
                format!("[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase())
            }
            c if c.is_alphanumeric() => c.to_string(),
            c => format!("\\{c}"),
        })
        .collect()
}

fn limit() -> Value {
    let units: Vec<String> = crate::reader::UNITS
        .iter()
        .map(|(unit, _)| any_spelling(unit))
        .collect();
    json!({
        "type": "object",
        "properties": {
            "calls": {"type": "integer", "minimum": 0, "description": "Calls allowed in each period; 0 refuses all."},
            "renewal_period": {
                "type": "string",
                "pattern": format!("^\\s*([0-9]+\\s*)?({})[Ss]?\\s*$", units.join("|")),
                "examples": ["second", "minute", "hour", "day", "month", "year", "5 minutes"],
                "description": "The period, with a number in front if need be.",
            },
            "key": {"type": ["string", "null"], "description": "Shown in metadata, otherwise ignored."},
        },
        "required": ["calls", "renewal_period"],
    })
}

fn split() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": name("Unique name, called like an endpoint."),
            "task_type": {"$ref": "#/$defs/route_type"},
            "destinations": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string", "description": "Name of an endpoint."},
                        "traffic_percentage": {
                            "type": "integer", "minimum": 0,
                            "description": "Weight; the sum need not be 100.",
                        },
                    },
                    "required": ["name", "traffic_percentage"],
                },
            },
            "routing_strategy": {"enum": ["TRAFFIC_SPLIT", null]},
        },
        "required": ["name", "task_type", "destinations"],
    })
}

fn own_section(section: &Section) -> Value {
    let properties: Map<String, Value> = section
        .keys
        .iter()
        .map(|key| (key.name.to_owned(), section_key(key)))
        .collect();
    json!({
        "type": ["object", "null"],
        "description": section.doc,
        "properties": properties,
        "additionalProperties": false,
    })
}

fn section_key(key: &SectionKey) -> Value {
    let most = SectionKind::MAX_SECONDS;
    let mut schema = match key.kind {
        SectionKind::Count {
            default,
            least,
            most,
        } => {
            json!({"type": "integer", "minimum": least, "maximum": most, "default": default})
        }
        SectionKind::Seconds {
            default: Some(default),
        } => {
            json!({"type": "number", "exclusiveMinimum": 0, "maximum": most, "default": default})
        }
        SectionKind::Seconds { default: None } => {
            json!({"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": most, "default": null})
        }
        SectionKind::Prefix => json!({"type": "string", "pattern": "^(/.*[^/])?$", "default": ""}),
        SectionKind::Origins => json!({
            "type": "array", "default": [],
            "items": {"type": "string", "pattern": "^(\\*|[A-Za-z][A-Za-z0-9+.-]*://[^/?#@]+)$"},
        }),
        SectionKind::AccessLog => json!({
            "default": "stderr",
            "anyOf": [
                {"enum": ["stderr", "off", false]},
                {
                    "type": "object", "required": ["file"], "additionalProperties": false,
                    "properties": {"file": {"type": "string", "minLength": 1}},
                },
            ],
        }),
        SectionKind::File => json!({"type": ["string", "null"], "default": null}),
        SectionKind::Headers => json!({
            "type": "array", "default": [],
            "items": {
                "type": "string", "pattern": HEADER_NAME,
                "not": {"enum": SectionKind::REFUSED_HEADERS},
            },
        }),
    };
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), json!(key.doc));
    }
    schema
}
