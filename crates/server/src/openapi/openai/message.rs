//! Messages.

use serde_json::{Map, Value, json};

use crate::openapi::member::{CACHE, CONTENT, Kind, Member, object, tagged};
use crate::openapi::reference;

/// What one who speaks may say.
struct Speaker {
    schema: &'static str,
    description: &'static str,
    roles: &'static [&'static str],
    members: &'static [Member],
    required: &'static [&'static str],
}

const SPEAKERS: [Speaker; 5] = [
    Speaker {
        schema: "InstructionMessage",
        description: "What the model is told before all.",
        roles: &["system", "developer"],
        members: &[CONTENT, NAME, CACHE],
        required: &["content"],
    },
    Speaker {
        schema: "UserMessage",
        description: "What the client says.",
        roles: &["user"],
        members: &[CONTENT, NAME, CACHE],
        required: &["content"],
    },
    Speaker {
        schema: "AssistantMessage",
        description: "What the model said in an earlier turn. Send it back as the answer gave it.",
        roles: &["assistant"],
        members: ASSISTANT,
        required: &[],
    },
    Speaker {
        schema: "ToolMessage",
        description: "What a call gave.",
        roles: &["tool"],
        members: TOOL,
        required: &["content", "tool_call_id"],
    },
    Speaker {
        schema: "FunctionMessage",
        description: "Older form of a tool's message.",
        roles: &["function"],
        members: FUNCTION,
        required: &["name"],
    },
];

const NAME: Member = ("name", Kind::Text, "Who of several speaks in this role.");

const ASSISTANT: &[Member] = &[
    CONTENT,
    ("refusal", Kind::Text, "Words with which the model refused."),
    ("tool_calls", Kind::ListOf("ToolCall"), "The calls it made."),
    (
        "function_call",
        Kind::Of("FunctionCall"),
        "Older form of `tool_calls`.",
    ),
    (
        "reasoning_content",
        Kind::Text,
        "What it thought. `thinking_blocks` wins.",
    ),
    (
        "thinking_blocks",
        Kind::ListOf("ThinkingBlock"),
        "What it thought, with signatures: providers that sign want it back beside the calls that followed.",
    ),
    (
        "extra_content",
        Kind::Of("ExtraContent"),
        "A signature of the text.",
    ),
    (
        "audio",
        Kind::Object(&[("id", Kind::Text, "The answer's id.")]),
        "An earlier spoken answer.",
    ),
    NAME,
    CACHE,
];

const TOOL: &[Member] = &[
    CONTENT,
    ("tool_call_id", Kind::Text, "The call's id."),
    CACHE,
];

const FUNCTION: &[Member] = &[CONTENT, ("name", Kind::Text, "The function's name.")];

const THINKING: &[Member] = &[
    (
        "type",
        Kind::Words(&["thinking", "redacted_thinking"]),
        "Whether the words can be read.",
    ),
    ("thinking", Kind::Text, "The words."),
    ("signature", Kind::Text, "The provider's signature of them."),
    (
        "data",
        Kind::Text,
        "Of a redacted block: what only the provider can read.",
    ),
];

/// Returns the schemas of messages.
pub(super) fn schemas() -> Map<String, Value> {
    let mut schemas: Map<String, Value> = SPEAKERS
        .iter()
        .map(|it| {
            let schema = object(it.description, it.members, it.required);
            (it.schema.to_owned(), tagged("role", it.roles, schema))
        })
        .collect();
    let any: Vec<Value> = SPEAKERS.iter().map(|it| reference(it.schema)).collect();
    let paths = SPEAKERS.iter().flat_map(|it| {
        let path = format!("#/components/schemas/{}", it.schema);
        it.roles
            .iter()
            .map(move |role| ((*role).to_owned(), Value::from(path.clone())))
    });
    let paths: Map<String, Value> = paths.collect();
    let message =
        json!({"oneOf": any, "discriminator": {"propertyName": "role", "mapping": paths}});
    schemas.insert("ChatMessage".to_owned(), message);
    let block = object(
        "What the model thought, signed by the provider, or for its eyes only. Send it back as it is.",
        THINKING,
        &["type"],
    );
    schemas.insert("ThinkingBlock".to_owned(), block);
    schemas
}
