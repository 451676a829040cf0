//! The parts of which a message's content may consist.

use serde_json::{Map, Value, json};

use crate::openapi::member::{CACHE, Kind, Member, cache_control, object, tagged};
use crate::openapi::reference;

/// A kind of part: its schema, its `type`, a word of explanation, and the member that holds it.
const PARTS: [(&str, &str, &str, Member); 5] = [
    (
        "TextPart",
        "text",
        "Words.",
        ("text", Kind::Text, "The words."),
    ),
    (
        "ImagePart",
        "image_url",
        "A picture.",
        ("image_url", Kind::Of("ImageUrl"), "Where it is."),
    ),
    (
        "AudioPart",
        "input_audio",
        "A recording.",
        ("input_audio", Kind::Of("InputAudio"), "Its bytes."),
    ),
    (
        "FilePart",
        "file",
        "A document.",
        ("file", Kind::Of("InputFile"), "Its bytes, or its id."),
    ),
    (
        "RefusalPart",
        "refusal",
        "Words with which the model refused.",
        ("refusal", Kind::Text, "The words."),
    ),
];

const IMAGE: &[Member] = &[
    (
        "url",
        Kind::Text,
        "An address, or the picture itself as a base64 data URL.",
    ),
    (
        "detail",
        Kind::Words(&["auto", "low", "high"]),
        "How closely to look.",
    ),
];

const AUDIO: &[Member] = &[
    ("data", Kind::Text, "Base64."),
    ("format", Kind::Words(&["wav", "mp3"]), "The container."),
];

const FILE: &[Member] = &[
    (
        "file_data",
        Kind::Text,
        "A base64 data URL, bare base64, or an address where the provider takes one.",
    ),
    (
        "file_id",
        Kind::Text,
        "The id of a file that the provider holds.",
    ),
    ("filename", Kind::Text, "Its name."),
];

/// Returns the schemas of contents and parts.
pub(super) fn schemas() -> Map<String, Value> {
    let mut schemas: Map<String, Value> = PARTS
        .iter()
        .map(|(schema, kind, description, holds)| {
            let part = object(description, &[*holds, CACHE], &[holds.0]);
            ((*schema).to_owned(), tagged("type", &[kind], part))
        })
        .collect();
    let any: Vec<Value> = PARTS
        .iter()
        .map(|(schema, ..)| *schema)
        .chain(["OwnPart"])
        .map(reference)
        .collect();
    let kinds = PARTS.map(|(_, kind, ..)| kind);
    let others = [
        (
            "Content",
            json!({"oneOf": [
                {"type": "string", "description": "A text."},
                {"type": "array", "items": {"anyOf": any}, "description": "Parts."},
            ]}),
        ),
        (
            "OwnPart",
            json!({
                "type": "object",
                "description": "A part in the provider's own form, which it gets as it is.",
                "properties": {"type": {"not": {"enum": kinds}}},
            }),
        ),
        ("CacheControl", cache_control()),
        ("ImageUrl", object("", IMAGE, &["url"])),
        ("InputAudio", object("", AUDIO, &["data", "format"])),
        ("InputFile", object("", FILE, &[])),
    ];
    schemas.extend(others.map(|(name, schema)| (name.to_owned(), schema)));
    schemas
}
