//! The blocks of which contents consist.

use serde_json::{Map, Value, json};

use crate::openapi::member::{CACHE, Kind, Member, object, tagged};
use crate::openapi::reference;

/// A kind of block: its schema, its `type`, its members, and which of them must be there.
type Block = (
    &'static str,
    &'static str,
    &'static [Member],
    &'static [&'static str],
);

/// Blocks that a request and an answer may hold.
const BLOCKS: [Block; 7] = [
    (
        "TextBlock",
        "text",
        &[("text", Kind::Text, "Words."), CACHE],
        &["text"],
    ),
    ("ImageBlock", "image", &[SOURCE, CACHE], &["source"]),
    (
        "DocumentBlock",
        "document",
        &[
            SOURCE,
            ("title", Kind::Text, "Its title."),
            ("context", Kind::Text, "What to know about it."),
            CACHE,
        ],
        &["source"],
    ),
    (
        "ThoughtBlock",
        "thinking",
        &[
            ("thinking", Kind::Text, "What the model thought."),
            ("signature", Kind::Text, "To be sent back as it came."),
        ],
        &["thinking"],
    ),
    (
        "RedactedThinkingBlock",
        "redacted_thinking",
        &[(
            "data",
            Kind::Text,
            "Thought that is not shown; to be sent back as it came.",
        )],
        &["data"],
    ),
    (
        "ToolUseBlock",
        "tool_use",
        &[
            ("id", Kind::Text, "The call's id."),
            ("name", Kind::Text, "The tool."),
            ("input", Kind::Object(&[]), "What it is called with."),
            CACHE,
        ],
        &["id", "name", "input"],
    ),
    (
        "ToolResultBlock",
        "tool_result",
        &[
            ("tool_use_id", Kind::Text, "The call's id."),
            (
                "content",
                Kind::Of("MessagesContent"),
                "What the call gave.",
            ),
            ("is_error", Kind::Truth, "Whether it failed."),
            CACHE,
        ],
        &["tool_use_id"],
    ),
];

const SOURCE: Member = (
    "source",
    Kind::Of("BlockSource"),
    "Its bytes, or where they are.",
);

/// Those of them that an answer holds.
const ANSWERED: [&str; 4] = [
    "TextBlock",
    "ThoughtBlock",
    "RedactedThinkingBlock",
    "ToolUseBlock",
];

/// Returns the schemas of blocks.
pub(super) fn schemas() -> Map<String, Value> {
    let source = object(
        "",
        &[
            (
                "type",
                Kind::Words(&["base64", "url", "text", "file", "content"]),
                "What it is.",
            ),
            (
                "media_type",
                Kind::Words(&["image/png", "application/pdf", "text/plain"]),
                "Of which kind its bytes are.",
            ),
            ("data", Kind::Text, "Base64, or a text."),
            ("url", Kind::Text, "An address."),
            ("file_id", Kind::Text, "A file at Anthropic."),
        ],
        &["type"],
    );
    let own = |kinds: &[&str]| {
        json!({
            "type": "object",
            "description": "A block of Anthropic's own tools. It goes to Anthropic only.",
            "properties": {"type": {"type": "string", "not": {"enum": kinds}}},
            "required": ["type"],
        })
    };
    let kinds = BLOCKS.map(|(_, kind, ..)| kind);
    let any = |names: &[&str]| {
        let known = names.iter().map(|name| reference(name));
        let all: Vec<Value> = known.chain([own(&kinds)]).collect();
        json!({"anyOf": all})
    };
    let mut schemas: Map<String, Value> = BLOCKS
        .iter()
        .map(|(name, kind, members, required)| {
            (
                (*name).to_owned(),
                tagged("type", &[kind], object("", members, required)),
            )
        })
        .collect();
    schemas.insert("BlockSource".to_owned(), source);
    schemas.insert("InputBlock".to_owned(), any(&BLOCKS.map(|(name, ..)| name)));
    schemas.insert("AnswerBlock".to_owned(), any(&ANSWERED));
    schemas
}
