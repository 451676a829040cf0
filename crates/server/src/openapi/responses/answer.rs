//! Answers of the Responses API, plain and as events.

use serde_json::{Map, Value, json};

use crate::openapi::member::{Kind, Member, object};
use crate::openapi::reference;

/// Returns the kinds of an answer.
pub(super) fn content() -> Value {
    let events = "Server-sent events: `event:` with the type and `data:` with a `ResponsesEvent` each, from `response.created` to \
                  `response.completed`, `.incomplete` or `.failed`. A stream that breaks ends with `response.failed`.";
    json!({
        "application/json": {"schema": reference("Response")},
        "text/event-stream": {"schema": {"type": "string", "description": events}},
    })
}

const RESPONSE: &[Member] = &[
    ("id", Kind::Text, "The response's id."),
    ("object", Kind::Words(&["response"]), "Always `response`."),
    (
        "created_at",
        Kind::Number(0.0, 1e12),
        "When it was made, in Unix seconds.",
    ),
    (
        "status",
        Kind::Words(&["completed", "in_progress", "incomplete", "failed"]),
        "How far it is.",
    ),
    ("model", Kind::Text, "The model that answers."),
    (
        "output",
        Kind::ListOf("OutputItem"),
        "What it says and calls.",
    ),
    (
        "incomplete_details",
        Kind::Object(&[(
            "reason",
            Kind::Words(&["max_output_tokens", "content_filter"]),
            "What is to blame.",
        )]),
        "Why it is incomplete.",
    ),
    (
        "error",
        Kind::Object(&[
            ("code", Kind::Text, "For programs."),
            ("message", Kind::Text, "For people."),
        ]),
        "Why it failed.",
    ),
    ("usage", Kind::Of("ResponsesUsage"), "Tokens."),
];

const USAGE: &[Member] = &[
    ("input_tokens", Kind::Whole(0), "Of the request."),
    (
        "output_tokens",
        Kind::Whole(0),
        "Of the answer, reasoning included.",
    ),
    ("total_tokens", Kind::Whole(0), "Of both."),
    (
        "input_tokens_details",
        Kind::Object(&[("cached_tokens", Kind::Whole(0), "Found in a cache.")]),
        "More about the request's.",
    ),
    (
        "output_tokens_details",
        Kind::Object(&[("reasoning_tokens", Kind::Whole(0), "Of reasoning.")]),
        "More about the answer's.",
    ),
];

const EVENT: &[Member] = &[
    (
        "type",
        Kind::Words(&[
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "response.output_item.done",
            "response.completed",
            "response.incomplete",
            "response.failed",
            "error",
        ]),
        "What happens.",
    ),
    (
        "sequence_number",
        Kind::Whole(0),
        "Which event of the stream.",
    ),
    (
        "response",
        Kind::Of("Response"),
        "The response so far, where it begins or ends.",
    ),
    ("output_index", Kind::Whole(0), "Which item."),
    ("item_id", Kind::Text, "Its id."),
    (
        "item",
        Kind::Of("OutputItem"),
        "The item, where it begins or ends.",
    ),
    ("content_index", Kind::Whole(0), "Which part of the item."),
    (
        "part",
        Kind::Of("ContentPart"),
        "The part, where it begins or ends.",
    ),
    ("delta", Kind::Text, "What is new."),
    ("text", Kind::Text, "All words of a part."),
    ("arguments", Kind::Text, "All arguments of a call."),
];

/// Returns the schemas of answers.
pub(super) fn schemas() -> Map<String, Value> {
    let schemas = [
        (
            "Response",
            object("", RESPONSE, &["id", "object", "status", "output"]),
        ),
        ("ResponsesUsage", object("", USAGE, &[])),
        (
            "ResponsesEvent",
            object("", EVENT, &["type", "sequence_number"]),
        ),
    ];
    schemas
        .map(|(name, schema)| (name.to_owned(), schema))
        .into_iter()
        .collect()
}
