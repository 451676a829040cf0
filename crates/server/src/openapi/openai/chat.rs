//! Chat requests.
//!
//! Source: OpenAI's API reference, as sampled in November 2026. Ranges are OpenAI's; providers may have others.

use serde_json::{Map, Value, json};

use crate::openapi::member::{Kind, Member, object};

/// Returns the schema of chat requests.
pub(super) fn schemas() -> Map<String, Value> {
    let mut request = object("", MEMBERS, &["model", "messages"]);
    if let Some(list) = request.pointer_mut("/properties/messages")
        && let Some(members) = list.as_object_mut()
    {
        members.insert("minItems".to_owned(), json!(1));
    }
    Map::from_iter([("ChatCompletionRequest".to_owned(), request)])
}

const MEMBERS: &[Member] = &[
    ("model", Kind::Text, "Name of a route."),
    (
        "messages",
        Kind::ListOf("ChatMessage"),
        "What was said so far.",
    ),
    (
        "stream",
        Kind::Truth,
        "Answer as server-sent events, each a `ChatCompletionChunk`, then `[DONE]`.",
    ),
    (
        "stream_options",
        Kind::Object(&[
            (
                "include_usage",
                Kind::Truth,
                "End the stream with token counts.",
            ),
            (
                "include_obfuscation",
                Kind::Truth,
                "OpenAI only: pad the pieces to like lengths.",
            ),
        ]),
        "Only with `stream`.",
    ),
    (
        "max_completion_tokens",
        Kind::Whole(1),
        "Most tokens of the answer, reasoning included.",
    ),
    (
        "max_tokens",
        Kind::Whole(1),
        "Older name of `max_completion_tokens`, which wins.",
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
    (
        "logprobs",
        Kind::Truth,
        "Tell the probabilities of the answer's tokens.",
    ),
    (
        "top_logprobs",
        Kind::Between(0, 20),
        "And those of so many others at each place.",
    ),
    ("tools", Kind::ListOf("Tool"), "What the model may call."),
    (
        "tool_choice",
        Kind::Of("ToolChoice"),
        "Whether and what it must call.",
    ),
    (
        "parallel_tool_calls",
        Kind::Truth,
        "Whether one answer may hold several calls.",
    ),
    (
        "functions",
        Kind::ListOf("Function"),
        "Older form of `tools`.",
    ),
    (
        "function_call",
        Kind::Of("FunctionChoice"),
        "Older form of `tool_choice`.",
    ),
    (
        "response_format",
        Kind::Of("ResponseFormat"),
        "The form of the answer.",
    ),
    (
        "reasoning_effort",
        Kind::Words(&["none", "minimal", "low", "medium", "high", "xhigh", "max"]),
        "How much to think before answering.",
    ),
    (
        "verbosity",
        Kind::Words(&["low", "medium", "high"]),
        "How long an answer is wanted.",
    ),
    (
        "modalities",
        Kind::Several(&["text", "audio"]),
        "What the answer may consist of.",
    ),
    (
        "audio",
        Kind::Object(&[
            ("format", Kind::Words(&["wav", "mp3"]), "Its container."),
            ("voice", Kind::Words(&["alloy"]), "Who speaks."),
        ]),
        "The form of a spoken answer.",
    ),
    (
        "prediction",
        Kind::Of("Prediction"),
        "What the answer will mostly be.",
    ),
    (
        "web_search_options",
        ANYTHING,
        "Let the model search the web.",
    ),
    (
        "moderation",
        ANYTHING,
        "Let OpenAI's moderation judge question and answer.",
    ),
    (
        "service_tier",
        Kind::Words(&["auto", "default", "flex", "priority"]),
        "How urgent it is.",
    ),
    (
        "prompt_cache_key",
        Kind::Text,
        "Which requests share a beginning.",
    ),
    (
        "prompt_cache_options",
        ANYTHING,
        "How the prompt's beginning is cached.",
    ),
    (
        "prompt_cache_retention",
        Kind::Words(&["in_memory", "24h"]),
        "How long it stays cached.",
    ),
    ("user", Kind::Text, "The end user, for the provider."),
    (
        "safety_identifier",
        Kind::Text,
        "The end user, for the provider's watch against abuse.",
    ),
    (
        "metadata",
        Kind::ByName("string"),
        "Notes that the provider keeps.",
    ),
    (
        "store",
        Kind::Truth,
        "Whether the provider keeps the answer.",
    ),
];

const ANYTHING: Kind = Kind::Object(&[]);
