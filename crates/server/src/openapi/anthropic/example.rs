//! Requests that can be sent as they stand.

use serde_json::{Value, json};

use crate::openapi::named;

const TOOL: &str = "tide_at";

/// Returns examples of messages.
pub(super) fn messages(names: &[&str]) -> Value {
    let question = || json!([{"role": "user", "content": "Why does the tide rise twice a day?"}]);
    let examples = vec![
        (
            "question",
            "A question",
            json!({"max_tokens": 1024, "messages": question()}),
        ),
        (
            "stream",
            "A stream",
            json!({"max_tokens": 1024, "messages": question(), "stream": true}),
        ),
        (
            "settings",
            "With instructions and limits",
            json!({
                "max_tokens": 200,
                "system": [{"type": "text", "text": "Answer in one sentence.", "cache_control": {"type": "ephemeral"}}],
                "messages": [{"role": "user", "content": [{"type": "text", "text": "What is a neap tide?"}]}],
                "temperature": 0.2, "stop_sequences": ["\n\n"],
            }),
        ),
        ("tools", "A call of a tool", tools()),
        ("results", "The turn after it", results()),
    ];
    named(examples, names)
}

/// Returns examples of what is to be counted.
pub(super) fn counted(names: &[&str]) -> Value {
    let text =
        json!({"messages": [{"role": "user", "content": "Why does the tide rise twice a day?"}]});
    named(vec![("question", "A question", text)], names)
}

fn tool() -> Value {
    json!({
        "name": TOOL,
        "description": "Times of high water.",
        "input_schema": {
            "type": "object",
            "properties": {"port": {"type": "string"}, "day": {"type": "string"}},
            "required": ["port"],
        },
    })
}

fn tools() -> Value {
    json!({
        "max_tokens": 1024,
        "messages": [{"role": "user", "content": "When is high water in Brest?"}],
        "tools": [tool()],
        "tool_choice": {"type": "tool", "name": TOOL},
    })
}

fn results() -> Value {
    json!({
        "max_tokens": 1024,
        "messages": [
            {"role": "user", "content": "When is high water in Brest?"},
            {"role": "assistant", "content": [
                {"type": "text", "text": "The tool knows."},
                {"type": "tool_use", "id": "toolu_1", "name": TOOL, "input": {"port": "Brest"}},
            ]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": "05:12 and 17:38"},
            ]},
        ],
        "tools": [tool()],
    })
}
