//! Schemas and examples of requests on MLflow's paths.

use serde_json::{Map, Value, json};
use tidegate_config::MlflowDialect;
use tidegate_wire::dialect::mlflow::{Era, Field, FieldType, fields};
use tidegate_wire::{Operation, Words};

/// One of the MLflow doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    Gateway,
    Endpoints,
}

impl Door {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Endpoints => "endpoints",
        }
    }

    fn era(self, dialect: MlflowDialect) -> Era {
        match (self, dialect) {
            (Self::Endpoints, _) => Era::Endpoints,
            (Self::Gateway, MlflowDialect::Auto) => Era::Auto,
            (Self::Gateway, MlflowDialect::Candidates) => Era::Candidates,
            (Self::Gateway, MlflowDialect::Choices) => Era::Choices,
        }
    }

    pub(super) fn describe(self, dialect: MlflowDialect) -> &'static str {
        match self.era(dialect) {
            Era::Auto => {
                "As the MLflow AI Gateway. Answers in the shape that the request speaks: `n` or `input` gives choices, \
                 `candidate_count` or `text` gives candidates, neither gives both."
            }
            Era::Candidates => "As the MLflow AI Gateway 2.8 and older.",
            Era::Choices | Era::Endpoints => "As the MLflow AI Gateway 2.9 and newer.",
        }
    }
}

/// Returns the schema of an MLflow request.
pub(super) fn mlflow_schema(door: Door, dialect: MlflowDialect, operation: Operation) -> Value {
    let era = door.era(dialect);
    let words = if era == Era::Candidates {
        Words::Mlflow28
    } else {
        Words::Choices
    };
    let mut table = fields(era, operation, words);
    let either = era == Era::Auto && operation == Operation::Embeddings;
    if era == Era::Auto {
        let other = fields(era, operation, Words::Candidates);
        table.extend(other.into_iter().filter(|field| {
            [Words::Candidates.count(), Words::Candidates.input()].contains(&field.name)
        }));
    }
    table.retain(|field| field.kind != FieldType::Forbidden);
    let properties: Map<String, Value> = table
        .iter()
        .map(|field| (field.name.to_owned(), property(era, field)))
        .collect();
    let required: Vec<&str> = table
        .iter()
        .filter(|field| field.required && !either)
        .map(|field| field.name)
        .collect();
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": true,
    });
    if let (true, Some(members)) = (either, schema.as_object_mut()) {
        let one_of = json!([{"required": ["input"]}, {"required": ["text"]}]);
        members.insert("oneOf".to_owned(), one_of);
    }
    schema
}

fn property(era: Era, field: &Field) -> Value {
    let mut schema = match &field.kind {
        FieldType::Temperature { most } => {
            json!({"type": "number", "minimum": 0, "maximum": most, "default": 0.0})
        }
        FieldType::Integer {
            least,
            most,
            default,
        } => {
            let mut schema = json!({"type": "integer", "minimum": least});
            if let Some(members) = schema.as_object_mut() {
                members.extend(most.map(|most| ("maximum".to_owned(), json!(most))));
                members.extend(default.map(|default| ("default".to_owned(), json!(default))));
            }
            schema
        }
        FieldType::Texts => json!({"type": "array", "items": {"type": "string"}, "minItems": 1}),
        FieldType::Boolean => json!({"type": "boolean"}),
        FieldType::Text | FieldType::Forbidden => json!({"type": "string"}),
        FieldType::Messages => messages(era.is_open()),
        FieldType::Input if !era.is_open() => {
            json!({"type": ["string", "array"], "items": {"type": "string"}})
        }
        FieldType::Input => {
            json!({"type": ["string", "array"], "items": {"type": ["string", "integer", "array"]}})
        }
    };
    if let Some(members) = schema.as_object_mut() {
        members.insert("description".to_owned(), json!(field.doc));
        if let (true, Some(kind)) = (field.nullable, members.get("type").cloned()) {
            members.insert("type".to_owned(), json!([kind, "null"]));
        }
    }
    schema
}

/// Returns the schema of messages. `open`: their content may also be a list of parts, or missing.
fn messages(open: bool) -> Value {
    let (content, required) = if open {
        (
            json!({"type": ["string", "array", "null"], "items": {"type": "object"}, "description": "A text, or a list of parts."}),
            json!(["role"]),
        )
    } else {
        (
            json!({"type": "string", "description": "A text."}),
            json!(["role", "content"]),
        )
    };
    json!({
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "properties": {
                "role": {"type": "string", "description": "`system`, `user`, `assistant`, or `tool`."},
                "content": content,
            },
            "required": required,
            "additionalProperties": true,
        },
    })
}

/// Returns a request that can be sent as it stands.
pub(super) fn example(operation: Operation) -> Value {
    match operation {
        Operation::Chat => {
            json!({"messages": [{"role": "user", "content": "What is the best day of the week?"}]})
        }
        Operation::Completions => json!({"prompt": "The best day of the week is"}),
        Operation::Embeddings => {
            json!({"input": ["It was the best of times", "It was the worst of times"]})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn describes_what_each_dialect_takes() {
        let of = |dialect, operation| mlflow_schema(Door::Gateway, dialect, operation);
        for (dialect, open) in [
            (MlflowDialect::Auto, true),
            (MlflowDialect::Candidates, false),
            (MlflowDialect::Choices, false),
        ] {
            let message = &of(dialect, Operation::Chat)["properties"]["messages"]["items"];
            let content = &message["properties"]["content"]["type"];
            assert_eq!(content == "string", !open, "{dialect:?}");
            let needs_content = message["required"] == json!(["role", "content"]);
            assert_eq!(needs_content, !open, "{dialect:?}");
            let name = if dialect == MlflowDialect::Candidates {
                "text"
            } else {
                "input"
            };
            let input = &of(dialect, Operation::Embeddings)["properties"][name]["items"]["type"];
            assert_eq!(input == "string", !open, "{dialect:?}");
        }
    }
}
