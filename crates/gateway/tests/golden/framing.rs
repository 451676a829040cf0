//! Answers of providers that frame their streams in other ways: which body is a stream, and what becomes of it.

use tidegate_golden::{Request, Response};
use tidegate_wire::frame::Framing;

use crate::stage::Stage;

const CONFIG: &str = "endpoints:
  - {name: chat, endpoint_type: llm/v1/chat, model: {provider: openai, name: m, config: {openai_api_key: k}}}";

const TEXT: &str = r#"{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"}}]}"#;
const LAST: &str = r#"{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}]}"#;
const PLAIN: &str = r#"{"id":"1","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}"#;

const MESSAGES: &str = "application/vnd.amazon.eventstream";

fn ask(streams: bool) -> Request {
    Request {
        method: "POST".to_owned(),
        target: "/gateway/chat/invocations".to_owned(),
        headers: Vec::new(),
        body: format!(r#"{{"messages":[{{"role":"user","content":"Hi"}}],"stream":{streams}}}"#),
    }
}

fn answer(content_type: &str, body: String) -> Response {
    Response {
        status: 200,
        translation: None,
        content_type: content_type.to_owned(),
        body,
    }
}

fn play(framing: Framing, streams: bool, answer: &Response, cuts: &[usize]) -> Response {
    let stage = Stage::framed(CONFIG, framing);
    let played = stage.call(&ask(streams), Some(answer.clone()), cuts);
    played.client_response
}

/// What the client makes of an answer: the content type without parameters, or the status of an error.
fn seen(framing: Framing, streams: bool, answer: &Response) -> String {
    let client = play(framing, streams, answer, &[]);
    let whole = ["lo", "[DONE]"]
        .iter()
        .all(|word| client.body.contains(word));
    match client.content_type.split(';').next() {
        _ if client.status != 200 => client.status.to_string(),
        Some("text/event-stream") if whole => "stream".to_owned(),
        Some("application/json") if client.body.contains("Hello") => "plain".to_owned(),
        _ => panic!("{client:?}"),
    }
}

#[test]
fn framing_and_content_type_say_what_a_body_is() {
    let lines = || format!("{TEXT}\n\n{LAST}\r\n");
    let messages = || format!("event chunk {TEXT}\nevent chunk {LAST}");
    let events = || format!("data: {TEXT}\n\ndata: {LAST}\n\n");
    let plain = || PLAIN.to_owned();
    let (both, never) = (("stream", "plain"), ("502", "502"));
    for (framing, content_type, body, (streamed, folded)) in [
        (Framing::Lines, "application/stream+json", lines(), both),
        (
            Framing::Lines,
            "application/x-ndjson; charset=utf-8",
            lines(),
            both,
        ),
        (Framing::Lines, "Application/JSONL", lines(), both),
        (Framing::Lines, "text/event-stream", lines(), both),
        (Framing::Lines, "text/event-stream", events(), both),
        (Framing::Lines, "text/plain", events(), ("stream", "502")),
        (
            Framing::Lines,
            "application/json",
            lines(),
            ("stream", "502"),
        ),
        (
            Framing::Lines,
            "application/x+json",
            lines(),
            ("stream", "502"),
        ),
        (Framing::Lines, "text/plain", lines(), ("stream", "502")),
        (Framing::Lines, "", lines(), ("stream", "502")),
        (Framing::Lines, "text/html", lines(), never),
        (Framing::Lines, MESSAGES, messages(), never),
        (Framing::Messages, MESSAGES, messages(), both),
        (Framing::Messages, "application/json", plain(), both),
        (Framing::Messages, "text/event-stream", events(), never),
        (Framing::Messages, "application/x-ndjson", lines(), never),
        (Framing::Messages, "", lines(), never),
        (Framing::Sse, "text/event-stream", events(), both),
        (Framing::Sse, "application/json", plain(), both),
        (Framing::Sse, MESSAGES, messages(), never),
        (Framing::Sse, "application/x-ndjson", lines(), never),
    ] {
        let answer = answer(content_type, body);
        let found = (seen(framing, true, &answer), seen(framing, false, &answer));
        let expected = (streamed.to_owned(), folded.to_owned());
        assert_eq!(found, expected, "{framing:?} as `{content_type}`");
    }
}

#[test]
fn a_stream_cut_anywhere_gives_the_client_the_same_bytes() {
    for (framing, content_type, body) in [
        (
            Framing::Lines,
            "application/x-ndjson",
            format!("{TEXT}\n{LAST}"),
        ),
        (
            Framing::Messages,
            MESSAGES,
            format!("event chunk {TEXT}\nevent chunk {LAST}"),
        ),
    ] {
        let answer = answer(content_type, body);
        let length = answer.bytes().unwrap().len();
        let whole = play(framing, true, &answer, &[]);
        assert!(whole.body.ends_with("data: [DONE]\n\n"), "{whole:?}");
        let halves = (1..length).step_by(7).map(|cut| vec![cut]);
        for cuts in halves.chain([(1..length).collect()]) {
            assert_eq!(play(framing, true, &answer, &cuts), whole, "{cuts:?}");
        }
    }
}

#[test]
fn half_a_frame_is_an_interrupted_stream() {
    for (framing, content_type, body) in [
        (
            Framing::Lines,
            "application/x-ndjson",
            format!("{TEXT}\n{}", &LAST[..90]),
        ),
        (
            Framing::Messages,
            MESSAGES,
            format!("event chunk {TEXT}\ncut event chunk {LAST}"),
        ),
    ] {
        let answer = answer(content_type, body);
        let client = play(framing, true, &answer, &[]);
        assert!(client.body.contains("Hel"), "{client:?}");
        let code = r#""code":"stream_interrupted""#;
        assert!(client.body.contains(code), "{client:?}");
    }
    let half = answer(MESSAGES, format!("cut event chunk {TEXT}"));
    for streams in [true, false] {
        assert_eq!(seen(Framing::Messages, streams, &half), "502");
    }
}
