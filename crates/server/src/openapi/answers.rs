//! Schemas of answers on MLflow's paths.

use serde_json::{Map, Value, json};

/// Returns the schemas by name.
pub(super) fn schemas() -> Map<String, Value> {
    let schemas = json!({
        "Usage": {
            "type": "object",
            "properties": {
                "prompt_tokens": {"type": ["integer", "null"]},
                "completion_tokens": {"type": ["integer", "null"]},
                "total_tokens": {"type": ["integer", "null"]},
            },
        },
        "ChatAnswer": {
            "type": "object",
            "description": "Choices (MLflow 2.9 and newer), candidates (MLflow 2.8 and older), or both.",
            "properties": {
                "id": {"type": ["string", "null"]},
                "object": {"const": "chat.completion"},
                "created": {"type": "integer"},
                "model": {"type": ["string", "null"]},
                "choices": {"type": "array", "items": {"type": "object", "properties": {
                    "index": {"type": "integer"},
                    "message": {"$ref": "#/components/schemas/Message"},
                    "finish_reason": {"type": ["string", "null"]},
                }}},
                "usage": {"$ref": "#/components/schemas/Usage"},
                "candidates": {"type": "array", "items": {"type": "object"}},
                "metadata": {"type": "object"},
            },
        },
        "Message": {
            "type": "object",
            "properties": {
                "role": {"type": "string"},
                "content": {"type": ["string", "null"]},
                "tool_calls": {"type": ["array", "null"], "items": {"type": "object"}},
                "refusal": {"type": ["string", "null"]},
            },
        },
        "CompletionsAnswer": {
            "type": "object",
            "properties": {
                "id": {"type": ["string", "null"]},
                "object": {"const": "text_completion"},
                "created": {"type": "integer"},
                "model": {"type": ["string", "null"]},
                "choices": {"type": "array", "items": {"type": "object", "properties": {
                    "index": {"type": "integer"},
                    "text": {"type": "string"},
                    "finish_reason": {"type": ["string", "null"]},
                }}},
                "usage": {"$ref": "#/components/schemas/Usage"},
                "candidates": {"type": "array", "items": {"type": "object"}},
                "metadata": {"type": "object"},
            },
        },
        "EmbeddingsAnswer": {
            "type": "object",
            "properties": {
                "object": {"const": "list"},
                "data": {"type": "array", "items": {"type": "object", "properties": {
                    "object": {"const": "embedding"},
                    "index": {"type": "integer"},
                    "embedding": {"type": ["array", "string"], "items": {"type": "number"}},
                }}},
                "model": {"type": ["string", "null"]},
                "usage": {"$ref": "#/components/schemas/Usage"},
                "embeddings": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
                "metadata": {"type": "object"},
            },
        },
        "MlflowError": {
            "type": "object",
            "description": "What is wrong: a sentence, a list of validation entries, or the provider's own error.",
            "properties": {"detail": {}},
        },
    });
    match schemas {
        Value::Object(schemas) => schemas,
        _ => Map::new(),
    }
}
