//! Answers of the Messages API, plain and as events, and errors.

use serde_json::{Map, Value, json};

use crate::openapi::member::{Kind, Member, object, tagged};
use crate::openapi::reference;

/// Returns the kinds of an answer's content.
pub(super) fn message() -> Value {
    let events = "Server-sent events: `event:` with the type and `data:` with a `MessagesEvent` each, from `message_start` to \
                  `message_stop`. A stream that breaks ends with an `error` event.";
    json!({
        "application/json": {"schema": reference("MessagesAnswer")},
        "text/event-stream": {"schema": {"type": "string", "description": events}},
    })
}

/// A kind of event: its type, its members, and which of them must be there.
type Event = (&'static str, &'static [Member], &'static [&'static str]);

const INDEX: Member = ("index", Kind::Whole(0), "Which block.");

const EVENTS: [Event; 8] = [
    (
        "message_start",
        &[(
            "message",
            Kind::Of("MessagesAnswer"),
            "The answer, still empty.",
        )],
        &["message"],
    ),
    (
        "content_block_start",
        &[
            INDEX,
            (
                "content_block",
                Kind::Of("AnswerBlock"),
                "The block, still empty.",
            ),
        ],
        &["index", "content_block"],
    ),
    (
        "content_block_delta",
        &[INDEX, ("delta", Kind::Object(DELTA), "What is new.")],
        &["index", "delta"],
    ),
    ("content_block_stop", &[INDEX], &["index"]),
    (
        "message_delta",
        &[
            (
                "delta",
                Kind::Object(&[REASON, STOPPED]),
                "How the answer ended.",
            ),
            ("usage", Kind::Of("MessagesUsage"), "Tokens."),
        ],
        &["delta"],
    ),
    ("message_stop", &[], &[]),
    ("ping", &[], &[]),
    (
        "error",
        &[("error", Kind::Object(ERROR), "Why the stream ends here.")],
        &["error"],
    ),
];

const DELTA: &[Member] = &[
    (
        "type",
        Kind::Words(&[
            "text_delta",
            "input_json_delta",
            "thinking_delta",
            "signature_delta",
        ]),
        "What it adds to.",
    ),
    ("text", Kind::Text, "Words."),
    ("partial_json", Kind::Text, "A piece of a call's input."),
    ("thinking", Kind::Text, "Thought."),
    ("signature", Kind::Text, "The thought's signature."),
];

const REASON: Member = (
    "stop_reason",
    Kind::Words(&[
        "end_turn",
        "max_tokens",
        "stop_sequence",
        "tool_use",
        "pause_turn",
        "refusal",
    ]),
    "Why the answer ended.",
);
const STOPPED: Member = (
    "stop_sequence",
    Kind::Text,
    "The text before which it ended.",
);

const MESSAGE: &[Member] = &[
    ("id", Kind::Text, "The answer's id."),
    ("type", Kind::Words(&["message"]), "Always `message`."),
    ("role", Kind::Words(&["assistant"]), "Always `assistant`."),
    ("model", Kind::Text, "The model that answers."),
    ("content", Kind::ListOf("AnswerBlock"), "What it says."),
    REASON,
    STOPPED,
    ("usage", Kind::Of("MessagesUsage"), "Tokens."),
];

const USAGE: &[Member] = &[
    (
        "input_tokens",
        Kind::Whole(0),
        "Of the request, but for what a cache held.",
    ),
    ("output_tokens", Kind::Whole(0), "Of the answer."),
    (
        "cache_creation_input_tokens",
        Kind::Whole(0),
        "Put into a cache.",
    ),
    (
        "cache_read_input_tokens",
        Kind::Whole(0),
        "Found in a cache.",
    ),
];

const ERROR: &[Member] = &[
    (
        "type",
        Kind::Words(&[
            "invalid_request_error",
            "authentication_error",
            "not_found_error",
            "rate_limit_error",
            "api_error",
            "overloaded_error",
        ]),
        "What is wrong, for programs.",
    ),
    ("message", Kind::Text, "What is wrong, and what to do."),
];

const MODEL: &[Member] = &[
    ("type", Kind::Words(&["model"]), "Always `model`."),
    ("id", Kind::Text, "The route's name."),
    ("display_name", Kind::Text, "The same."),
    (
        "created_at",
        Kind::Text,
        "When the gateway started, in RFC 3339.",
    ),
];

const PAGE: &[Member] = &[
    ("data", Kind::ListOf("ModelOfPage"), "The models."),
    (
        "has_more",
        Kind::Truth,
        "Whether there are more in this direction.",
    ),
    ("first_id", Kind::Text, "The first one's id."),
    ("last_id", Kind::Text, "The last one's id."),
];

/// Returns the schemas of answers.
pub(super) fn schemas() -> Map<String, Value> {
    let events = EVENTS.iter();
    let events: Vec<Value> = events
        .map(|(kind, members, required)| tagged("type", &[kind], object("", members, required)))
        .collect();
    let error = tagged(
        "type",
        &["error"],
        object(
            "",
            &[
                ("error", Kind::Object(ERROR), "The error."),
                ("request_id", Kind::Text, "The request's id."),
            ],
            &["error"],
        ),
    );
    let schemas = [
        (
            "MessagesAnswer",
            object("", MESSAGE, &["id", "type", "role", "content", "model"]),
        ),
        ("MessagesUsage", object("", USAGE, &[])),
        ("MessagesEvent", json!({"anyOf": events})),
        (
            "TokenCount",
            object(
                "",
                &[("input_tokens", Kind::Whole(0), "Tokens of the request.")],
                &["input_tokens"],
            ),
        ),
        (
            "ModelOfPage",
            object("", MODEL, &["type", "id", "display_name", "created_at"]),
        ),
        ("ModelPage", object("", PAGE, &["data", "has_more"])),
        ("AnthropicError", error),
    ];
    schemas
        .map(|(name, schema)| (name.to_owned(), schema))
        .into_iter()
        .collect()
}

/// Returns examples of errors by name.
pub(super) fn errors() -> Value {
    let error = |kind: &str, message: &str| {
        let error = json!({"type": "error", "error": {"type": kind, "message": message}});
        (kind.to_owned(), json!({"value": error}))
    };
    let errors = [
        error(
            "not_found_error",
            "The model `nope` does not exist: no endpoint of this name is configured. `GET /v1/models` lists them.",
        ),
        error("rate_limit_error", "Rate limit exceeded: 10 per 1 minute"),
        error(
            "api_error",
            "The provider at `api.example.com` cannot be reached: it was refused.",
        ),
    ];
    Value::Object(errors.into_iter().collect())
}
