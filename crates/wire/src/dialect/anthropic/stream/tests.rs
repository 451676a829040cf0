//! Events and the streams they make.

use serde_json::Value;

use super::*;

fn context() -> Context {
    Context {
        now: 0,
        model: Some("m".to_owned()),
        id: "1".to_owned(),
    }
}

/// Writes batches of events and returns what the stream says, an event in a line, without its beginning.
fn told(batches: Vec<Vec<Event>>, outcome: Result<(), &StreamError>) -> Vec<String> {
    let mut out = BytesMut::new();
    let mut encoder = Box::new(MessageEncoder::new(context()));
    for batch in batches {
        encoder.events(batch, &mut out);
    }
    encoder.end(outcome, &mut out);
    let text = String::from_utf8(out.to_vec()).unwrap();
    let events = text.split_terminator("\n\n");
    events
        .map(|event| {
            let (name, data) = event.split_once("\ndata: ").unwrap();
            let data: Value = serde_json::from_str(data).unwrap();
            assert_eq!(name, format!("event: {}", data["type"].as_str().unwrap()));
            short(&data)
        })
        .collect()
}

fn short(event: &Value) -> String {
    let place = &event["index"];
    match event["type"].as_str().unwrap() {
        "message_start" => format!(
            "start {} {}",
            event["message"]["id"], event["message"]["usage"]["input_tokens"]
        ),
        "content_block_start" => format!("{place} {}", event["content_block"]),
        "content_block_delta" => {
            let delta = event["delta"].as_object().unwrap();
            let said = delta.values().nth(1).unwrap();
            format!("{place} {said}")
        }
        "content_block_stop" => format!("{place} stop"),
        "message_delta" => format!("end {} {}", event["delta"]["stop_reason"], event["usage"]),
        "message_stop" => "stop".to_owned(),
        _ => event.to_string(),
    }
}

fn text(text: &str) -> Event {
    Event::Text {
        choice: 0,
        text: text.to_owned(),
    }
}

fn thought(text: &str) -> Event {
    Event::Reasoning {
        choice: 0,
        text: text.to_owned(),
    }
}

fn signature(of: Signed, signature: &str) -> Event {
    Event::Signature {
        choice: 0,
        of,
        signature: signature.to_owned(),
    }
}

fn call(index: u32, id: &str) -> Event {
    Event::ToolCall {
        choice: 0,
        index,
        id: id.to_owned(),
        name: "f".to_owned(),
    }
}

fn arguments(index: u32, json: &str) -> Event {
    Event::ToolArguments {
        choice: 0,
        index,
        json: json.to_owned(),
    }
}

fn finished(reason: &str) -> Event {
    Event::Finished {
        choice: 0,
        reason: reason.to_owned(),
    }
}

fn started(id: &str) -> Event {
    Event::Started {
        id: Some(id.to_owned()),
        model: None,
        created: None,
    }
}

const TEXT: &str = r#"{"type":"text","text":""}"#;
const THINKING: &str = r#"{"type":"thinking","thinking":"","signature":""}"#;
const NOTHING: &str = r#"{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}"#;

fn tool(id: &str) -> String {
    format!(r#"{{"type":"tool_use","id":"{id}","name":"f","input":{{}}}}"#)
}

/// Checks a stream that ends well and has no counts.
fn told_whole(batches: Vec<Vec<Event>>, want: Vec<&str>) {
    let mut want: Vec<String> = want.into_iter().map(str::to_owned).collect();
    if let Some(end) = want.last_mut() {
        end.push(' ');
        end.push_str(NOTHING);
    }
    want.push("stop".to_owned());
    assert_eq!(told(batches, Ok(())), want);
}

#[test]
fn blocks_stand_in_a_row() {
    let (a, b) = (tool("a"), tool("b"));
    for (batches, want) in [
        // An answer that says nothing.
        (
            vec![vec![started("msg_9")], vec![finished("stop")]],
            vec!["start \"msg_9\" 0", "end \"end_turn\""],
        ),
        (vec![], vec!["start \"msg_1\" 0", "end \"end_turn\""]),
        (
            vec![
                vec![thought("x")],
                vec![
                    signature(Signed::Reasoning, "s"),
                    signature(Signed::Reasoning, "t"),
                ],
                vec![thought("y"), text("a")],
                vec![text(""), text("b")],
                vec![finished("length")],
            ],
            vec![
                "start \"msg_1\" 0",
                &format!("0 {THINKING}"),
                "0 \"x\"",
                "0 \"st\"",
                "0 stop",
                &format!("1 {THINKING}"),
                "1 \"y\"",
                "1 stop",
                &format!("2 {TEXT}"),
                "2 \"a\"",
                "2 \"b\"",
                "2 stop",
                "end \"max_tokens\"",
            ],
        ),
        // Two calls at once: the second waits for the first.
        (
            vec![
                vec![call(0, "a"), call(1, "b")],
                vec![arguments(1, "{}"), arguments(0, "{\"x\":")],
                vec![arguments(0, "1}")],
                vec![arguments(1, " "), call(1, "c"), arguments(0, "2")],
                vec![finished("stop"), text("late")],
            ],
            vec![
                "start \"msg_1\" 0",
                &format!("0 {a}"),
                "0 \"{\\\"x\\\":\"",
                "0 \"1}\"",
                "0 stop",
                &format!("1 {b}"),
                "1 \"{}\"",
                "1 \" \"",
                "1 stop",
                "end \"tool_use\"",
            ],
        ),
        // Calls without ids.
        (
            vec![
                vec![started("é.x-1"), call(0, ""), arguments(0, "{}")],
                vec![call(1, ""), finished("tool_calls")],
            ],
            vec![
                "start \"é.x-1\" 0",
                &format!("0 {}", tool("toolu_x-1_0")),
                "0 \"{}\"",
                "0 stop",
                &format!("1 {}", tool("toolu_x-1_1")),
                "1 stop",
                "end \"tool_use\"",
            ],
        ),
        // Calls without arguments.
        (
            vec![
                vec![call(0, "a")],
                vec![arguments(0, ""), call(1, "b")],
                vec![finished("tool_calls")],
            ],
            vec![
                "start \"msg_1\" 0",
                &format!("0 {a}"),
                "0 stop",
                &format!("1 {b}"),
                "1 stop",
                "end \"tool_use\"",
            ],
        ),
    ] {
        told_whole(batches, want);
    }
}

#[test]
fn signatures_of_calls_and_texts_have_blocks() {
    let a = tool("a");
    for (batches, want) in [
        (
            vec![
                vec![
                    call(0, "a"),
                    arguments(0, "{}"),
                    signature(Signed::Call(0), "s"),
                ],
                vec![text("x")],
                vec![signature(Signed::Text, "t"), finished("stop")],
            ],
            vec![
                "start \"msg_1\" 0",
                &format!("0 {THINKING}"),
                "0 \"tidegate.call.YQ.s\"",
                "0 stop",
                &format!("1 {a}"),
                "1 \"{}\"",
                "1 stop",
                &format!("2 {TEXT}"),
                "2 \"x\"",
                "2 stop",
                &format!("3 {THINKING}"),
                "3 \"tidegate.text.t\"",
                "3 stop",
                "end \"tool_use\"",
            ],
        ),
        (
            vec![
                vec![text("x"), signature(Signed::Text, "t")],
                vec![call(0, "a"), arguments(0, "{}")],
                vec![
                    signature(Signed::Call(0), "s"),
                    signature(Signed::Call(7), "s"),
                ],
            ],
            vec![
                "start \"msg_1\" 0",
                &format!("0 {THINKING}"),
                "0 \"tidegate.text.t\"",
                "0 stop",
                &format!("1 {TEXT}"),
                "1 \"x\"",
                "1 stop",
                &format!("2 {a}"),
                "2 \"{}\"",
                "2 stop",
                &format!("3 {THINKING}"),
                "3 \"tidegate.call.YQ.s\"",
                "3 stop",
                "end \"tool_use\"",
            ],
        ),
    ] {
        told_whole(batches, want);
    }
}

#[test]
fn counts_that_come_late_stand_at_the_end() {
    let counts = crate::Counts {
        prompt: Some(10),
        cached: Some(4),
        cache_write: Some(1),
        completion: Some(3),
        reasoning: Some(2),
        ..crate::Counts::default()
    };
    let usage = Event::Usage(counts.usage().unwrap());
    let want = r#"{"input_tokens":5,"cache_creation_input_tokens":1,"cache_read_input_tokens":4,"output_tokens":3,"output_tokens_details":{"thinking_tokens":2}}"#;
    for (batches, known) in [
        (vec![vec![finished("stop")], vec![usage.clone()]], 0),
        (vec![vec![started("x"), finished("stop"), usage]], 5),
    ] {
        let told = told(batches, Ok(()));
        assert!(told[0].ends_with(&format!(" {known}")), "{told:?}");
        assert_eq!(told[1], format!("end \"end_turn\" {want}"));
    }
}

#[test]
fn an_error_ends_a_stream() {
    for (kind, code, want) in [
        ("upstream_error", Some("stream_timeout"), "timeout_error"),
        ("upstream_error", None, "api_error"),
        ("overloaded_error", None, "overloaded_error"),
    ] {
        let error = StreamError {
            message: "m".to_owned(),
            kind: kind.to_owned(),
            code: code.map(str::to_owned),
        };
        let told = told(vec![vec![text("x")]], Err(&error));
        let last: Value = serde_json::from_str(told.last().unwrap()).unwrap();
        assert_eq!(
            (
                &last["error"]["type"],
                &last["error"]["message"],
                last["error"]["code"].as_str()
            ),
            (&json!(want), &json!("m"), code)
        );
        assert_eq!(told.len(), 4);
    }
}

#[test]
fn what_waits_is_counted() {
    let mut encoder = Box::new(MessageEncoder::new(context()));
    let mut out = BytesMut::new();
    encoder.events(vec![call(0, "a"), call(1, "b")], &mut out);
    let before = encoder.kept();
    encoder.events(vec![arguments(1, &"x".repeat(100))], &mut out);
    assert_eq!(encoder.kept() - before, 100);
    encoder.events(vec![arguments(0, "{}"), arguments(1, "")], &mut out);
    encoder.events(vec![arguments(1, "{}"), thought("x")], &mut out);
    assert_eq!(encoder.kept(), 0);
    let sign = |of| signature(of, &"s".repeat(50));
    encoder.events(
        vec![sign(Signed::Reasoning), sign(Signed::Reasoning)],
        &mut out,
    );
    assert_eq!(encoder.kept(), 100);
    encoder.events(vec![text("y")], &mut out);
    assert_eq!(encoder.kept(), 0);
    encoder.events(vec![sign(Signed::Text)], &mut out);
    assert_eq!(encoder.kept(), 50);
    encoder.events(vec![thought("x")], &mut out);
    assert_eq!(encoder.kept(), 0);
    encoder.end(Ok(()), &mut out);
}
