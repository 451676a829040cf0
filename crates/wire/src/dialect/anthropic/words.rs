//! What plain and streamed answers share: reasons to stop, counts, blocks.

use serde_json::{Map, Value, json};

use crate::dialect::Context;
use crate::fold::ToolCall;
use crate::usage::Usage;

/// The reasons to stop that the API knows (Anthropic's API reference, "Stop reasons").
const REASONS: [&str; 7] = [
    "end_turn",
    "max_tokens",
    "stop_sequence",
    "tool_use",
    "pause_turn",
    "refusal",
    "model_context_window_exceeded",
];

/// The reason where tools are called.
const CALLED: &str = "tool_use";

/// What an answer's end depends on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ending<'a> {
    /// Why it ended, in OpenAI's words.
    pub(super) reason: Option<&'a str>,
    /// Why it ended, in the provider's own words.
    pub(super) native: Option<&'a str>,
    /// True when tools are called.
    pub(super) calls: bool,
    /// True when the model refused.
    pub(super) refuses: bool,
}

impl Ending<'_> {
    /// Returns why the answer ended. The provider's own word holds where the API has it, but for a call that the client
    /// sees as a text. Some providers say no more than that they stopped when tools are called, or when the model refused.
    pub(super) fn stop_reason(self) -> &'static str {
        let own = |word: &&&str| {
            Some(**word) == self.native
                && (self.calls || **word != CALLED || self.reason != Some("stop"))
        };
        if let Some(native) = REASONS.iter().find(own) {
            return native;
        }
        match self.reason {
            Some("length") => "max_tokens",
            Some("tool_calls" | "function_call") => CALLED,
            Some("content_filter") => "refusal",
            _ if self.calls => CALLED,
            _ if self.refuses => "refusal",
            _ => "end_turn",
        }
    }
}

/// Returns the id of an answer whose provider gives none.
pub(super) fn id_of(context: &Context) -> String {
    format!("msg_{}", context.id)
}

/// Returns the id of a call, made of its message's where the provider gives none: what a call gave is found by it. Ids of calls
/// hold letters, digits, `_` and `-` only.
pub(super) fn call_id(id: &str, message: &str, index: u32) -> String {
    if !id.is_empty() {
        return id.to_owned();
    }
    let message = message.strip_prefix("msg_").unwrap_or(message);
    let plain = |it: &char| it.is_ascii_alphanumeric() || ['_', '-'].contains(it);
    let suffix: String = message.chars().filter(plain).collect();
    format!("toolu_{suffix}_{index}")
}

/// Writes an answer without its content, as a stream begins.
pub(super) fn message(id: &str, model: Option<&str>, usage: Option<&Usage>) -> Value {
    json!({
        "id": id, "type": "message", "role": "assistant", "model": model.unwrap_or_default(),
        "content": [], "stop_reason": null, "stop_sequence": null, "usage": counts(usage),
    })
}

/// Writes counts. What nobody counted is 0, because the API gives all of these numbers always. Tokens from a cache and into
/// one do not count as tokens of the input.
pub(super) fn counts(usage: Option<&Usage>) -> Value {
    let detail = |group: &str, name: &str| usage?.detail(group, name);
    let cached = usage.and_then(Usage::cached).unwrap_or(0);
    let written = detail("prompt_tokens_details", "cache_write_tokens").unwrap_or(0);
    let input = usage.and_then(|it| it.prompt_tokens).unwrap_or(0);
    let mut counts = json!({
        "input_tokens": input.saturating_sub(cached).saturating_sub(written),
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": cached,
        "output_tokens": usage.and_then(|it| it.completion_tokens).unwrap_or(0),
    });
    let thinking = detail("completion_tokens_details", "reasoning_tokens");
    if let (Some(thinking), Some(members)) = (thinking, counts.as_object_mut()) {
        let details = json!({"thinking_tokens": thinking});
        members.insert("output_tokens_details".to_owned(), details);
    }
    counts
}

/// A text, whole or at its beginning.
pub(super) fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

/// Thought, whole or at its beginning.
pub(super) fn thinking(text: &str, signature: &str) -> Value {
    json!({"type": "thinking", "thinking": text, "signature": signature})
}

/// Thought that only the provider can read.
pub(super) fn redacted(data: &str) -> Value {
    json!({"type": "redacted_thinking", "data": data})
}

/// A call, whole or at its beginning.
pub(super) fn call(id: &str, name: &str, input: Map<String, Value>) -> Value {
    json!({"type": "tool_use", "id": id, "name": name, "input": input})
}

/// The member of `input` that holds arguments which are no JSON object.
pub(super) const RAW: &str = "_raw";

/// Returns the arguments of a whole call. What is no JSON object stands as it came in [`RAW`]: a client that checks its
/// arguments then sees that they are wrong, and one that does not cannot run a call with none.
pub(super) fn input(call: &ToolCall) -> Map<String, Value> {
    let written = call.arguments.trim();
    if written.is_empty() {
        return Map::new();
    }
    serde_json::from_str(written)
        .unwrap_or_else(|_| Map::from_iter([(RAW.to_owned(), json!(call.arguments))]))
}
