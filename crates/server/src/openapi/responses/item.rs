//! Items of inputs and outputs.

use serde_json::{Map, Value, json};

use crate::openapi::member::{Kind, Member, object, tagged};
use crate::openapi::reference;

/// A kind of item: its schema, its `type`, its members, and which of them must be there.
type Item = (
    &'static str,
    &'static str,
    &'static [Member],
    &'static [&'static str],
);

const ITEMS: [Item; 4] = [
    (
        "FunctionCallItem",
        "function_call",
        &[
            ID,
            STATUS,
            (
                "call_id",
                Kind::Text,
                "The call's id, which its result names.",
            ),
            ("name", Kind::Text, "The function."),
            ("arguments", Kind::Text, "What it is called with, as JSON."),
        ],
        &["call_id", "name", "arguments"],
    ),
    (
        "FunctionResultItem",
        "function_call_output",
        &[
            ID,
            STATUS,
            ("call_id", Kind::Text, "The call's id."),
            ("output", Kind::Of("ItemContent"), "What the call gave."),
        ],
        &["call_id", "output"],
    ),
    (
        "ReasoningItem",
        "reasoning",
        &[
            ID,
            STATUS,
            (
                "summary",
                Kind::ListOf("ContentPart"),
                "What was thought, in short.",
            ),
            ("content", Kind::ListOf("ContentPart"), "What was thought."),
            (
                "encrypted_content",
                Kind::Text,
                "To be sent back as it came.",
            ),
        ],
        &[],
    ),
    (
        "OutputMessageItem",
        "message",
        &[
            ID,
            STATUS,
            ("role", Kind::Words(&["assistant"]), "Who speaks."),
            ("content", Kind::ListOf("ContentPart"), "What it says."),
        ],
        &["role", "content"],
    ),
];

const ID: Member = ("id", Kind::Text, "The item's id.");
const STATUS: Member = (
    "status",
    Kind::Words(&["in_progress", "completed", "incomplete"]),
    "How far it is.",
);

const MESSAGE: &[Member] = &[
    ("type", Kind::Words(&["message"]), "May be left out."),
    ID,
    STATUS,
    (
        "role",
        Kind::Words(&["user", "assistant", "system", "developer"]),
        "Who speaks.",
    ),
    (
        "content",
        Kind::Of("ItemContent"),
        "A text, or a list of parts.",
    ),
];

const PART: &[Member] = &[
    (
        "type",
        Kind::Words(&[
            "input_text",
            "input_image",
            "input_file",
            "output_text",
            "refusal",
            "summary_text",
            "reasoning_text",
        ]),
        "What it is.",
    ),
    ("text", Kind::Text, "Words."),
    ("refusal", Kind::Text, "Words with which the model refused."),
    (
        "image_url",
        Kind::Text,
        "An address, or the picture itself as a base64 data URL.",
    ),
    (
        "detail",
        Kind::Words(&["auto", "low", "high"]),
        "How closely to look.",
    ),
    ("file_id", Kind::Text, "A file at the provider."),
    ("file_url", Kind::Text, "Where a document is."),
    ("file_data", Kind::Text, "A document as a base64 data URL."),
    ("filename", Kind::Text, "Its name."),
];

/// Returns the schemas of items.
pub(super) fn schemas() -> Map<String, Value> {
    let mut schemas: Map<String, Value> = ITEMS
        .iter()
        .map(|(name, kind, members, required)| {
            (
                (*name).to_owned(),
                tagged("type", &[kind], object("", members, required)),
            )
        })
        .collect();
    let own = |known: &[&str]| {
        json!({
            "type": "object",
            "description": "An item of a tool that OpenAI runs.",
            "properties": {"type": {"type": "string", "not": {"enum": known}}},
            "required": ["type"],
        })
    };
    let kinds = ITEMS.map(|(_, kind, ..)| kind);
    let any = |names: [&str; 4]| {
        let known = names.into_iter().map(reference);
        json!({"anyOf": known.chain([own(&kinds)]).collect::<Vec<_>>()})
    };
    let [call, result, reasoning, said] = ITEMS.map(|(name, ..)| name);
    let rest = [
        ("MessageItem", object("", MESSAGE, &["role", "content"])),
        ("ContentPart", object("", PART, &["type"])),
        (
            "ItemContent",
            json!({"anyOf": [{"type": "string"}, {"type": "array", "items": reference("ContentPart")}]}),
        ),
        ("InputItem", any(["MessageItem", call, result, reasoning])),
        ("OutputItem", any([said, call, result, reasoning])),
    ];
    schemas.extend(rest.map(|(name, schema)| (name.to_owned(), schema)));
    schemas
}
