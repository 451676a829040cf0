//! The members of OpenAI's requests, and values of them that ask for nothing.
//!
//! Source: OpenAI's API reference, as sampled in November 2026.

use serde_json::Value;

/// Members of chat requests besides `model`, `messages`, tools and forms, which are read apart.
pub const CHAT_MEMBERS: [&str; 30] = [
    "audio",
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "max_tokens",
    "metadata",
    "modalities",
    "moderation",
    "n",
    "prediction",
    "presence_penalty",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "reasoning_effort",
    "safety_identifier",
    "seed",
    "service_tier",
    "stop",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "top_logprobs",
    "top_p",
    "user",
    "verbosity",
    "web_search_options",
    "function_call",
    "functions",
];

/// Members of embeddings requests besides `model` and `input`.
pub const EMBEDDINGS_MEMBERS: [&str; 3] = ["dimensions", "encoding_format", "user"];

/// True for a value that changes nothing: what a provider does anyway, or what the gateway does itself.
pub(crate) fn asks_nothing(name: &str, value: &Value) -> bool {
    match name {
        _ if value.is_null() => true,
        // How the answer is written, which the gateway does itself.
        "stream" | "stream_options" | "encoding_format" => true,
        "n" => value.as_u64() == Some(1),
        "logprobs" | "store" => value == false,
        "top_logprobs" => value.as_u64() == Some(0),
        "frequency_penalty" | "presence_penalty" => value.as_f64() == Some(0.0),
        "logit_bias" | "metadata" => value.as_object().is_some_and(serde_json::Map::is_empty),
        "tool_choice" => value == "auto",
        "parallel_tool_calls" => value == true,
        "tools" => value.as_array().is_some_and(Vec::is_empty),
        "response_format" => value.get("type").is_some_and(|kind| kind == "text"),
        "modalities" => value == &serde_json::json!(["text"]),
        "service_tier" => matches!(value.as_str(), Some("auto" | "default")),
        "verbosity" => value == "medium",
        _ => false,
    }
}
