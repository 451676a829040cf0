//! Requests of the Responses API.

use serde_json::{Map, Value, json};

use crate::openapi::member::{Kind, Member, object};
use crate::openapi::reference;

/// Returns the schemas of requests.
pub(super) fn schemas() -> Map<String, Value> {
    let tool = object(
        "A tool: a function of the client's, or one that OpenAI runs, which goes to OpenAI only.",
        TOOL,
        &["type"],
    );
    let schemas = [
        ("ResponsesRequest", object("", MEMBERS, &["model", "input"])),
        (
            "ResponsesInput",
            json!({"anyOf": [{"type": "string"}, {"type": "array", "items": reference("InputItem")}]}),
        ),
        ("ResponsesTool", tool),
        (
            "ResponsesToolChoice",
            json!({"anyOf": [{"type": "string", "examples": ["auto", "none", "required"]}, {"type": "object"}]}),
        ),
    ];
    schemas
        .map(|(name, schema)| (name.to_owned(), schema))
        .into_iter()
        .collect()
}

const MEMBERS: &[Member] = &[
    ("model", Kind::Text, "Name of a chat route."),
    (
        "input",
        Kind::Of("ResponsesInput"),
        "A text, or what was said and done so far.",
    ),
    (
        "instructions",
        Kind::Text,
        "What the model is told before all.",
    ),
    (
        "stream",
        Kind::Truth,
        "Answer as server-sent events, each a `ResponsesEvent`.",
    ),
    (
        "max_output_tokens",
        Kind::Whole(1),
        "Most tokens of the answer, reasoning included.",
    ),
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
    (
        "tools",
        Kind::ListOf("ResponsesTool"),
        "What the model may call.",
    ),
    (
        "tool_choice",
        Kind::Of("ResponsesToolChoice"),
        "Whether and what to call.",
    ),
    (
        "parallel_tool_calls",
        Kind::Truth,
        "Whether to make several calls at once.",
    ),
    (
        "reasoning",
        Kind::Object(&[
            (
                "effort",
                Kind::Words(&["none", "low", "medium", "high"]),
                "How much to think.",
            ),
            (
                "summary",
                Kind::Words(&["auto", "concise", "detailed"]),
                "Whether to tell what was thought.",
            ),
        ]),
        "How to think before the answer.",
    ),
    (
        "text",
        Kind::Object(&[
            ("format", Kind::Object(FORMAT), "The form of the answer."),
            (
                "verbosity",
                Kind::Words(&["low", "medium", "high"]),
                "How wordy it is to be.",
            ),
        ]),
        "How to write.",
    ),
    (
        "include",
        Kind::Several(&[
            "reasoning.encrypted_content",
            "message.output_text.logprobs",
        ]),
        "What to tell besides.",
    ),
    (
        "top_logprobs",
        Kind::Between(0, 20),
        "How many likely tokens to tell at each place.",
    ),
    (
        "store",
        Kind::Truth,
        "Whether the provider may keep the response. The gateway keeps nothing.",
    ),
    ("metadata", Kind::ByName("string"), "Notes of the client."),
    (
        "service_tier",
        Kind::Words(&["auto", "default", "flex", "priority"]),
        "Which capacity to use.",
    ),
    (
        "prompt_cache_key",
        Kind::Text,
        "What requests with a like beginning share.",
    ),
    (
        "safety_identifier",
        Kind::Text,
        "Who asks, as an id that tells nothing.",
    ),
    (
        "truncation",
        Kind::Words(&["auto", "disabled"]),
        "What to do with too long an input.",
    ),
    (
        "previous_response_id",
        Kind::Text,
        "Only where the provider keeps responses.",
    ),
];

const FORMAT: &[Member] = &[
    (
        "type",
        Kind::Words(&["text", "json_object", "json_schema"]),
        "Which form.",
    ),
    ("name", Kind::Text, "The schema's name."),
    ("schema", Kind::Object(&[]), "JSON Schema."),
    ("strict", Kind::Truth, "Whether the answer must fit it."),
];

const TOOL: &[Member] = &[
    (
        "type",
        Kind::Words(&["function", "custom", "web_search"]),
        "Its kind.",
    ),
    ("name", Kind::Text, "Its name."),
    (
        "description",
        Kind::Text,
        "What it does, and when to call it.",
    ),
    (
        "parameters",
        Kind::Object(&[]),
        "JSON Schema of its arguments.",
    ),
    ("strict", Kind::Truth, "Whether the arguments must fit it."),
];
