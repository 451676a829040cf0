//! Requests of the Messages API.

use serde_json::{Map, Value, json};

use crate::openapi::member::{CACHE, Kind, Member, object};
use crate::openapi::reference;

/// Returns the schemas of requests.
pub(super) fn schemas() -> Map<String, Value> {
    let mut members = ASKED.to_vec();
    members.extend_from_slice(LIMITS);
    let turn: &[Member] = &[
        (
            "role",
            Kind::Words(&["user", "assistant", "system"]),
            "Who speaks.",
        ),
        (
            "content",
            Kind::Of("MessagesContent"),
            "A text, or a list of blocks.",
        ),
    ];
    let schemas = [
        (
            "MessagesRequest",
            object("", &members, &["model", "messages", "max_tokens"]),
        ),
        (
            "CountTokensRequest",
            object("", ASKED, &["model", "messages"]),
        ),
        ("MessagesTurn", object("", turn, &["role", "content"])),
        (
            "MessagesContent",
            json!({"anyOf": [{"type": "string"}, {"type": "array", "items": reference("InputBlock")}]}),
        ),
        (
            "MessagesTool",
            object(
                "A tool. Those of Anthropic's own have a `type` other than `custom`, and go to Anthropic only.",
                TOOL,
                &["name"],
            ),
        ),
    ];
    schemas
        .map(|(name, schema)| (name.to_owned(), schema))
        .into_iter()
        .collect()
}

/// What is asked, and may be counted.
const ASKED: &[Member] = &[
    ("model", Kind::Text, "Name of a chat route."),
    (
        "messages",
        Kind::ListOf("MessagesTurn"),
        "What was said so far.",
    ),
    (
        "system",
        Kind::Of("MessagesContent"),
        "What the model is told before all: a text, or text blocks.",
    ),
    (
        "tools",
        Kind::ListOf("MessagesTool"),
        "What the model may call.",
    ),
    (
        "tool_choice",
        Kind::Object(&[
            (
                "type",
                Kind::Words(&["auto", "any", "tool", "none"]),
                "Whether to call.",
            ),
            ("name", Kind::Text, "Which tool, with `tool`."),
            (
                "disable_parallel_tool_use",
                Kind::Truth,
                "At most one call.",
            ),
        ]),
        "Whether and what to call.",
    ),
    (
        "thinking",
        Kind::Object(&[
            (
                "type",
                Kind::Words(&["enabled", "disabled", "adaptive"]),
                "Whether to think.",
            ),
            (
                "budget_tokens",
                Kind::Whole(1),
                "Most tokens of thought, with `enabled`.",
            ),
        ]),
        "How to think before the answer.",
    ),
    (
        "output_config",
        Kind::Object(&[(
            "effort",
            Kind::Words(&["low", "medium", "high"]),
            "How much effort to make.",
        )]),
        "How to answer.",
    ),
];

/// How to answer.
const LIMITS: &[Member] = &[
    (
        "max_tokens",
        Kind::Whole(1),
        "Most tokens of the answer, thought included.",
    ),
    (
        "stream",
        Kind::Truth,
        "Answer as server-sent events, each a `MessagesEvent`.",
    ),
    (
        "temperature",
        Kind::Number(0.0, 1.0),
        "How much chance decides.",
    ),
    (
        "top_p",
        Kind::Number(0.0, 1.0),
        "Choose among the likeliest tokens of this probability.",
    ),
    (
        "top_k",
        Kind::Whole(0),
        "Choose among so many of the likeliest tokens.",
    ),
    (
        "stop_sequences",
        Kind::Several(&["\n\n"]),
        "Texts before which the answer ends.",
    ),
    (
        "metadata",
        Kind::Object(&[(
            "user_id",
            Kind::Text,
            "Who asks, as an id that tells nothing.",
        )]),
        "About the request.",
    ),
    (
        "service_tier",
        Kind::Words(&["auto", "standard_only"]),
        "Which capacity to use.",
    ),
];

const TOOL: &[Member] = &[
    ("name", Kind::Text, "Its name."),
    ("type", Kind::Words(&["custom"]), "Its kind."),
    (
        "description",
        Kind::Text,
        "What it does, and when to call it.",
    ),
    (
        "input_schema",
        Kind::Object(&[]),
        "JSON Schema of its input; required for a tool of the client's.",
    ),
    CACHE,
];
