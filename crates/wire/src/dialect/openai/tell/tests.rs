//! Conversations and what is written of them.

use serde_json::{Value, json};

use super::super::{chat_request, conversation};
use super::*;
use crate::conversation::{
    CallResult, Content, Image, Part, Source, Speaker, Tool, ToolChoice, Turn,
};

/// Reads a request's members as a conversation.
fn read(body: &Value) -> Conversation {
    let Value::Object(members) = body.clone() else {
        panic!("{body}")
    };
    conversation(&chat_request(members).unwrap()).unwrap()
}

fn written(asked: &Conversation) -> (Value, String) {
    let (body, report) = conversation_body(asked).unwrap();
    (Value::Object(body), report.to_string())
}

#[test]
fn what_is_read_is_written_again() {
    let function = json!({"type": "function", "function": {
        "name": "f", "description": "F", "parameters": {"type": "object"}, "strict": true},
        "cache_control": {"type": "ephemeral"}});
    for body in [
        json!({"messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "name": "ann", "content": [
                {"type": "text", "text": "Look", "cache_control": {"type": "ephemeral"}},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBO", "detail": "low"}},
                {"type": "input_audio", "input_audio": {"format": "wav", "data": "UklG"}},
                {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBE", "filename": "a.pdf"}},
                {"type": "file", "file": {"file_id": "x"}},
                {"type": "video", "video": "v"},
            ]},
            {"role": "assistant", "reasoning_content": "hm",
             "thinking_blocks": [{"type": "thinking", "thinking": "hm", "signature": "s"},
                                 {"type": "redacted_thinking", "data": "r"}],
             "content": null,
             "tool_calls": [{"id": "c1", "type": "function",
                             "function": {"name": "f", "arguments": "{\"a\":1.50}"},
                             "extra_content": {"google": {"thought_signature": "g"}}}]},
            {"role": "tool", "tool_call_id": "c1", "content": "one"},
            {"role": "tool", "tool_call_id": "c1", "content": [
                {"type": "text", "text": "a"},
                {"type": "text", "text": "b", "cache_control": {"type": "ephemeral"}}]},
            {"role": "system", "content": [{"type": "text", "text": "Still"}, {"type": "text", "text": "brief."}]},
            {"role": "assistant", "reasoning_content": "so", "content": "Yes.",
             "extra_content": {"google": {"thought_signature": "t"}}},
            {"role": "assistant", "content": null, "refusal": "No."},
        ], "tools": [function, {"type": "custom", "custom": {"name": "g"}}], "tool_choice": "required",
           "parallel_tool_calls": false, "response_format": {"type": "json_schema", "json_schema": {
               "name": "n", "schema": {"type": "object"}, "strict": true}},
           "temperature": 0.5, "max_tokens": 7, "top_k": 3, "stream": true}),
        json!({"messages": [], "tools": [function], "response_format": {"type": "json_object"},
               "tool_choice": {"type": "function", "function": {"name": "f"}}}),
        json!({"messages": [{"role": "user", "content": ""}], "tools": [function],
               "response_format": {"type": "text"},
               "tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "required",
                   "tools": [{"type": "function", "function": {"name": "f"}}]}}}),
    ] {
        let (again, report) = written(&read(&body));
        assert_eq!(again, body);
        assert_eq!(report, "");
    }
}

#[test]
fn what_cannot_be_said_is_told() {
    let result = |failed, content| {
        Part::new(Content::Result(CallResult {
            call_id: "c".to_owned(),
            name: None,
            content,
            failed,
        }))
    };
    let image = Part::new(Content::Image(Image {
        source: Source::Url("https://h/a.png".to_owned()),
        detail: None,
    }));
    let url = json!({"type": "image_url", "image_url": {"url": "https://h/a.png"}});
    let mut signed = Part::text("a");
    signed.signature = Some("s".to_owned());
    let user = |parts| (Speaker::User, parts);
    for ((speaker, parts), messages, told) in [
        // Results come first, with texts only.
        (
            user(vec![
                Part::text("And?"),
                result(true, vec![Part::text("down")]),
                result(false, vec![image]),
            ]),
            json!([
                {"role": "tool", "tool_call_id": "c", "content": "down"},
                {"role": "tool", "tool_call_id": "c", "content": "(See the next message of the user.)"},
                {"role": "user", "content": [url, {"type": "text", "text": "And?"}]},
            ]),
            "dropped=tool_result.is_error",
        ),
        (
            user(vec![result(false, vec![])]),
            json!([{"role": "tool", "tool_call_id": "c", "content": []}]),
            "",
        ),
        (
            (Speaker::Assistant, vec![signed, Part::text("b")]),
            json!([{"role": "assistant", "content": [
                {"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}]),
            "dropped=thought_signature",
        ),
    ] {
        let asked = Conversation {
            turns: vec![Turn {
                speaker,
                parts,
                name: None,
            }],
            ..Conversation::default()
        };
        let (body, report) = written(&asked);
        assert_eq!(body["messages"], messages);
        assert_eq!(report, told);
    }
    for (choice, told) in [
        (ToolChoice::Auto, ""),
        (ToolChoice::None, ""),
        (ToolChoice::Required, "dropped=tool_choice"),
    ] {
        let asked = Conversation {
            choice: Some(choice),
            parallel_calls: Some(true),
            ..Conversation::default()
        };
        assert_eq!(written(&asked), (json!({"messages": []}), told.to_owned()));
    }
    let by_id = Conversation {
        turns: vec![Turn {
            speaker: Speaker::User,
            parts: vec![Part::new(Content::Image(Image {
                source: Source::Id("i".to_owned()),
                detail: None,
            }))],
            name: None,
        }],
        tools: vec![Tool::Own(json!({}))],
        ..Conversation::default()
    };
    let fault = conversation_body(&by_id).unwrap_err();
    assert_eq!(fault.status, 400);
    assert!(
        fault
            .message
            .starts_with("An image that is given by its id")
    );
}
