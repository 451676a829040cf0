//! Answers, plain and in pieces.

use serde_json::{Map, Value, json};
use tidegate_wire::Operation;

use super::error;
use crate::openapi::header;
use crate::openapi::member::{Kind, Member, object};
use crate::openapi::reference;

/// Returns what an operation may answer.
pub(super) fn responses(operation: Operation) -> Value {
    let (whole, piece) = match operation {
        Operation::Chat => ("ChatCompletion", Some("ChatCompletionChunk")),
        Operation::Completions => ("Completion", Some("Completion")),
        Operation::Embeddings => ("Embeddings", None),
    };
    let mut content = json!({"application/json": {"schema": reference(whole)}});
    if let (Some(piece), Some(kinds)) = (piece, content.as_object_mut()) {
        let description = format!(
            "Server-sent events: `data:` with a `{piece}` each, at the end `data: [DONE]`. A stream that breaks ends with \
             `data:` and an `OpenAiError`, and without `[DONE]`."
        );
        let events = json!({"schema": {"type": "string", "description": description}});
        kinds.insert("text/event-stream".to_owned(), events);
    }
    let mut responses = json!({
        "200": {"description": "The answer.", "headers": header::references(), "content": content},
    });
    if let Some(members) = responses.as_object_mut() {
        members.extend(error::responses());
    }
    responses
}

/// Returns the schemas of answers.
pub(super) fn schemas() -> Map<String, Value> {
    let schemas = [
        ("ChatCompletion", answer("chat.completion", "ChatChoice")),
        (
            "ChatChoice",
            object("", CHOICE, &["index", "message", "finish_reason"]),
        ),
        ("ChatAnswerMessage", object("", MESSAGE, &["role"])),
        (
            "ChatCompletionChunk",
            answer("chat.completion.chunk", "ChatChunkChoice"),
        ),
        ("ChatChunkChoice", object("", PIECE, &["index", "delta"])),
        ("ChatDelta", object("What is new.", DELTA, &[])),
        ("ToolCallDelta", object("", CALL, &["index"])),
        ("Completion", answer("text_completion", "CompletionChoice")),
        ("CompletionChoice", object("", TEXT, &["index", "text"])),
        ("Embeddings", embeddings()),
        (
            "TokenCounts",
            object("Tokens, as the provider counts them.", USAGE, &[]),
        ),
    ];
    schemas
        .map(|(name, schema)| (name.to_owned(), schema))
        .into_iter()
        .collect()
}

const FINISH: Member = (
    "finish_reason",
    Kind::Words(&["stop", "length", "tool_calls", "content_filter"]),
    "Why the answer ended.",
);
const NATIVE: Member = (
    "native_finish_reason",
    Kind::Text,
    "The provider's own word for it, where it has other words.",
);
const LOGPROBS: Member = (
    "logprobs",
    Kind::Object(&[]),
    "Probabilities of tokens, if they were asked for.",
);
const REASONING: Member = (
    "reasoning_content",
    Kind::Text,
    "What the model thought, where the provider tells.",
);
const BLOCKS: Member = (
    "thinking_blocks",
    Kind::ListOf("ThinkingBlock"),
    "The same with signatures, to be sent back with the message.",
);
const EXTRA: Member = (
    "extra_content",
    Kind::Of("ExtraContent"),
    "A signature of the text, to be sent back with the message.",
);
const REFUSAL: Member = ("refusal", Kind::Text, "Words with which the model refused.");
const WORDS: Member = ("content", Kind::Text, "The words.");
const INDEX: Member = ("index", Kind::Whole(0), "Which of several.");

const CHOICE: &[Member] = &[
    INDEX,
    (
        "message",
        Kind::Of("ChatAnswerMessage"),
        "What the model said.",
    ),
    LOGPROBS,
    FINISH,
    NATIVE,
];

const MESSAGE: &[Member] = &[
    ("role", Kind::Words(&["assistant"]), "Who speaks."),
    WORDS,
    REFUSAL,
    REASONING,
    BLOCKS,
    (
        "tool_calls",
        Kind::ListOf("ToolCall"),
        "The calls that the model makes.",
    ),
    EXTRA,
];

const PIECE: &[Member] = &[
    INDEX,
    ("delta", Kind::Of("ChatDelta"), "What is new."),
    LOGPROBS,
    FINISH,
    NATIVE,
];

const DELTA: &[Member] = &[
    (
        "role",
        Kind::Words(&["assistant"]),
        "Who speaks; in a choice's first piece.",
    ),
    WORDS,
    REFUSAL,
    REASONING,
    BLOCKS,
    (
        "tool_calls",
        Kind::ListOf("ToolCallDelta"),
        "Calls, in pieces.",
    ),
    EXTRA,
];

const CALL: &[Member] = &[
    ("index", Kind::Whole(0), "Which call."),
    ("id", Kind::Text, "Its id; in its first piece."),
    (
        "type",
        Kind::Words(&["function"]),
        "What is called; in its first piece.",
    ),
    (
        "function",
        Kind::Object(&[
            (
                "name",
                Kind::Text,
                "The function's name; in the first piece.",
            ),
            (
                "arguments",
                Kind::Text,
                "A piece of the arguments' JSON text.",
            ),
        ]),
        "The function, and what it is called with.",
    ),
    (
        "extra_content",
        Kind::Of("ExtraContent"),
        "A signature of the call.",
    ),
];

const TEXT: &[Member] = &[
    INDEX,
    ("text", Kind::Text, "The words."),
    LOGPROBS,
    FINISH,
    NATIVE,
];

const USAGE: &[Member] = &[
    (
        "prompt_tokens",
        Kind::Whole(0),
        "Of the request, cached ones among them.",
    ),
    (
        "completion_tokens",
        Kind::Whole(0),
        "Of the answer, those of reasoning among them.",
    ),
    ("total_tokens", Kind::Whole(0), "Both."),
    (
        "prompt_tokens_details",
        Kind::Object(&[
            ("cached_tokens", Kind::Whole(0), "Read from a cache."),
            ("cache_write_tokens", Kind::Whole(0), "Written to a cache."),
            ("audio_tokens", Kind::Whole(0), "Of sound."),
        ]),
        "Parts of the request's, where the provider tells.",
    ),
    (
        "completion_tokens_details",
        Kind::Object(&[("reasoning_tokens", Kind::Whole(0), "Spent on reasoning.")]),
        "Parts of the answer's, where the provider tells.",
    ),
];

/// Returns the schema of an answer, whole or a piece, with choices of a kind.
fn answer(object: &str, choice: &str) -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": {"type": "string", "description": "Its id; in a stream the same in all pieces."},
            "object": {"const": object},
            "created": {"type": "integer", "description": "Unix seconds."},
            "model": {"type": ["string", "null"], "description": "The provider's name for it."},
            "choices": {"type": "array", "items": reference(choice), "description": "The answers, or what is new of them."},
            "usage": {"anyOf": [reference("TokenCounts"), {"type": "null"}], "description": "Tokens; in a stream in its last piece, if they were asked for."},
        },
        "required": ["id", "object", "created", "model", "choices"],
    })
}

fn embeddings() -> Value {
    let vector = json!({
        "oneOf": [{"type": "array", "items": {"type": "number"}}, {"type": "string"}],
        "description": "The vector: numbers, or 32-bit floats, little-endian, in base64, as `encoding_format` asks.",
    });
    json!({
        "type": "object",
        "properties": {
            "object": {"const": "list"},
            "data": {"type": "array", "description": "A vector for each text, in their order.", "items": {
                "type": "object",
                "properties": {
                    "object": {"const": "embedding"},
                    "index": {"type": "integer", "description": "Which text."},
                    "embedding": vector,
                },
                "required": ["object", "index", "embedding"],
            }},
            "model": {"type": ["string", "null"], "description": "The provider's name for it."},
            "usage": {"$ref": "#/components/schemas/TokenCounts", "description": "Tokens."},
        },
        "required": ["object", "data", "model", "usage"],
    })
}
