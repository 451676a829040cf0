//! A provider's answer: whatever it sends, it is understood or refused, in every dialect that clients speak.

use std::collections::HashSet;

use bytes::BytesMut;
use tidegate_wire::Operation;
use tidegate_wire::dialect::mlflow::{Era, Mlflow};
use tidegate_wire::dialect::openai::{OpenAi, OpenAiDecoder, Tap, inspect_answer};
use tidegate_wire::dialect::{Context, Dialect, Voice};
use tidegate_wire::event::{Decoder, Event};
use tidegate_wire::fold::Answer;
use tidegate_wire::frame::Frame;

/// The first byte chooses: a plain answer, or a stream whose lines are its frames' data.
pub fn openai_answer(data: &[u8]) {
    let Some((choice, text)) = data.split_first() else {
        return;
    };
    let mut decoder = Box::new(OpenAiDecoder::default());
    if choice % 2 == 0 {
        let _ = inspect_answer(text);
        let mut events = Vec::new();
        if decoder.frame(Frame::Whole(text), &mut events).is_ok() {
            lawful(&events);
            written(&events, *choice);
        }
        return;
    }
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let (mut events, mut tap) = (Vec::new(), Tap::default());
    for data in text.lines() {
        let _ = tap.observe(data);
        if decoder
            .frame(Frame::Sse { event: None, data }, &mut events)
            .is_err()
        {
            return;
        }
    }
    lawful(&events);
    written(&events, *choice);
    let _ = decoder.end();
}

/// `Started` comes first and once, and arguments follow their tool call.
fn lawful(events: &[Event]) {
    let started = events
        .iter()
        .filter(|event| matches!(event, Event::Started { .. }))
        .count();
    assert!(started <= 1, "an answer starts once");
    let mut calls = HashSet::new();
    for event in events {
        match event {
            Event::ToolCall { choice, index, .. } => {
                assert!(calls.insert((*choice, *index)), "a tool call begins once");
            }
            Event::ToolArguments { choice, index, .. } => {
                assert!(
                    calls.contains(&(*choice, *index)),
                    "arguments follow their tool call"
                );
            }
            _ => {}
        }
    }
}

/// Every dialect can write what was read.
fn written(events: &[Event], choice: u8) {
    let operation = Operation::ALL
        .get(usize::from(choice / 2) % 3)
        .copied()
        .unwrap_or(Operation::Chat);
    let request: &[u8] = match operation {
        Operation::Chat => br#"{"messages": [{"role": "user", "content": "x"}]}"#,
        Operation::Completions => br#"{"prompt": "x"}"#,
        Operation::Embeddings => br#"{"input": "x"}"#,
    };
    let dialects: [&dyn Dialect; 4] = [
        &OpenAi,
        &Mlflow(Era::Auto),
        &Mlflow(Era::Candidates),
        &Mlflow(Era::Endpoints),
    ];
    for dialect in dialects {
        let Ok(decoded) = dialect.decode(operation, request) else {
            continue;
        };
        answered(events, decoded.voice);
    }
}

fn answered(events: &[Event], voice: Box<dyn Voice>) {
    let context = Context {
        now: 0,
        model: None,
    };
    let answer: Answer = events.iter().cloned().collect();
    let plain = voice.plain(answer, &context);
    assert!(
        serde_json::from_slice::<serde_json::Value>(&plain).is_ok(),
        "a plain answer is JSON"
    );
    let mut out = BytesMut::new();
    let mut encoder = voice.stream(context);
    for event in events {
        encoder.events(vec![event.clone()], &mut out);
    }
    encoder.end(Ok(()), &mut out);
    assert!(
        out.ends_with(b"data: [DONE]\n\n"),
        "a stream says its last word"
    );
}
