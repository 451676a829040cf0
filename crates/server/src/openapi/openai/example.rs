//! Requests that can be sent as they stand.

use serde_json::{Value, json};
use tidegate_wire::Operation;

use crate::openapi::named;

/// Returns an operation's examples by name; `model` is the first of the configured names.
pub(super) fn requests(operation: Operation, names: &[&str]) -> Value {
    let examples = match operation {
        Operation::Chat => chat(),
        Operation::Completions => vec![
            (
                "text",
                "A text",
                json!({"prompt": "The best day of the week is", "max_tokens": 32}),
            ),
            (
                "stream",
                "A stream",
                json!({"prompt": "Once upon a time", "stream": true}),
            ),
        ],
        Operation::Embeddings => vec![
            (
                "texts",
                "Two texts",
                json!({"input": ["high tide", "low tide"]}),
            ),
            (
                "base64",
                "Short vectors in base64",
                json!({"input": "high tide", "dimensions": 64, "encoding_format": "base64"}),
            ),
        ],
    };
    named(examples, names)
}

fn chat() -> Vec<(&'static str, &'static str, Value)> {
    let question = || json!([{"role": "user", "content": "Why does the tide rise twice a day?"}]);
    vec![
        ("question", "A question", json!({"messages": question()})),
        (
            "stream",
            "A stream that ends with token counts",
            json!({"messages": question(), "stream": true, "stream_options": {"include_usage": true}}),
        ),
        (
            "settings",
            "With instructions and limits",
            json!({
                "messages": [
                    {"role": "developer", "content": "Answer in one sentence."},
                    {"role": "user", "content": "What is a neap tide?"},
                ],
                "max_completion_tokens": 200, "temperature": 0.2, "stop": ["\n\n"], "reasoning_effort": "low",
            }),
        ),
        ("tools", "A call of a tool", tools()),
        ("results", "The turn after it", results()),
        ("schema", "An answer of a schema", schema()),
        ("image", "A picture", image()),
    ]
}

const TOOL: &str = "tide_at";

fn tool() -> Value {
    json!({"type": "function", "function": {
        "name": TOOL,
        "description": "Times of high water.",
        "parameters": {
            "type": "object",
            "properties": {"port": {"type": "string"}, "day": {"type": "string"}},
            "required": ["port"],
        },
    }})
}

fn tools() -> Value {
    json!({
        "messages": [{"role": "user", "content": "When is high water in Brest?"}],
        "tools": [tool()],
        "tool_choice": {"type": "function", "function": {"name": TOOL}},
        "parallel_tool_calls": false,
    })
}

fn results() -> Value {
    let call = json!({
        "id": "call_1",
        "type": "function",
        "function": {"name": TOOL, "arguments": "{\"port\":\"Brest\"}"},
    });
    json!({
        "messages": [
            {"role": "user", "content": "When is high water in Brest?"},
            {
                "role": "assistant",
                "content": null,
                "reasoning_content": "The tool knows.",
                "thinking_blocks": [{"type": "thinking", "thinking": "The tool knows.", "signature": "EqMB"}],
                "tool_calls": [call],
            },
            {"role": "tool", "tool_call_id": "call_1", "content": "05:12 and 17:38"},
        ],
        "tools": [tool()],
    })
}

fn schema() -> Value {
    let schema = json!({
        "type": "object",
        "properties": {"name": {"type": "string"}, "metres": {"type": "number"}},
        "required": ["name", "metres"],
        "additionalProperties": false,
    });
    json!({
        "messages": [{"role": "user", "content": "Where is the tide highest?"}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "place", "strict": true, "schema": schema}},
    })
}

/// A red point of one by one pixel.
const POINT: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

fn image() -> Value {
    json!({"messages": [{"role": "user", "content": [
        {"type": "text", "text": "Which colour is this?"},
        {"type": "image_url", "image_url": {"url": POINT, "detail": "low"}},
    ]}]})
}
