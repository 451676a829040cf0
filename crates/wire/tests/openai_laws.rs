//! Laws of what the OpenAI door writes, over made-up answers: a stream keeps the dialect's lifecycle whatever events come, and
//! a stream and a plain answer of the same events say the same.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic here is a failed test; clippy's own exception covers test functions only, not their helpers"
)]

use std::collections::{BTreeMap, BTreeSet};

use bytes::BytesMut;
use proptest::prelude::*;
use serde_json::{Value, json};
use tidegate_wire::Operation;
use tidegate_wire::dialect::openai::{OpenAi, OpenAiDecoder};
use tidegate_wire::dialect::{Context, Dialect as _, Encoder, StreamError, Voice};
use tidegate_wire::event::{Decoder as _, Event, Signed};
use tidegate_wire::fold::{Answer, Choice};
use tidegate_wire::frame::Frame;
use tidegate_wire::{Counts, Usage};

fn context() -> Context {
    Context {
        now: 7,
        model: Some("m".to_owned()),
        id: "a".to_owned(),
    }
}

fn voice(include_usage: bool) -> Box<dyn Voice> {
    let body =
        json!({"model": "m", "messages": [], "stream_options": {"include_usage": include_usage}});
    let decoded = OpenAi.decode(Operation::Chat, body.to_string().as_bytes());
    decoded.map_or_else(|fault| panic!("{fault:?}"), |decoded| decoded.voice)
}

/// Writes a stream.
fn streamed(batches: &[Vec<Event>], include_usage: bool, end: Result<(), &StreamError>) -> String {
    let mut out = BytesMut::new();
    let mut encoder: Box<dyn Encoder> = voice(include_usage).stream(context());
    for batch in batches {
        encoder.events(batch.clone(), &mut out);
    }
    encoder.end(end, &mut out);
    String::from_utf8(out.to_vec()).unwrap()
}

/// Returns the data of each event.
fn data(stream: &str) -> Vec<&str> {
    let events = stream.split_terminator("\n\n");
    events
        .map(|event| event.strip_prefix("data: ").unwrap())
        .collect()
}

/// What a stream has told of one choice.
#[derive(Default)]
struct Seen {
    calls: BTreeSet<u64>,
    finished: bool,
}

/// Checks a chunk's choice against what came before.
fn check(choice: &Value, seen: &mut BTreeMap<u64, Seen>) {
    let index = choice["index"].as_u64().unwrap();
    let delta = &choice["delta"];
    assert_eq!(
        delta["role"].is_string(),
        !seen.contains_key(&index),
        "the role comes first and once"
    );
    let seen = seen.entry(index).or_default();
    assert!(!seen.finished, "nothing follows the finish: {choice}");
    for call in delta["tool_calls"].as_array().into_iter().flatten() {
        let number = call["index"].as_u64().unwrap();
        let begins = call["id"].is_string();
        assert_eq!(
            begins,
            call["function"]["name"].is_string(),
            "id and name come together"
        );
        assert_eq!(
            begins,
            seen.calls.insert(number),
            "a call begins once, before its arguments"
        );
    }
    seen.finished = choice["finish_reason"].is_string();
}

/// Checks the lifecycle of a whole stream.
fn lawful(stream: &str, include_usage: bool, usage: bool) {
    let mut events = data(stream);
    assert_eq!(events.pop(), Some("[DONE]"));
    let (mut seen, mut counted) = (BTreeMap::new(), 0);
    let mut names = BTreeSet::new();
    for event in events {
        let chunk: Value = serde_json::from_str(event).unwrap();
        names.insert(chunk["id"].to_string());
        assert_eq!(
            (counted, names.len()),
            (0, 1),
            "usage comes last, all chunks have one id"
        );
        assert_eq!(
            (&chunk["object"], &chunk["created"]),
            (&json!("chat.completion.chunk"), &json!(7))
        );
        assert_eq!(chunk.get("usage").is_some(), include_usage);
        counted += usize::from(chunk["usage"].is_object());
        for choice in chunk["choices"].as_array().unwrap() {
            check(choice, &mut seen);
        }
    }
    assert_eq!(
        counted,
        usize::from(include_usage && usage),
        "usage comes once, if asked for"
    );
}

fn text() -> impl Strategy<Value = String> {
    "\\PC{0,8}"
}

/// Any event, in any order: what a broken provider may make of an answer.
fn any_event() -> impl Strategy<Value = Event> {
    let place = || (0..3_u32, 0..3_u32);
    prop_oneof![
        Just(Event::nameless()),
        Just(Event::Silence { choice: Some(0) }),
        text().prop_map(|id| Event::Named { id }),
        (0..3_u32, text()).prop_map(|(choice, role)| Event::Role { choice, role }),
        (0..3_u32, text()).prop_map(|(choice, text)| Event::Text { choice, text }),
        (0..3_u32, text()).prop_map(|(choice, text)| Event::Refusal { choice, text }),
        (0..3_u32, text()).prop_map(|(choice, text)| Event::Reasoning { choice, text }),
        (0..3_u32, text()).prop_map(|(choice, data)| Event::Redacted { choice, data }),
        (place(), text()).prop_map(|((choice, index), signature)| Event::Signature {
            choice,
            of: Signed::Call(index),
            signature
        }),
        (0..3_u32, text()).prop_map(|(choice, signature)| Event::Signature {
            choice,
            of: Signed::Reasoning,
            signature
        }),
        (place(), text(), text()).prop_map(|((choice, index), id, name)| Event::ToolCall {
            choice,
            index,
            id,
            name
        }),
        (place(), text()).prop_map(|((choice, index), json)| Event::ToolArguments {
            choice,
            index,
            json
        }),
        (0..3_u32, text()).prop_map(|(choice, reason)| Event::Finished { choice, reason }),
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

/// One step of a lawful choice before its end.
fn said(choice: u32) -> impl Strategy<Value = Vec<Event>> {
    let call = ("[a-z]{1,6}", prop::collection::vec("[ -~]{1,6}", 0..3));
    prop_oneof![
        text().prop_map(move |text| vec![Event::Text { choice, text }]),
        ("\\PC{1,8}", "[a-z]{1,6}").prop_map(move |(text, signature)| vec![
            Event::Reasoning { choice, text },
            Event::Signature {
                choice,
                of: Signed::Reasoning,
                signature
            },
        ]),
        "[a-z]{1,6}".prop_map(move |data| vec![Event::Redacted { choice, data }]),
        call.prop_map(move |(name, pieces)| {
            let begun = Event::ToolCall {
                choice,
                index: 0,
                id: format!("c-{name}"),
                name,
            };
            let pieces = pieces.into_iter();
            let pieces = pieces.map(|json| Event::ToolArguments {
                choice,
                index: 0,
                json,
            });
            [begun].into_iter().chain(pieces).collect()
        }),
    ]
}

/// A lawful answer of one or two choices, in batches as frames bring them.
fn answer() -> impl Strategy<Value = Vec<Vec<Event>>> {
    let steps = |choice| prop::collection::vec(said(choice), 1..6);
    (
        steps(0),
        prop::option::of(steps(1)),
        "stop|length|tool_calls",
        0..9_u64,
    )
        .prop_map(|(first, second, reason, count)| {
            let mut batches = vec![vec![Event::Started {
                id: None,
                model: None,
                created: None,
            }]];
            for (choice, steps) in (0..).zip([Some(first), second].into_iter().flatten()) {
                batches.extend(numbered(steps));
                batches.push(vec![Event::Finished {
                    choice,
                    reason: reason.clone(),
                }]);
            }
            batches.push(vec![Event::Usage(usage(count))]);
            batches
        })
}

/// Numbers the calls of a choice in their order.
fn numbered(mut steps: Vec<Vec<Event>>) -> Vec<Vec<Event>> {
    let mut calls = 0;
    for step in &mut steps {
        let begins = matches!(step.first(), Some(Event::ToolCall { .. }));
        for event in step {
            if let Event::ToolCall { index, .. } | Event::ToolArguments { index, .. } = event {
                *index = calls;
            }
        }
        calls += u32::from(begins);
    }
    steps
}

/// Reads what the door wrote.
fn read(frames: &[Frame<'_>]) -> Answer {
    let mut decoder = OpenAiDecoder::default();
    let mut events = Vec::new();
    for frame in frames {
        decoder.frame(*frame, &mut events).unwrap();
    }
    events.into_iter().collect()
}

/// What both forms must agree in: a stream says nothing where a plain answer says null or an empty text.
fn agreed(answer: Answer) -> (Vec<Choice>, Option<Usage>) {
    let mut choices = answer.choices;
    for choice in &mut choices {
        choice.text = choice.text.take().filter(|text| !text.is_empty());
        choice.role = None;
    }
    (choices, answer.usage)
}

proptest! {
    #[test]
    fn a_stream_is_lawful_whatever_comes(
        batches in prop::collection::vec(prop::collection::vec(any_event(), 0..4), 0..12),
        include_usage in any::<bool>(),
    ) {
        let usage = batches.iter().flatten().any(|event| matches!(event, Event::Usage(_)));
        lawful(&streamed(&batches, include_usage, Ok(())), include_usage, usage);
        let error = StreamError { message: "cut".to_owned(), kind: "k".to_owned(), code: None };
        let broken = streamed(&batches, include_usage, Err(&error));
        prop_assert!(!broken.contains("[DONE]"));
        let last = data(&broken).pop().map(|event| serde_json::from_str::<Value>(event).unwrap());
        prop_assert_eq!(last.unwrap()["error"]["message"].clone(), json!("cut"));
    }

    #[test]
    fn a_stream_says_what_a_plain_answer_says(batches in answer()) {
        let whole: Answer = batches.iter().flatten().cloned().collect();
        let plain = voice(true).plain(whole, &context());
        let stream = streamed(&batches, true, Ok(()));
        lawful(&stream, true, true);
        let events: Vec<_> = data(&stream)
            .into_iter()
            .map(|data| Frame::Sse { event: None, data })
            .collect();
        let (plain, stream) = (agreed(read(&[Frame::Whole(&plain)])), agreed(read(&events)));
        prop_assert_eq!(format!("{plain:#?}"), format!("{stream:#?}"));
    }
}
