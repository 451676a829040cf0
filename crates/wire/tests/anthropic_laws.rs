//! Laws of what the Anthropic door writes, over made-up answers: a stream keeps the dialect's lifecycle whatever events come,
//! and a stream and a plain answer of the same events say the same.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic here is a failed test; clippy's own exception covers test functions only, not their helpers"
)]

use bytes::BytesMut;
use proptest::prelude::*;
use serde_json::{Value, json};
use tidegate_wire::dialect::anthropic::{Anthropic, AnthropicTap};
use tidegate_wire::dialect::{
    Context, Dialect as _, Encoder, Observed, StreamError, Tap as _, Voice,
};
use tidegate_wire::event::{Event, Signed};
use tidegate_wire::fold::Answer;
use tidegate_wire::{Counts, Operation, Usage};

fn context() -> Context {
    Context {
        now: 7,
        model: Some("m".to_owned()),
        id: "a".to_owned(),
    }
}

fn voice() -> Box<dyn Voice> {
    let body =
        json!({"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "a"}]});
    let decoded = Anthropic.decode(Operation::Chat, body.to_string().as_bytes());
    decoded.map_or_else(|fault| panic!("{fault:?}"), |decoded| decoded.voice)
}

/// Writes a stream and returns its events.
fn streamed(batches: &[Vec<Event>], end: Result<(), &StreamError>) -> Vec<Value> {
    let mut out = BytesMut::new();
    let mut encoder: Box<dyn Encoder> = voice().stream(context());
    for batch in batches {
        encoder.events(batch.clone(), &mut out);
    }
    encoder.end(end, &mut out);
    let stream = std::str::from_utf8(&out).unwrap();
    let events = stream.split_terminator("\n\n").map(|event| {
        let (name, data) = event.split_once('\n').unwrap();
        let data: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
        assert_eq!(
            name,
            format!("event: {}", data["type"].as_str().unwrap()),
            "the name repeats the type"
        );
        data
    });
    events.collect()
}

/// Puts a stream together as clients do; a broken law is a panic.
fn message(events: &[Value]) -> Value {
    let [start, middle @ .., delta, stop] = events else {
        panic!("a stream has a start and an end: {events:?}");
    };
    assert_eq!(
        (&start["type"], &delta["type"], stop),
        (
            &json!("message_start"),
            &json!("message_delta"),
            &json!({"type": "message_stop"})
        )
    );
    let mut message = start["message"].clone();
    assert_eq!(message["content"], json!([]));
    message["content"] = blocks(middle).into();
    message["stop_reason"] = delta["delta"]["stop_reason"].clone();
    assert!(message["stop_reason"].is_string());
    message["usage"] = delta["usage"].clone();
    message
}

/// Puts blocks together. One is open at a time, places rise, and pieces fit their block.
fn blocks(events: &[Value]) -> Vec<Value> {
    let mut blocks: Vec<Value> = Vec::new();
    let mut open: Option<(Value, String)> = None;
    for event in events {
        let place = json!(blocks.len());
        assert_eq!(event["index"], place, "{event}");
        match (event["type"].as_str().unwrap(), &mut open) {
            ("content_block_start", None) => {
                open = Some((event["content_block"].clone(), String::new()));
            }
            ("content_block_delta", Some((block, input))) => {
                piece(block, input, &event["delta"]);
            }
            ("content_block_stop", Some(_)) => {
                let (mut block, input) = open.take().unwrap();
                if !input.is_empty() {
                    let raw = || json!({"_raw": input.clone()});
                    let read = serde_json::from_str(&input).ok();
                    block["input"] = read.filter(Value::is_object).unwrap_or_else(raw);
                }
                blocks.push(block);
            }
            _ => panic!("out of order: {event}"),
        }
    }
    assert!(open.is_none(), "every block is stopped");
    blocks
}

/// Adds a piece to a block. A signature is told whole, as clients keep the last piece only.
fn piece(block: &mut Value, input: &mut String, delta: &Value) {
    let (kind, said) = (&block["type"], &delta["type"]);
    let (name, want) = match said.as_str().unwrap() {
        "text_delta" => ("text", "text"),
        "thinking_delta" => ("thinking", "thinking"),
        "signature_delta" => {
            assert_eq!(block["signature"], "");
            ("signature", "thinking")
        }
        "input_json_delta" => {
            assert_eq!(kind, "tool_use");
            return input.push_str(delta["partial_json"].as_str().unwrap());
        }
        other => panic!("{other}"),
    };
    assert_eq!(kind, want);
    let more = delta[name].as_str().unwrap();
    assert!(!more.is_empty(), "a piece says something");
    block[name] = format!("{}{more}", block[name].as_str().unwrap()).into();
}

/// The gateway's own watcher of such streams is content too.
fn watched(events: &[Value]) {
    let mut tap = AnthropicTap::default();
    for (position, event) in events.iter().enumerate() {
        let last = position + 1 == events.len();
        let want = match event["type"].as_str().unwrap() {
            "error" => Observed::Error,
            _ if last => Observed::Done,
            _ => Observed::Content,
        };
        assert_eq!(tap.observe("", &event.to_string()), Ok(want));
    }
}

fn text() -> impl Strategy<Value = String> {
    "\\PC{0,8}"
}

/// Any event, in any order: what a broken provider may make of an answer.
fn any_event() -> impl Strategy<Value = Event> {
    let place = || (0..2_u32, 0..3_u32);
    let of = prop_oneof![
        Just(Signed::Reasoning),
        Just(Signed::Text),
        (0..3_u32).prop_map(Signed::Call)
    ];
    prop_oneof![
        Just(Event::nameless()),
        Just(Event::Silence { choice: Some(0) }),
        text().prop_map(|id| Event::Named { id }),
        (0..2_u32, text()).prop_map(|(choice, role)| Event::Role { choice, role }),
        (0..2_u32, text()).prop_map(|(choice, text)| Event::Text { choice, text }),
        (0..2_u32, text()).prop_map(|(choice, text)| Event::Refusal { choice, text }),
        (0..2_u32, text()).prop_map(|(choice, text)| Event::Reasoning { choice, text }),
        (0..2_u32, text()).prop_map(|(choice, data)| Event::Redacted { choice, data }),
        (0..2_u32, of, text()).prop_map(|(choice, of, signature)| Event::Signature {
            choice,
            of,
            signature
        }),
        (place(), text(), "[a-z]{0,2}").prop_map(|((choice, index), id, name)| Event::ToolCall {
            choice,
            index,
            id,
            name
        }),
        (place(), "[{}\"a:1]{0,5}").prop_map(|((choice, index), json)| Event::ToolArguments {
            choice,
            index,
            json
        }),
        text().prop_map(|text| Event::Noted {
            choice: 0,
            name: Event::NATIVE_REASON,
            text
        }),
        (1..2_u32, text()).prop_map(|(choice, reason)| Event::Finished { choice, reason }),
        (0..9_u64).prop_map(|count| Event::Usage(usage(count))),
    ]
}

fn usage(count: u64) -> Usage {
    let counts = Counts {
        prompt: Some(count),
        completion: Some(1),
        cached: Some(0),
        ..Counts::default()
    };
    counts.usage().unwrap()
}

/// A thought with its signature.
fn thought() -> impl Strategy<Value = Vec<Event>> {
    let choice = 0;
    prop_oneof![
        ("\\PC{1,8}", "[a-z]{1,6}").prop_map(move |(text, signature)| vec![
            Event::Reasoning { choice, text },
            Event::Signature {
                choice,
                of: Signed::Reasoning,
                signature
            },
        ]),
        "[a-z]{1,6}".prop_map(move |data| vec![Event::Redacted { choice, data }]),
    ]
}

/// A call, signed or not, with its arguments in pieces.
fn call() -> impl Strategy<Value = Vec<Event>> {
    let signature = prop::option::of("[a-z]{1,6}");
    let arguments = prop_oneof![
        Just(vec![]),
        Just(vec!["{}"]),
        Just(vec!["{\"a\":", "\"}\"", "}"])
    ];
    ("[a-z]{1,6}", arguments, signature).prop_map(|(name, pieces, signature)| {
        let (choice, index) = (0, 0);
        let mut events = vec![Event::ToolCall {
            choice,
            index,
            id: format!("c-{name}"),
            name,
        }];
        events.extend(pieces.into_iter().map(|json| Event::ToolArguments {
            choice,
            index,
            json: json.to_owned(),
        }));
        events.extend(signature.map(|signature| Event::Signature {
            choice,
            of: Signed::Call(index),
            signature,
        }));
        events
    })
}

/// A lawful answer in the order in which models speak, each step as one batch.
fn answer() -> impl Strategy<Value = Vec<Vec<Event>>> {
    let choice = 0;
    let words = prop::collection::vec(text(), 0..3);
    (
        prop::collection::vec(thought(), 0..3),
        (words, prop::option::of("[a-z]{1,6}")),
        prop::collection::vec(call(), 0..4),
        ("stop|length|tool_calls", 0..9_u64),
    )
        .prop_map(
            move |(thoughts, (words, signature), calls, (reason, count))| {
                let mut batches = vec![vec![Event::Started {
                    id: Some("msg_x".to_owned()),
                    model: None,
                    created: None,
                }]];
                batches.extend(thoughts);
                if words.concat().is_empty() {
                    batches.push(vec![]);
                } else {
                    let text = |text| Event::Text { choice, text };
                    let signed = signature.map(|signature| Event::Signature {
                        choice,
                        of: Signed::Text,
                        signature,
                    });
                    batches.push(words.into_iter().map(text).chain(signed).collect());
                }
                batches.extend(numbered(calls));
                batches.push(vec![Event::Finished { choice, reason }]);
                batches.push(vec![Event::Usage(usage(count))]);
                batches
            },
        )
}

/// Numbers the calls in their order.
fn numbered(mut calls: Vec<Vec<Event>>) -> Vec<Vec<Event>> {
    for (number, call) in (0..).zip(&mut calls) {
        for event in call {
            match event {
                Event::ToolCall { index, .. }
                | Event::ToolArguments { index, .. }
                | Event::Signature {
                    of: Signed::Call(index),
                    ..
                } => *index = number,
                _ => {}
            }
        }
    }
    calls
}

proptest! {
    #[test]
    fn a_stream_is_lawful_whatever_comes(
        batches in prop::collection::vec(prop::collection::vec(any_event(), 0..4), 0..16),
        finish in 0..16_usize,
    ) {
        let mut batches = batches;
        let place = finish.min(batches.len());
        batches.insert(place, vec![Event::Finished { choice: 0, reason: "stop".to_owned() }]);
        let events = streamed(&batches, Ok(()));
        message(&events);
        watched(&events);
        let error = StreamError { message: "cut".to_owned(), kind: "k".to_owned(), code: None };
        let mut broken = streamed(&batches, Err(&error));
        watched(&broken);
        let last = broken.pop().unwrap();
        prop_assert_eq!(&last["error"]["message"], &json!("cut"));
        prop_assert!(broken.iter().all(|event| event["type"] != "error" && event["type"] != "message_delta"));
    }

    #[test]
    fn a_stream_says_what_a_plain_answer_says(batches in answer(), parts in 1..4_usize) {
        let whole: Answer = batches.iter().flatten().cloned().collect();
        let plain: Value = serde_json::from_slice(&voice().plain(whole, &context())).unwrap();
        // Frames may bring several steps at once.
        let batches: Vec<Vec<Event>> = batches.chunks(parts).map(<[_]>::concat).collect();
        prop_assert_eq!(plain, message(&streamed(&batches, Ok(()))));
    }
}
