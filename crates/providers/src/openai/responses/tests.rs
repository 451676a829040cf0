//! What is written.

mod read;

use serde_json::{Value, json};
use tidegate_wire::{ChatRequest, Message};

use super::*;

/// Writes what a client of the OpenAI door asks of a model, with the report behind it.
fn written(model: &str, mut asked: Value) -> Result<(Value, String), String> {
    let messages = asked["messages"].take();
    let messages = messages.as_array().into_iter().flatten();
    let chat = ChatRequest {
        messages: messages
            .map(|message| Message(message.as_object().unwrap().clone()))
            .collect(),
        extra: asked.as_object().unwrap().clone(),
        ..ChatRequest::default()
    };
    let model = ResponsesModel {
        name: Some(model.to_owned()),
        address: None,
    };
    let asked = conversation(&chat).map_err(|fault| fault.message)?;
    let call = CallHead {
        faithful: true,
        ..CallHead::of(Operation::Chat)
    };
    let mut encoded = converse(call, &asked, &model).map_err(|fault| fault.message)?;
    assert_eq!(encoded.body.shift_remove("model"), Some(json!(model.name)));
    Ok((encoded.body.into(), encoded.report.to_string()))
}

#[test]
fn messages_become_items() {
    let user = json!({"type": "message", "role": "user", "content": "hi"});
    for (messages, instructions, input, report) in [
        (
            json!([
                {"role": "system", "content": "a"},
                {"role": "developer", "content": [{"type": "text", "text": "b"}, {"type": "text", "text": "c"}]},
                {"role": "user", "content": "hi"},
                {"role": "system", "content": "later"},
                {"role": "assistant", "content": "ho", "refusal": "no"},
            ]),
            json!("a\n\nb\n\nc"),
            json!([
                user,
                {"type": "message", "role": "developer", "content": "later"},
                {"type": "message", "role": "assistant", "content": [
                    {"type": "output_text", "text": "ho"}, {"type": "refusal", "refusal": "no"},
                ]},
            ]),
            "",
        ),
        (
            json!([{"role": "user", "name": "Ann", "content": [
                {"type": "text", "text": "see"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBO", "detail": "low"}},
                {"type": "image_url", "image_url": {"url": "https://h/a.png"}},
                {"type": "file", "file": {"file_data": "data:text/plain;base64,aGk="}},
                {"type": "file", "file": {"file_id": "file-1"}},
                {"type": "else", "a": 1},
            ]}]),
            Value::Null,
            json!([{"type": "message", "role": "user", "content": [
                {"type": "input_text", "text": "see"},
                {"type": "input_image", "image_url": "data:image/png;base64,iVBO", "detail": "low"},
                {"type": "input_image", "image_url": "https://h/a.png", "detail": "auto"},
                {"type": "input_file", "filename": "document.txt", "file_data": "data:text/plain;base64,aGk="},
                {"type": "input_file", "file_id": "file-1"},
                {"type": "else", "a": 1},
            ]}]),
            "dropped=messages.name",
        ),
        (
            json!([
                {"role": "user", "content": "hi"},
                {
                    "role": "assistant",
                    "content": "wait",
                    "thinking_blocks": [
                        {"type": "thinking", "thinking": "hm", "signature": "s1"},
                        {"type": "thinking", "thinking": "", "signature": "s2"},
                        {"type": "thinking", "thinking": "unsealed"},
                        {"type": "redacted_thinking", "data": "x"},
                    ],
                    "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1.0}"}}],
                },
                {"role": "tool", "tool_call_id": "c1", "content": "7"},
            ]),
            Value::Null,
            json!([
                user,
                {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}], "encrypted_content": "s1"},
                {"type": "reasoning", "summary": [], "encrypted_content": "s2"},
                {"type": "message", "role": "assistant", "content": "wait"},
                {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{\"a\":1.0}"},
                {"type": "function_call_output", "call_id": "c1", "output": "7"},
            ]),
            "dropped=reasoning_content,thinking_blocks",
        ),
    ] {
        let (body, told) = written("gpt-4o", json!({"messages": messages})).unwrap();
        let said = (&body["instructions"], &body["input"], told.as_str());
        assert_eq!(said, (&instructions, &input, report));
    }
    let audio = json!([{"role": "user", "content": [
        {"type": "input_audio", "input_audio": {"format": "wav", "data": "aGk="}},
    ]}]);
    let refused = written("gpt-4o", json!({"messages": audio})).unwrap_err();
    assert!(refused.contains("cannot take audio"), "{refused}");
}

#[test]
fn members_get_their_places() {
    let sealed = "reasoning.encrypted_content";
    let schema = json!({"name": "n", "schema": {"type": "object"}, "strict": true});
    for (model, asked, want, report) in [
        ("gpt-4o", json!({}), json!({"store": false}), ""),
        (
            "gpt-4o",
            json!({
                "temperature": 0.50, "top_p": 1, "max_completion_tokens": 20, "logprobs": true, "top_logprobs": 2,
                "user": "u", "metadata": {"a": "b"}, "store": true, "service_tier": "flex", "verbosity": "low",
                "safety_identifier": "s", "prompt_cache_key": "k", "truncation": "auto", "n": 1,
            }),
            json!({
                "top_logprobs": 2, "user": "u", "metadata": {"a": "b"}, "service_tier": "flex", "safety_identifier": "s",
                "prompt_cache_key": "k", "truncation": "auto", "max_output_tokens": 20, "temperature": 0.50, "top_p": 1,
                "store": true, "include": ["message.output_text.logprobs"], "text": {"verbosity": "low"},
            }),
            "",
        ),
        (
            "gpt-4o",
            json!({"stop": ["a"], "seed": 1, "n": 2, "logit_bias": {"1": 2}, "presence_penalty": 1, "max_tokens": 5}),
            json!({"max_output_tokens": 16, "store": false}),
            "dropped=stop,seed,n,logit_bias,presence_penalty; clamped=max_tokens:5>16",
        ),
        (
            "gpt-5-codex",
            json!({"temperature": 1, "top_p": 0.5}),
            json!({"store": false, "include": [sealed], "reasoning": {"summary": "auto"}}),
            "dropped=top_p",
        ),
        (
            "gpt-5.2",
            json!({"temperature": 0, "reasoning_effort": "none"}),
            json!({"temperature": 0, "store": false, "include": [sealed], "reasoning": {"effort": "none"}}),
            "",
        ),
        (
            "deployment",
            json!({"reasoning_effort": "low", "reasoning": {"summary": null, "context": "all_turns"}, "include": [sealed, "x"]}),
            json!({"store": false, "include": [sealed, "x"], "reasoning": {"effort": "low", "context": "all_turns"}}),
            "",
        ),
        (
            "gpt-4o",
            json!({"response_format": {"type": "json_schema", "json_schema": schema}, "text": {"verbosity": "high"}}),
            json!({"store": false, "text": {
                "format": {"type": "json_schema", "name": "n", "schema": {"type": "object"}, "strict": true},
                "verbosity": "high",
            }}),
            "",
        ),
    ] {
        let (mut body, told) = written(model, asked.clone()).unwrap();
        body.as_object_mut().unwrap().shift_remove("input");
        assert_eq!((body, told.as_str()), (want, report), "{asked}");
    }
}

#[test]
fn instructions_stay_in_the_input_where_some_json_is_asked_for() {
    let asked = json!({
        "messages": [{"role": "system", "content": "JSON, please"}],
        "response_format": {"type": "json_object"},
    });
    let want = json!({
        "input": [{"type": "message", "role": "developer", "content": "JSON, please"}],
        "store": false,
        "text": {"format": {"type": "json_object"}},
    });
    assert_eq!(written("gpt-4o", asked), Ok((want, String::new())));
}

#[test]
fn tools_are_flat() {
    let grammar = json!({"syntax": "lark", "definition": "d"});
    let tools = json!([
        {"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}, "strict": true}},
        {"type": "function", "function": {"name": "g"}},
        {"type": "custom", "custom": {"name": "sh", "format": {"type": "grammar", "grammar": grammar}}},
        {"type": "web_search"},
    ]);
    let flat = json!([
        {"type": "function", "name": "f", "description": "d", "parameters": {"type": "object"}, "strict": true},
        {"type": "function", "name": "g", "parameters": {"type": "object", "properties": {}}, "strict": false},
        {"type": "custom", "name": "sh", "format": {"type": "grammar", "syntax": "lark", "definition": "d"}},
        {"type": "web_search"},
    ]);
    let function = |name: &str| json!({"type": "function", "function": {"name": name}});
    for (choice, want) in [
        (json!("auto"), json!("auto")),
        (json!("none"), json!("none")),
        (json!("required"), json!("required")),
        (function("f"), json!({"type": "function", "name": "f"})),
        (
            json!({"type": "custom", "name": "sh"}),
            json!({"type": "custom", "name": "sh"}),
        ),
        (
            json!({"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [function("f")]}}),
            json!({"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "f"}]}),
        ),
    ] {
        let asked = json!({"tools": tools, "tool_choice": choice, "parallel_tool_calls": false, "messages": [
            {"role": "assistant", "tool_calls": [
                {"id": "c", "type": "function", "function": {"name": "sh", "arguments": "{\"input\":\"ls\"}"}},
            ]},
            {"role": "tool", "tool_call_id": "c", "content": "a"},
        ]});
        let want = json!({
            "input": [
                {"type": "custom_tool_call", "call_id": "c", "name": "sh", "input": "ls"},
                {"type": "custom_tool_call_output", "call_id": "c", "output": "a"},
            ],
            "tools": flat, "tool_choice": want, "parallel_tool_calls": false, "store": false,
        });
        assert_eq!(written("gpt-4o", asked), Ok((want, String::new())));
    }
}
