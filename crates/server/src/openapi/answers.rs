//! Schemas of answers on MLflow's paths.

use serde_json::{Map, Value, json};

use super::member::{Kind, Member, object};

const USAGE: &[Member] = &[
    ("prompt_tokens", Kind::Integer, "Of the request."),
    ("completion_tokens", Kind::Integer, "Of the answer."),
    ("total_tokens", Kind::Integer, "Both."),
];

const MESSAGE: &[Member] = &[
    ("role", Kind::Words(&["assistant"]), "Who speaks."),
    ("content", Kind::Text, "The words."),
    (
        "tool_calls",
        Kind::ListOf("ToolCall"),
        "The calls that the model makes.",
    ),
    ("refusal", Kind::Text, "Words with which the model refused."),
];

const INDEX: Member = ("index", Kind::Integer, "Which of several.");
const FINISH: Member = (
    "finish_reason",
    Kind::Words(&["stop", "length", "tool_calls", "content_filter"]),
    "Why the answer ended.",
);

const CHAT_CHOICE: &[Member] = &[
    INDEX,
    ("message", Kind::Of("Message"), "What the model said."),
    FINISH,
];

const TEXT_CHOICE: &[Member] = &[INDEX, ("text", Kind::Text, "The words."), FINISH];

const CANDIDATE: &[Member] = &[
    (
        "message",
        Kind::Of("Message"),
        "What the model said; in chats.",
    ),
    ("text", Kind::Text, "The words; in completions."),
    ("metadata", Kind::Object(&[FINISH]), "How the answer ended."),
];

const METADATA: &[Member] = &[
    ("input_tokens", Kind::Integer, "Tokens of the request."),
    ("output_tokens", Kind::Integer, "Tokens of the answer."),
    ("total_tokens", Kind::Integer, "Both."),
    ("model", Kind::Text, "The provider's name for it."),
    ("route_type", Kind::Text, "The route's type."),
];

/// Returns the schemas by name.
pub(super) fn schemas() -> Map<String, Value> {
    let both = "Choices (MLflow 2.9 and newer), candidates (MLflow 2.8 and older), or both.";
    let schemas = [
        (
            "Usage",
            object("Tokens, as the provider counts them.", USAGE, &[]),
        ),
        ("Message", object("", MESSAGE, &[])),
        ("RouteChatChoice", object("", CHAT_CHOICE, &[])),
        ("RouteTextChoice", object("", TEXT_CHOICE, &[])),
        (
            "RouteCandidate",
            object("An answer as of MLflow 2.8.", CANDIDATE, &[]),
        ),
        (
            "RouteMetadata",
            object("What MLflow 2.8 tells of an answer.", METADATA, &[]),
        ),
        (
            "ChatAnswer",
            answer(both, "chat.completion", "RouteChatChoice"),
        ),
        (
            "CompletionsAnswer",
            answer(both, "text_completion", "RouteTextChoice"),
        ),
        ("EmbeddingsAnswer", embeddings()),
        (
            "MlflowError",
            json!({
                "type": "object",
                "properties": {"detail": {
                    "description": "What is wrong: a sentence, a list of validation entries, or the provider's own error.",
                }},
            }),
        ),
    ];
    schemas
        .map(|(name, schema)| (name.to_owned(), schema))
        .into_iter()
        .collect()
}

fn answer(description: &str, kind: &str, choice: &'static str) -> Value {
    let members = [
        ("id", Kind::Text, "The provider's id of it."),
        ("created", Kind::Integer, "Unix seconds."),
        ("model", Kind::Text, "The provider's name for it."),
        ("choices", Kind::ListOf(choice), "The answers."),
        ("usage", Kind::Of("Usage"), "Tokens."),
        (
            "candidates",
            Kind::ListOf("RouteCandidate"),
            "The answers, as of MLflow 2.8.",
        ),
        (
            "metadata",
            Kind::Of("RouteMetadata"),
            "Of the whole, as of MLflow 2.8.",
        ),
    ];
    with_const(object(description, &members, &[]), kind)
}

/// Puts the word that `object` always is.
fn with_const(mut schema: Value, kind: &str) -> Value {
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.shift_insert(0, "object".to_owned(), json!({"const": kind}));
    }
    schema
}

fn embeddings() -> Value {
    let vectors = json!({"type": "array", "items": {"type": "array", "items": {"type": "number"}}, "description": "The vectors, as of MLflow 2.8."});
    let data = json!({"type": "array", "description": "A vector for each text, in their order.", "items": {
        "type": "object",
        "properties": {
            "object": {"const": "embedding"},
            "index": {"type": "integer", "description": "Which text."},
            "embedding": {"type": ["array", "string"], "items": {"type": "number"}, "description": "The vector."},
        },
    }});
    let members = [
        ("model", Kind::Text, "The provider's name for it."),
        ("usage", Kind::Of("Usage"), "Tokens."),
        (
            "metadata",
            Kind::Of("RouteMetadata"),
            "Of the whole, as of MLflow 2.8.",
        ),
    ];
    let described = "Data (MLflow 2.9 and newer), embeddings (MLflow 2.8 and older), or both.";
    let mut schema = with_const(object(described, &members, &[]), "list");
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.shift_insert(1, "data".to_owned(), data);
        properties.insert("embeddings".to_owned(), vectors);
    }
    schema
}
