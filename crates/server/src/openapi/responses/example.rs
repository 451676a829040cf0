//! Requests that can be sent as they stand.

use serde_json::{Value, json};

use crate::openapi::named;

const TOOL: &str = "tide_at";

/// Returns the examples by name.
pub(super) fn requests(names: &[&str]) -> Value {
    let question = "Why does the tide rise twice a day?";
    let examples = vec![
        ("question", "A question", json!({"input": question})),
        (
            "stream",
            "A stream",
            json!({"input": question, "stream": true}),
        ),
        (
            "settings",
            "With instructions and limits",
            json!({
                "instructions": "Answer in one sentence.",
                "input": [{"role": "user", "content": [{"type": "input_text", "text": "What is a neap tide?"}]}],
                "max_output_tokens": 200, "temperature": 0.2, "store": false,
            }),
        ),
        ("tools", "A call of a tool", tools()),
        ("results", "The turn after it", results()),
    ];
    named(examples, names)
}

fn tool() -> Value {
    json!({
        "type": "function",
        "name": TOOL,
        "description": "Times of high water.",
        "parameters": {
            "type": "object",
            "properties": {"port": {"type": "string"}, "day": {"type": "string"}},
            "required": ["port"],
        },
    })
}

fn tools() -> Value {
    json!({
        "input": "When is high water in Brest?",
        "tools": [tool()],
        "tool_choice": {"type": "function", "name": TOOL},
    })
}

fn results() -> Value {
    json!({
        "input": [
            {"role": "user", "content": "When is high water in Brest?"},
            {"type": "function_call", "call_id": "call_1", "name": TOOL, "arguments": "{\"port\":\"Brest\"}"},
            {"type": "function_call_output", "call_id": "call_1", "output": "05:12 and 17:38"},
        ],
        "tools": [tool()],
    })
}
