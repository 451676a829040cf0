//! Names in which the OpenAI API is extended by common use, in both directions: reasoning and signatures.
//!
//! `reasoning_content` is what `DeepSeek`, `vLLM` and others send; some say `reasoning`. `thinking_blocks` holds Anthropic's
//! blocks, as `LiteLLM` and OpenAI's agents SDK know them. `extra_content.google.thought_signature` is Google's own extension
//! of its OpenAI-compatible API. All were read in November 2026.

use serde_json::{Map, Value, json};

use crate::fold::{Thought, ToolCall};

/// What the model thought, as one text.
pub(super) const REASONING: &str = "reasoning_content";

/// The same with signatures, block by block, to be sent back as it is.
pub(super) const BLOCKS: &str = "thinking_blocks";

/// Signatures of texts and tool calls.
pub(super) const EXTRA: &str = "extra_content";

/// Returns a signature as it stands beside what it signs.
pub(super) fn extra_content(signature: &str) -> Value {
    json!({"google": {"thought_signature": signature}})
}

/// Reads the signature that stands in a message or a tool call.
pub(super) fn signature(members: &Map<String, Value>) -> Option<&str> {
    signed(members.get(EXTRA)?.as_object()?)
}

/// Reads the signature in such an object.
pub(super) fn signed(extra: &Map<String, Value>) -> Option<&str> {
    extra.get("google")?.get("thought_signature")?.as_str()
}

/// Returns a stretch of thought as a block.
pub(super) fn block(thought: &Thought) -> Value {
    match thought {
        Thought::Said { text, signature } => {
            let mut block = json!({"type": "thinking", "thinking": text});
            if let (Some(signature), Some(members)) = (signature, block.as_object_mut()) {
                members.insert("signature".to_owned(), json!(signature));
            }
            block
        }
        Thought::Redacted(data) => json!({"type": "redacted_thinking", "data": data}),
    }
}

/// Reads such a block.
pub(super) fn read_block(block: &Value) -> Option<Thought> {
    let text = |name: &str| block.get(name)?.as_str().map(str::to_owned);
    match block.get("type")?.as_str()? {
        "thinking" => Some(Thought::Said {
            text: text("thinking").unwrap_or_default(),
            signature: text("signature").filter(|it| !it.is_empty()),
        }),
        "redacted_thinking" => text("data").map(Thought::Redacted),
        _ => None,
    }
}

/// Returns the beginning of a tool call, with the arguments known so far.
pub(super) fn call(call: &ToolCall) -> Map<String, Value> {
    let mut members = Map::from_iter([
        ("id".to_owned(), json!(call.id)),
        ("type".to_owned(), json!("function")),
        (
            "function".to_owned(),
            json!({"name": call.name, "arguments": call.arguments}),
        ),
    ]);
    if let Some(signature) = &call.signature {
        members.insert(EXTRA.to_owned(), extra_content(signature));
    }
    members
}
