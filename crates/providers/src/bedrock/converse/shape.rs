//! What answers of the Converse API look like: whole ones, and the events of streams.

use serde::Deserialize;
use serde_json::value::RawValue;

/// A whole answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer<'a> {
    #[serde(borrow)]
    pub(super) output: Output<'a>,
    pub(super) stop_reason: Option<String>,
    pub(super) usage: Option<TokenUsage>,
}

/// What the model says.
#[derive(Deserialize)]
pub(super) struct Output<'a> {
    #[serde(borrow)]
    pub(super) message: Message<'a>,
}

/// The only message of an answer.
#[derive(Deserialize)]
pub(super) struct Message<'a> {
    pub(super) role: Option<String>,
    #[serde(borrow)]
    pub(super) content: Option<Vec<Block<'a>>>,
}

/// A content block, of which one member is set. Blocks that hold something else are passed over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Block<'a> {
    pub(super) text: Option<String>,
    #[serde(borrow)]
    pub(super) tool_use: Option<ToolUse<'a>>,
    pub(super) citations_content: Option<Citations>,
    pub(super) reasoning_content: Option<Reasoning>,
}

/// What the model thought, of which one member is set.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reasoning {
    pub(super) reasoning_text: Option<Thought>,
    /// Base64.
    pub(super) redacted_content: Option<String>,
}

/// Words that the model thought.
#[derive(Deserialize)]
pub(super) struct Thought {
    pub(super) text: Option<String>,
    pub(super) signature: Option<String>,
}

/// A text with its sources.
#[derive(Deserialize)]
pub(super) struct Citations {
    pub(super) content: Option<Vec<Text>>,
}

/// A piece of a cited text.
#[derive(Deserialize)]
pub(super) struct Text {
    pub(super) text: Option<String>,
}

/// A tool call; in a stream its input comes later.
#[derive(Deserialize)]
pub(super) struct ToolUse<'a> {
    #[serde(rename = "toolUseId")]
    pub(super) id: String,
    pub(super) name: String,
    #[serde(borrow)]
    pub(super) input: Option<&'a RawValue>,
    /// `server_tool_use` where Bedrock makes the call itself.
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
}

impl ToolUse<'_> {
    /// True for a call that nobody is asked to make: Bedrock made it, and its result is in the answer.
    pub(super) fn is_made(&self) -> bool {
        self.kind.as_deref() == Some("server_tool_use")
    }
}

/// Token counts. `input` holds none of the cached tokens, `total` holds all.
#[derive(Deserialize)]
pub(super) struct TokenUsage {
    #[serde(rename = "inputTokens")]
    pub(super) input: Option<u64>,
    #[serde(rename = "outputTokens")]
    pub(super) output: Option<u64>,
    #[serde(rename = "totalTokens")]
    pub(super) total: Option<u64>,
    #[serde(rename = "cacheReadInputTokens")]
    pub(super) cache_read: Option<u64>,
    #[serde(rename = "cacheWriteInputTokens")]
    pub(super) cache_write: Option<u64>,
}

/// The event `messageStart`.
#[derive(Deserialize)]
pub(super) struct MessageStart {
    pub(super) role: Option<String>,
}

/// The event `contentBlockStart`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BlockStart<'a> {
    pub(super) content_block_index: u32,
    #[serde(borrow)]
    pub(super) start: Option<Start<'a>>,
}

/// What begins in a block: nothing is told of texts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Start<'a> {
    #[serde(borrow)]
    pub(super) tool_use: Option<ToolUse<'a>>,
}

/// The event `contentBlockDelta`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BlockDelta {
    pub(super) content_block_index: u32,
    pub(super) delta: Delta,
}

/// A piece of a block, of which one member is set; sources are passed over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Delta {
    pub(super) text: Option<String>,
    pub(super) tool_use: Option<InputPiece>,
    pub(super) reasoning_content: Option<ThoughtPiece>,
}

/// A piece of what the model thought, of which one member is set.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ThoughtPiece {
    pub(super) text: Option<String>,
    pub(super) signature: Option<String>,
    pub(super) redacted_content: Option<String>,
}

/// A piece of a tool call's input: JSON text.
#[derive(Deserialize)]
pub(super) struct InputPiece {
    pub(super) input: Option<String>,
}

/// The event `messageStop`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MessageStop {
    pub(super) stop_reason: Option<String>,
}

/// The event `metadata`.
#[derive(Deserialize)]
pub(super) struct Metadata {
    pub(super) usage: Option<TokenUsage>,
}
