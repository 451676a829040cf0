//! A provider's answer: whatever it sends, it is understood or refused, in every dialect that clients speak.

use std::collections::HashSet;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};
use tidegate_golden::Response;
use tidegate_providers::{CallHead, Native};
use tidegate_wire::Operation;
use tidegate_wire::dialect::anthropic::{Anthropic, CountTokens};
use tidegate_wire::dialect::mlflow::{Era, Mlflow};
use tidegate_wire::dialect::openai::OpenAi;
use tidegate_wire::dialect::responses::Responses;
use tidegate_wire::dialect::{Context, Dialect, Voice};
use tidegate_wire::event::{DecodeError, Decoder, Event};
use tidegate_wire::fold::Answer;
use tidegate_wire::frame::{Frame, FrameReader, Framing};

use crate::frames::pieces;
use crate::providers::{Built, chosen};

/// The largest frame, in bytes: more than the fuzzer sends.
const LIMIT: usize = 1 << 20;

/// The first byte chooses the provider, the second the operation and the door; eight say where a stream is cut.
///
/// The rest is an answer: whole; as bytes of a stream; as a stream of which each line is one frame; and as an error.
pub fn provider_answer(data: &[u8]) {
    let Some(([which, door], rest)) = data.split_first_chunk() else {
        return;
    };
    let Some((seeds, body)) = rest.split_first_chunk() else {
        return;
    };
    let built = chosen(*which);
    let operations = built.spec.operations.iter().cycle();
    let Some(operation) = operations.copied().nth(usize::from(door % 3)) else {
        return;
    };
    let head = |streams| CallHead {
        streams,
        faithful: door / 3 % 2 == 1,
        ..CallHead::of(operation)
    };
    let (plain, stream) = (head(false), head(true));
    let read = whole(built.provider.decoder(&plain), body);
    understood(read, operation);
    let framing = built.provider.framing(&stream);
    for text in [Some(body.to_vec()), framed(framing, body)]
        .into_iter()
        .flatten()
    {
        let pieces = pieces(*seeds, &text);
        // A stream may come for a plain answer too.
        for head in [&plain, &stream] {
            let read = streamed(built.provider.decoder(head), framing, &pieces);
            understood(read, operation);
        }
    }
    for status in [StatusCode::BAD_REQUEST, StatusCode::INTERNAL_SERVER_ERROR] {
        let _ = built.provider.declines_stream(status, body);
        let failure = built
            .provider
            .failure(&plain, status, &HeaderMap::new(), body);
        assert!(!failure.message.is_empty(), "an error has words");
    }
    native(built, operation, body);
}

/// What passes as it is, is looked at on its way.
fn native(built: &Built, operation: Operation, body: &[u8]) {
    let dialects: [(Native, &dyn Dialect); 4] = [
        (Native::OpenAi, &OpenAi),
        (Native::Messages, &Anthropic),
        (Native::CountTokens, &CountTokens),
        (Native::Responses, &Responses),
    ];
    let spoken = dialects
        .iter()
        .filter(|(native, _)| built.provider.speaks(operation, *native));
    for mut tap in spoken.filter_map(|(_, dialect)| dialect.tap()) {
        let _ = tap.inspect(body);
        for data in std::str::from_utf8(body).unwrap_or_default().lines() {
            let _ = tap.observe("", data);
        }
        tap.told();
    }
}

/// Events, and whether the answer is whole.
type Read = (Vec<Event>, Result<(), DecodeError>);

fn whole(mut decoder: Box<dyn Decoder>, body: &[u8]) -> Read {
    let mut events = Vec::new();
    let read = decoder.frame(Frame::Whole(body), &mut events);
    (events, read.and_then(|()| decoder.end()))
}

fn streamed(mut decoder: Box<dyn Decoder>, framing: Framing, pieces: &[&[u8]]) -> Read {
    let mut events = Vec::new();
    let mut reader = FrameReader::new(framing, LIMIT);
    let read = (|| {
        for piece in pieces {
            reader.push(Bytes::copy_from_slice(piece));
            while let Some(frame) = reader.next_frame()? {
                frame.read(|frame| decoder.frame(frame, &mut events))?;
                if decoder.complete() {
                    return Ok(());
                }
            }
        }
        if let Some(frame) = reader.leftover() {
            frame.read(|frame| decoder.frame(frame, &mut events))?;
        }
        decoder.end()
    })();
    (events, read)
}

/// Makes a stream whose frames are the lines of a text; there is none where they cannot be told so.
fn framed(framing: Framing, body: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(body).ok()?;
    match framing {
        Framing::Lines => None,
        Framing::Sse => {
            let frame = |line: &str| format!("data: {line}\n\n");
            Some(text.lines().map(frame).collect::<String>().into_bytes())
        }
        Framing::Messages => {
            // A line may be a message as golden files write it, or the payload of one.
            let event = |line: &str| match line.split_once(' ') {
                Some(("event" | "exception" | "error", _)) => format!("{line}\n"),
                _ => format!("event chunk {line}\n"),
            };
            let lines = text.lines().filter(|line| !line.is_empty());
            let messages = Response {
                status: 200,
                content_type: "application/vnd.amazon.eventstream".to_owned(),
                translation: None,
                body: lines.map(event).collect(),
            };
            messages.bytes().ok()
        }
    }
}

/// Events keep their laws, even before an error; a whole answer can be written.
fn understood((events, read): Read, operation: Operation) {
    lawful(&events);
    if read.is_ok() {
        written(&events, operation);
    }
}

/// `Started` comes once and before all but silence, and arguments follow their tool call. That nothing follows a reason
/// to finish is no law of outside bytes: some providers repeat it in every chunk.
fn lawful(events: &[Event]) {
    let mut started = false;
    let mut calls = HashSet::new();
    for event in events {
        match event {
            Event::Started { .. } => {
                assert!(!started, "an answer starts once");
                started = true;
            }
            Event::Silence { .. } => {}
            other => assert!(started, "{other:?} before the beginning"),
        }
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
fn written(events: &[Event], operation: Operation) {
    let request: &[u8] = match operation {
        Operation::Chat => br#"{"messages": [{"role": "user", "content": "x"}], "max_tokens": 1}"#,
        Operation::Completions => br#"{"prompt": "x"}"#,
        Operation::Embeddings => br#"{"input": "x"}"#,
    };
    let done: &[u8] = b"data: [DONE]\n\n";
    let dialects: [(&dyn Dialect, &[u8]); 6] = [
        (&OpenAi, done),
        (&Mlflow(Era::Auto), done),
        (&Mlflow(Era::Candidates), done),
        (&Mlflow(Era::Choices), done),
        (&Mlflow(Era::Endpoints), done),
        (&Anthropic, b"data: {\"type\":\"message_stop\"}\n\n"),
    ];
    for (dialect, last) in dialects {
        let Ok(decoded) = dialect.decode(operation, request) else {
            continue;
        };
        answered(events, decoded.voice, last);
    }
}

/// Writes an answer plain, and as a stream that ends with its dialect's last word.
fn answered(events: &[Event], voice: Box<dyn Voice>, last: &[u8]) {
    let context = Context {
        now: 0,
        model: None,
        id: "a".to_owned(),
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
    assert!(out.ends_with(last), "a stream says its last word");
}
