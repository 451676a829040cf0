//! What the Responses door writes: whole answers and streams, and what becomes of passing ones.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic here is a failed test; clippy's own exception covers test functions only, not their helpers"
)]

use bytes::BytesMut;
use serde_json::{Value, json};
use tidegate_wire::dialect::responses::Responses;
use tidegate_wire::dialect::{Context, Dialect as _, Observed, StreamError, Tap, Voice};
use tidegate_wire::event::{DecodeError, Event, Signed};
use tidegate_wire::fold::Answer;
use tidegate_wire::{Counts, Operation};

fn voice(request: &Value) -> Box<dyn Voice> {
    let decoded = Responses.decode(Operation::Chat, request.to_string().as_bytes());
    decoded.map_or_else(|fault| panic!("{fault:?}"), |decoded| decoded.voice)
}

fn context() -> Context {
    Context {
        now: 7,
        model: Some("m".to_owned()),
        id: "a".to_owned(),
    }
}

fn plain(request: &Value, events: Vec<Event>) -> Value {
    let answer: Answer = events.into_iter().collect();
    serde_json::from_slice(&voice(request).plain(answer, &context())).unwrap()
}

/// Returns the stream without the responses, which are looked at elsewhere.
fn stream(request: &Value, batches: Vec<Vec<Event>>, end: Result<(), &StreamError>) -> Vec<String> {
    let mut encoder = voice(request).stream(context());
    let mut out = BytesMut::new();
    for batch in batches {
        encoder.events(batch, &mut out);
    }
    encoder.end(end, &mut out);
    let text = String::from_utf8(out.to_vec()).unwrap();
    let frames = text.split_terminator("\n\n");
    let data = frames.map(|frame| frame.split_once("\ndata: ").unwrap().1);
    data.map(|data| {
        let mut event: Value = serde_json::from_str(data).unwrap();
        let members = event.as_object_mut().unwrap();
        members.shift_remove("sequence_number");
        members.shift_remove("response");
        let kind = members.shift_remove("type").unwrap();
        let kind = kind.as_str().unwrap().strip_prefix("response.").unwrap();
        format!("{kind} {event}")
    })
    .collect()
}

fn started() -> Event {
    Event::Started {
        id: Some("chatcmpl-1".to_owned()),
        model: Some("gpt".to_owned()),
        created: Some(5),
    }
}

fn text(text: &str) -> Event {
    Event::Text {
        choice: 0,
        text: text.to_owned(),
    }
}

fn call(index: u32, name: &str) -> Event {
    Event::ToolCall {
        choice: 0,
        index,
        id: format!("c{index}"),
        name: name.to_owned(),
    }
}

fn arguments(index: u32, json: &str) -> Event {
    Event::ToolArguments {
        choice: 0,
        index,
        json: json.to_owned(),
    }
}

fn signed(of: Signed) -> Event {
    Event::Signature {
        choice: 0,
        of,
        signature: "s".to_owned(),
    }
}

fn thought(text: &str) -> Event {
    Event::Reasoning {
        choice: 0,
        text: text.to_owned(),
    }
}

fn finished(reason: &str) -> Event {
    Event::Finished {
        choice: 0,
        reason: reason.to_owned(),
    }
}

#[test]
fn a_response_tells_what_was_asked_and_what_became_of_it() {
    let request = json!({
        "model": "route", "input": "hi", "instructions": "i", "max_output_tokens": 9, "temperature": 0.5, "store": true,
        "tools": [{"type": "function", "name": "f", "parameters": {}}], "text": {"format": {"type": "json_object"}},
        "reasoning": {"effort": "low"}, "metadata": {"k": "v"}, "user": "u", "truncation": "auto",
    });
    let counts = Counts {
        prompt: Some(3),
        completion: Some(4),
        cached: Some(2),
        reasoning: Some(1),
        ..Counts::default()
    };
    let events = vec![
        started(),
        thought("hm"),
        signed(Signed::Reasoning),
        text("a"),
        Event::Member {
            choice: 0,
            name: "annotations".to_owned(),
            value: json!([{"type": "url_citation", "url_citation": {"url": "u", "title": "t", "start_index": 0, "end_index": 1}}]),
        },
        call(0, "f"),
        Event::Usage(counts.usage().unwrap()),
        finished("tool_calls"),
    ];
    let want = json!({
        "id": "resp_chatcmpl-1", "object": "response", "created_at": 5, "status": "completed", "background": false,
        "error": null, "incomplete_details": null, "instructions": "i", "max_output_tokens": 9, "max_tool_calls": null,
        "model": "gpt",
        "output": [
            {"id": "rs_chatcmpl-1_0", "type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}],
             "encrypted_content": "s"},
            {"id": "msg_chatcmpl-1_1", "type": "message", "status": "completed", "role": "assistant", "content": [
                {"type": "output_text", "annotations": [
                    {"type": "url_citation", "url": "u", "title": "t", "start_index": 0, "end_index": 1},
                 ], "logprobs": [], "text": "a"},
            ]},
            {"id": "fc_chatcmpl-1_2", "type": "function_call", "status": "completed", "arguments": "{}", "call_id": "c0",
             "name": "f"},
        ],
        "parallel_tool_calls": true, "previous_response_id": null, "prompt_cache_key": null,
        "prompt_cache_retention": null, "reasoning": {"effort": "low", "summary": null}, "safety_identifier": null,
        "service_tier": "auto", "store": false, "temperature": 0.5,
        "text": {"format": {"type": "json_object"}, "verbosity": "medium"}, "tool_choice": "auto",
        "tools": [{"type": "function", "name": "f", "parameters": {}}], "top_logprobs": 0, "top_p": null,
        "truncation": "disabled",
        "usage": {"input_tokens": 3, "input_tokens_details": {"cached_tokens": 2, "cache_write_tokens": 0}, "output_tokens": 4,
                  "output_tokens_details": {"reasoning_tokens": 1}, "total_tokens": 7},
        "user": "u", "metadata": {"k": "v"},
    });
    assert_eq!(plain(&request, events).to_string(), want.to_string());
}

#[test]
fn an_answer_that_lacks_something_says_what() {
    let request = json!({"input": "hi"});
    for (events, status, details, output) in [
        (vec![], "completed", Value::Null, json!([])),
        (
            vec![text("a"), finished("length")],
            "incomplete",
            json!({"reason": "max_output_tokens"}),
            json!([{"id": "msg_a_0", "type": "message", "status": "incomplete", "role": "assistant",
                    "content": [{"type": "output_text", "annotations": [], "logprobs": [], "text": "a"}]}]),
        ),
        (
            vec![
                call(0, "f"),
                arguments(0, "{}"),
                call(1, "f"),
                arguments(1, "{\"a"),
                finished("length"),
            ],
            "incomplete",
            json!({"reason": "max_output_tokens"}),
            json!([
                {"id": "fc_a_0", "type": "function_call", "status": "completed", "arguments": "{}", "call_id": "c0",
                 "name": "f"},
                {"id": "fc_a_1", "type": "function_call", "status": "incomplete", "arguments": "{\"a", "call_id": "c1",
                 "name": "f"},
            ]),
        ),
        (
            vec![
                Event::Refusal {
                    choice: 0,
                    text: "no".to_owned(),
                },
                finished("content_filter"),
            ],
            "incomplete",
            json!({"reason": "content_filter"}),
            json!([{"id": "msg_a_0", "type": "message", "status": "incomplete", "role": "assistant",
                    "content": [{"type": "refusal", "refusal": "no"}]}]),
        ),
    ] {
        let told = plain(&request, events);
        assert_eq!(
            [
                &told["status"],
                &told["incomplete_details"],
                &told["output"]
            ],
            [&json!(status), &details, &output]
        );
    }
}

#[test]
fn items_are_told_one_after_the_other() {
    let request = json!({"input": "hi", "tools": [{"type": "custom", "name": "patch"},
        {"type": "namespace", "name": "n", "tools": [{"type": "function", "name": "f"}]}]});
    let batches = vec![
        vec![started()],
        vec![text("a"), signed(Signed::Text)],
        // The second call waits until the first is whole.
        vec![
            call(0, "n__f"),
            signed(Signed::Call(0)),
            arguments(0, "{\"x\":"),
            call(1, "patch"),
        ],
        vec![arguments(1, "{\"input\":\"b\"}")],
        vec![arguments(0, "1}")],
        vec![finished("tool_calls")],
    ];
    let want = [
        "created {}",
        "in_progress {}",
        r#"output_item.added {"output_index":0,"item":{"id":"rs_chatcmpl-1_0","type":"reasoning","summary":[],"encrypted_content":"tidegate.text.s"}}"#,
        r#"output_item.done {"output_index":0,"item":{"id":"rs_chatcmpl-1_0","type":"reasoning","summary":[],"encrypted_content":"tidegate.text.s"}}"#,
        r#"output_item.added {"output_index":1,"item":{"id":"msg_chatcmpl-1_1","type":"message","status":"in_progress","role":"assistant","content":[]}}"#,
        r#"content_part.added {"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""},"item_id":"msg_chatcmpl-1_1","output_index":1,"content_index":0}"#,
        r#"output_text.delta {"delta":"a","logprobs":[],"item_id":"msg_chatcmpl-1_1","output_index":1,"content_index":0}"#,
        r#"output_text.done {"text":"a","logprobs":[],"item_id":"msg_chatcmpl-1_1","output_index":1,"content_index":0}"#,
        r#"content_part.done {"part":{"type":"output_text","annotations":[],"logprobs":[],"text":"a"},"item_id":"msg_chatcmpl-1_1","output_index":1,"content_index":0}"#,
        r#"output_item.done {"output_index":1,"item":{"id":"msg_chatcmpl-1_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"a"}]}}"#,
        r#"output_item.added {"output_index":2,"item":{"id":"rs_chatcmpl-1_2","type":"reasoning","summary":[],"encrypted_content":"tidegate.call.YzA.s"}}"#,
        r#"output_item.done {"output_index":2,"item":{"id":"rs_chatcmpl-1_2","type":"reasoning","summary":[],"encrypted_content":"tidegate.call.YzA.s"}}"#,
        r#"output_item.added {"output_index":3,"item":{"id":"fc_chatcmpl-1_3","type":"function_call","status":"in_progress","arguments":"","call_id":"c0","name":"f","namespace":"n"}}"#,
        r#"function_call_arguments.delta {"item_id":"fc_chatcmpl-1_3","output_index":3,"delta":"{\"x\":"}"#,
        r#"function_call_arguments.delta {"item_id":"fc_chatcmpl-1_3","output_index":3,"delta":"1}"}"#,
        r#"function_call_arguments.done {"item_id":"fc_chatcmpl-1_3","output_index":3,"arguments":"{\"x\":1}","name":"f"}"#,
        r#"output_item.done {"output_index":3,"item":{"id":"fc_chatcmpl-1_3","type":"function_call","status":"completed","arguments":"{\"x\":1}","call_id":"c0","name":"f","namespace":"n"}}"#,
        r#"output_item.added {"output_index":4,"item":{"id":"ctc_chatcmpl-1_4","type":"custom_tool_call","status":"in_progress","call_id":"c1","name":"patch","input":""}}"#,
        r#"custom_tool_call_input.delta {"item_id":"ctc_chatcmpl-1_4","output_index":4,"delta":"b"}"#,
        r#"custom_tool_call_input.done {"item_id":"ctc_chatcmpl-1_4","output_index":4,"input":"b"}"#,
        r#"output_item.done {"output_index":4,"item":{"id":"ctc_chatcmpl-1_4","type":"custom_tool_call","status":"completed","call_id":"c1","name":"patch","input":"b"}}"#,
        "completed {}",
    ];
    assert_eq!(stream(&request, batches, Ok(())), want);
}

#[test]
fn what_is_kept_grows_with_every_item() {
    let mut encoder = voice(&json!({"input": "x"})).stream(context());
    let mut out = BytesMut::new();
    let calls = |range: std::ops::Range<u32>| range.map(|index| call(index, "")).collect();
    encoder.events(calls(0..4096), &mut out);
    let kept = encoder.kept();
    assert!(kept > 4096 * 100, "{kept}");
    // More calls are a broken answer, as in one that comes whole.
    encoder.events(calls(4096..5000), &mut out);
    assert!(encoder.kept() < kept + 904 * 100);
}

#[test]
fn errors_have_codes_that_clients_know() {
    for (kind, code, want) in [
        ("upstream_error", Some("stream_interrupted"), "server_error"),
        ("overloaded_error", None, "server_error"),
        ("rate_limit_error", None, "rate_limit_exceeded"),
        ("RESOURCE_EXHAUSTED", Some("429"), "rate_limit_exceeded"),
        ("throttlingException", None, "rate_limit_exceeded"),
        ("tokens", Some("rate_limit_exceeded"), "rate_limit_exceeded"),
        ("insufficient_quota", None, "insufficient_quota"),
        (
            "invalid_request_error",
            Some("context_length_exceeded"),
            "context_length_exceeded",
        ),
    ] {
        let error = StreamError {
            message: "m".to_owned(),
            kind: kind.to_owned(),
            code: code.map(str::to_owned),
        };
        let mut out = BytesMut::new();
        voice(&json!({"input": ""}))
            .stream(context())
            .end(Err(&error), &mut out);
        let told = String::from_utf8(out.to_vec()).unwrap();
        let want = format!(r#""error":{{"code":"{want}","message":"m"}}"#);
        assert!(told.contains(&want), "{told}");
        assert_eq!(told.matches("event: response.failed\n").count(), 1);
    }
}

fn tap() -> Box<dyn Tap> {
    Responses.tap().unwrap()
}

#[test]
fn a_passing_stream_ends_with_its_response() {
    let error =
        |kind: &str| json!({"type": kind, "response": {"error": {"code": "c", "message": "m"}}});
    for (data, want) in [
        (
            json!({"type": "response.created", "response": {}}),
            Ok(Observed::Content),
        ),
        (
            json!({"type": "response.novelty", "sequence_number": "x"}),
            Ok(Observed::Content),
        ),
        (json!([1]), Ok(Observed::Content)),
        (
            json!({"type": "response.completed", "response": {}}),
            Ok(Observed::Done),
        ),
        (
            json!({"type": "response.incomplete", "response": {}}),
            Ok(Observed::Done),
        ),
        (error("response.failed"), Ok(Observed::Error)),
        (
            json!({"type": "error", "code": "c", "message": "m"}),
            Ok(Observed::Error),
        ),
        (
            json!({"error": {"code": "c", "message": "m"}}),
            Ok(Observed::OddError(
                tidegate_wire::event::ReportedError::read(&json!({"code": "c", "message": "m"})),
            )),
        ),
    ] {
        assert_eq!(tap().observe("", &data.to_string()), want, "{data}");
    }
    assert_eq!(tap().observe("", "[DONE]"), Err(DecodeError::Unfinished));
    assert!(matches!(
        tap().observe("", "{"),
        Err(DecodeError::BrokenJson(_))
    ));
    assert_eq!(
        tap().observe("response.completed", "{}"),
        Ok(Observed::Done)
    );
}

#[test]
fn a_cut_stream_fails_under_the_next_number() {
    let mut tap = tap();
    for event in [
        json!({"type": "response.created", "sequence_number": 0,
               "response": {"id": "resp_1", "object": "response", "status": "in_progress", "model": "gpt", "error": null}}),
        json!({"type": "response.output_text.delta", "sequence_number": 4}),
    ] {
        assert_eq!(tap.observe("", &event.to_string()), Ok(Observed::Content));
    }
    assert!(!tap.finished());
    let error = StreamError {
        message: "cut".to_owned(),
        kind: "upstream_error".to_owned(),
        code: None,
    };
    let mut out = BytesMut::new();
    tap.end(Err(&error), &mut out);
    let want = concat!(
        "event: response.failed\n",
        r#"data: {"type":"response.failed","sequence_number":5,"response":{"id":"resp_1","object":"response","#,
        r#""status":"failed","model":"gpt","error":{"code":"server_error","message":"cut"}}}"#,
        "\n\n"
    );
    assert_eq!(out, want);
    assert_eq!(tap.told().model.as_deref(), Some("gpt"));
}

#[test]
fn a_passing_answer_is_a_response() {
    let told = |body: &Value| {
        let mut tap = tap();
        tap.inspect(body.to_string().as_bytes())
            .map(|()| tap.told())
    };
    let usage = json!({"input_tokens": 3, "output_tokens": 4, "total_tokens": 7,
                       "output_tokens_details": {"reasoning_tokens": 1}});
    let response = told(&json!({"object": "response", "model": "gpt", "usage": usage})).unwrap();
    assert_eq!(response.model.as_deref(), Some("gpt"));
    let counts = Counts {
        prompt: Some(3),
        completion: Some(4),
        total: Some(7),
        reasoning: Some(1),
        ..Counts::default()
    };
    assert_eq!(response.usage, counts.usage());
    let failed = json!({"object": "response", "status": "failed", "error": {"code": "c", "message": "m"}, "usage": null});
    assert!(told(&failed).is_ok());
    assert!(matches!(
        told(&json!({"error": {"message": "m"}})),
        Err(DecodeError::Reported(_))
    ));
    assert!(matches!(told(&json!({})), Err(DecodeError::Shape(_))));
}
