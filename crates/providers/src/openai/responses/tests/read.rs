//! What answers say, whole and in pieces.

use std::fmt::Write as _;

use serde_json::{Value, json};
use tidegate_wire::event::{DecodeError, Decoder, Event};
use tidegate_wire::fold::Answer;
use tidegate_wire::frame::Frame;

use super::super::ResponsesDecoder;

/// Returns how an answer reads, whole.
fn whole(response: &Value) -> Result<String, DecodeError> {
    let mut decoder = ResponsesDecoder::new(true);
    let mut events = Vec::new();
    decoder.frame(Frame::Whole(response.to_string().as_bytes()), &mut events)?;
    Ok(folded(events))
}

/// Returns how a stream reads.
fn streamed(frames: &[Value]) -> Result<String, DecodeError> {
    let mut decoder = Box::new(ResponsesDecoder::new(true));
    let mut events = Vec::new();
    for frame in frames {
        let data = frame.to_string();
        let event = frame["type"].as_str();
        decoder.frame(Frame::Sse { event, data: &data }, &mut events)?;
    }
    decoder.end()?;
    Ok(folded(events))
}

fn folded(events: Vec<Event>) -> String {
    format!("{:#?}", events.into_iter().collect::<Answer>())
}

/// An answer of all kinds of items.
fn response(status: &str) -> Value {
    json!({"id": "resp_1", "created_at": 7, "model": "gpt-5", "status": status, "error": null, "output": [
        {"type": "reasoning", "id": "rs_1", "encrypted_content": "gAAA", "summary": [
            {"type": "summary_text", "text": "First."}, {"type": "summary_text", "text": "Then."},
        ]},
        {"type": "reasoning", "id": "rs_2", "summary": [], "content": [{"type": "reasoning_text", "text": "Open."}]},
        {"type": "reasoning", "id": "rs_3", "summary": [], "encrypted_content": "gBBB"},
        {"type": "web_search_call", "id": "ws_1", "status": "completed", "arguments": {"a": 1}, "content": "odd"},
        {"type": "message", "id": "msg_1", "role": "assistant", "content": [
            {"type": "output_text", "text": "Rain.", "logprobs": [{"token": "Rain.", "logprob": -0.5, "top_logprobs": []}],
                "annotations": [{"type": "url_citation", "start_index": 0, "end_index": 5, "url": "https://h", "title": "t"}]},
            {"type": "refusal", "refusal": "No more."},
        ]},
        {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": "{\"a\":1}"},
        {"type": "function_call", "id": "fc_2", "call_id": "call_2", "name": "g", "arguments": ""},
        {"type": "custom_tool_call", "id": "ctc_1", "call_id": "call_3", "name": "sh", "input": "say \"hi\""},
    ], "usage": {
        "input_tokens": 10, "input_tokens_details": {"cached_tokens": 4}, "output_tokens": 6,
        "output_tokens_details": {"reasoning_tokens": 2}, "total_tokens": 16,
    }})
}

/// Sends an answer as a stream of words.
fn frames(response: &Value) -> Vec<Value> {
    let mut begun = response.clone();
    (begun["status"], begun["usage"], begun["output"]) =
        (json!("in_progress"), Value::Null, json!([]));
    let mut frames = vec![
        json!({"type": "response.created", "response": begun}),
        json!({"type": "response.invented", "delta": "x"}),
        json!({"type": "invented"}),
    ];
    for (place, item) in response["output"].as_array().unwrap().iter().enumerate() {
        let mut head = item.clone();
        for emptied in [
            "summary",
            "content",
            "arguments",
            "input",
            "encrypted_content",
        ] {
            head.as_object_mut().unwrap().shift_remove(emptied);
        }
        frames.push(
            json!({"type": "response.output_item.added", "output_index": place, "item": head}),
        );
        let mut delta = |kind: &str, index: &str, part: usize, text: &Value| {
            for piece in text.as_str().unwrap_or_default().split_inclusive(' ') {
                let kind = format!("response.{kind}.delta");
                frames.push(
                    json!({"type": kind, "output_index": place, index: part, "delta": piece}),
                );
            }
        };
        for (part, it) in item["summary"].as_array().into_iter().flatten().enumerate() {
            delta("reasoning_summary_text", "summary_index", part, &it["text"]);
        }
        for (part, it) in item["content"].as_array().into_iter().flatten().enumerate() {
            match it["type"].as_str().unwrap() {
                "reasoning_text" => delta("reasoning_text", "content_index", part, &it["text"]),
                "refusal" => delta("refusal", "content_index", part, &it["refusal"]),
                _ => delta("output_text", "content_index", part, &it["text"]),
            }
        }
        delta("function_call_arguments", "part", 0, &item["arguments"]);
        delta("custom_tool_call_input", "part", 0, &item["input"]);
        frames.push(
            json!({"type": "response.output_item.done", "output_index": place, "item": item}),
        );
    }
    let status = response["status"].as_str().unwrap();
    frames.push(json!({"type": format!("response.{status}"), "response": response}));
    frames
}

#[test]
fn a_stream_reads_as_the_whole_answer() {
    let response = response("completed");
    let read = whole(&response).unwrap();
    let frames = frames(&response);
    assert_eq!(streamed(&frames).unwrap(), read);
    // A provider that sends items whole only.
    let deltas = |frame: &Value| frame["type"].as_str().unwrap().contains(".delta");
    let items: Vec<Value> = frames.iter().filter(|it| !deltas(it)).cloned().collect();
    assert_eq!(streamed(&items).unwrap(), read);
    for cut in 0..frames.len() {
        assert_eq!(streamed(&frames[..cut]), Err(DecodeError::CutOff), "{cut}");
    }
    let mut after = frames.clone();
    after.extend_from_slice(&frames[3..]);
    assert_eq!(streamed(&after).unwrap(), read);
}

#[test]
fn all_that_an_answer_says_is_read() {
    let mut events = Vec::new();
    let bytes = response("completed").to_string();
    let mut decoder = ResponsesDecoder::new(true);
    decoder
        .frame(Frame::Whole(bytes.as_bytes()), &mut events)
        .unwrap();
    let mut told = String::new();
    for event in events {
        writeln!(told, "{event:?}").unwrap();
    }
    let want = r#"Started { id: Some("resp_1"), model: Some("gpt-5"), created: Some(7) }
Reasoning { choice: 0, text: "First." }
Reasoning { choice: 0, text: "\n\nThen." }
Signature { choice: 0, of: Reasoning, signature: "gAAA" }
Reasoning { choice: 0, text: "Open." }
Signature { choice: 0, of: Reasoning, signature: "gBBB" }
Text { choice: 0, text: "Rain." }
Refusal { choice: 0, text: "No more." }
Member { choice: 0, name: "annotations", value: Array [Object {"type": String("url_citation"), "url_citation": Object {"start_index": Number(0), "end_index": Number(5), "url": String("https://h"), "title": String("t")}}] }
Logprobs { choice: 0, logprobs: Object {"content": Array [Object {"token": String("Rain."), "logprob": Number(-0.5), "top_logprobs": Array []}], "refusal": Null} }
ToolCall { choice: 0, index: 0, id: "call_1", name: "f" }
ToolArguments { choice: 0, index: 0, json: "{\"a\":1}" }
ToolCall { choice: 0, index: 1, id: "call_2", name: "g" }
ToolArguments { choice: 0, index: 1, json: "{}" }
ToolCall { choice: 0, index: 2, id: "call_3", name: "sh" }
ToolArguments { choice: 0, index: 2, json: "{\"input\":\"say \\\"hi\\\"\"}" }
Noted { choice: 0, name: "native_finish_reason", text: "completed" }
Finished { choice: 0, reason: "tool_calls" }
Usage(Usage { prompt_tokens: Some(10), completion_tokens: Some(6), total_tokens: Some(16), details: {"prompt_tokens_details": Object {"cached_tokens": Number(4)}, "completion_tokens_details": Object {"reasoning_tokens": Number(2)}} })
"#;
    assert_eq!(told, want);
}

#[test]
fn endings_are_told() {
    for (status, details, want) in [
        ("completed", Value::Null, Ok("stop")),
        ("complete", Value::Null, Ok("stop")),
        (
            "incomplete",
            json!({"reason": "max_output_tokens"}),
            Ok("length"),
        ),
        (
            "incomplete",
            json!({"reason": "content_filter"}),
            Ok("content_filter"),
        ),
        ("incomplete", Value::Null, Ok("length")),
        (
            "in_progress",
            Value::Null,
            Err("it ended without a reason to finish"),
        ),
        (
            "cancelled",
            Value::Null,
            Err("The provider ended the answer as `cancelled` and without saying why."),
        ),
    ] {
        let body =
            json!({"status": status, "incomplete_details": details, "output": []}).to_string();
        let mut events = Vec::new();
        let read = ResponsesDecoder::new(false).frame(Frame::Whole(body.as_bytes()), &mut events);
        let reason = events.iter().find_map(|event| match event {
            Event::Finished { reason, .. } => Some(reason.as_str()),
            _ => None,
        });
        let told = read.map(|()| reason.unwrap_or_default());
        let told = told.map_err(|error| error.to_string());
        assert_eq!(told, want.map_err(str::to_owned), "{status}");
    }
}

#[test]
fn errors_are_told() {
    let failed = |code: &str| {
        json!({"type": "response.failed", "response": {
            "id": "resp_1", "status": "failed", "error": {"code": code, "message": "m"},
        }})
    };
    for (frame, code, kind, status) in [
        (
            failed("rate_limit_exceeded"),
            "rate_limit_exceeded",
            None,
            Some(429),
        ),
        (failed("server_error"), "server_error", None, Some(500)),
        (
            failed("invalid_image_url"),
            "invalid_image_url",
            None,
            Some(400),
        ),
        (failed("new"), "new", None, None),
        (
            json!({"type": "error", "code": "server_error", "message": "m", "param": null, "sequence_number": 3}),
            "server_error",
            None,
            Some(500),
        ),
        (
            json!({"type": "error", "error": {"type": "invalid_request_error", "code": "c", "message": "m"}}),
            "c",
            Some("invalid_request_error"),
            Some(400),
        ),
    ] {
        match streamed(std::slice::from_ref(&frame)) {
            Err(DecodeError::Reported(told)) => {
                let told = (told.message, told.code, told.kind, told.status);
                let want = (
                    "m".to_owned(),
                    Some(code.to_owned()),
                    kind.map(str::to_owned),
                    status,
                );
                assert_eq!(told, want, "{frame}");
            }
            other => panic!("{frame}: {other:?}"),
        }
    }
    let failed = json!({"status": "failed", "error": {"code": "server_error", "message": "m"}, "output": []});
    assert!(matches!(whole(&failed), Err(DecodeError::Reported(_))));
    assert!(matches!(whole(&json!({})), Err(DecodeError::Shape(_))));
}
