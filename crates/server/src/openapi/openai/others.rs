//! Requests for completions and embeddings.

use serde_json::{Map, Value, json};

use crate::openapi::member::{Kind, Member, object};

/// Returns the schemas of both requests.
pub(super) fn schemas() -> Map<String, Value> {
    let schemas = [
        (
            "CompletionRequest",
            object("", COMPLETION, &["model", "prompt"]),
        ),
        (
            "EmbeddingsRequest",
            object("", EMBEDDINGS, &["model", "input"]),
        ),
        ("TextOrTokens", texts()),
    ];
    schemas
        .map(|(name, schema)| (name.to_owned(), schema))
        .into_iter()
        .collect()
}

const COMPLETION: &[Member] = &[
    ("model", Kind::Text, "Name of a route."),
    (
        "prompt",
        Kind::Of("TextOrTokens"),
        "What to continue; for a chat model one text.",
    ),
    (
        "stream",
        Kind::Truth,
        "Answer as server-sent events, each a `Completion`, then `[DONE]`.",
    ),
    (
        "stream_options",
        Kind::Object(&[(
            "include_usage",
            Kind::Truth,
            "End the stream with token counts.",
        )]),
        "Only with `stream`.",
    ),
    ("max_tokens", Kind::Whole(0), "Most tokens of the answer."),
    (
        "temperature",
        Kind::Number(0.0, 2.0),
        "How much chance decides.",
    ),
    (
        "top_p",
        Kind::Number(0.0, 1.0),
        "Choose among the likeliest tokens of this probability.",
    ),
    ("n", Kind::Between(1, 128), "Number of answers."),
    ("stop", Kind::Texts, "Texts before which the answer ends."),
    (
        "seed",
        Kind::Integer,
        "Makes answers repeatable, as far as can be.",
    ),
    (
        "frequency_penalty",
        Kind::Number(-2.0, 2.0),
        "Against tokens that come often.",
    ),
    (
        "presence_penalty",
        Kind::Number(-2.0, 2.0),
        "Against tokens that came already.",
    ),
    (
        "logit_bias",
        Kind::ByName("number"),
        "What to add to tokens' odds, by token number.",
    ),
    ("user", Kind::Text, "The end user, for the provider."),
    (
        "logprobs",
        Kind::Between(0, 5),
        "Tell the probabilities of so many tokens at each place. Completion models only.",
    ),
    (
        "echo",
        Kind::Truth,
        "Repeat the prompt. Completion models only.",
    ),
    (
        "suffix",
        Kind::Text,
        "What comes after the answer. Completion models only.",
    ),
    (
        "best_of",
        Kind::Between(1, 20),
        "Choose the best of so many. Completion models only.",
    ),
];

const EMBEDDINGS: &[Member] = &[
    ("model", Kind::Text, "Name of a route."),
    (
        "input",
        Kind::Of("TextOrTokens"),
        "What to embed: one vector for each text.",
    ),
    (
        "encoding_format",
        Kind::Words(&["float", "base64"]),
        "Numbers, or 32-bit floats, little-endian, in base64.",
    ),
    (
        "dimensions",
        Kind::Whole(1),
        "Length of the vectors, where the model can choose.",
    ),
    ("user", Kind::Text, "The end user, for the provider."),
];

fn texts() -> Value {
    let tokens = json!({"type": "array", "items": {"type": "integer"}, "minItems": 1});
    json!({"oneOf": [
        {"type": "string", "description": "One text."},
        {"type": "array", "items": {"type": "string"}, "minItems": 1, "description": "Several texts."},
        {"allOf": [tokens], "description": "Numbers of tokens, for models that share the client's tokens."},
        {"type": "array", "items": tokens, "minItems": 1, "description": "Several of these."},
    ]})
}
