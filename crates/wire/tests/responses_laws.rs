//! Laws of what the Responses door writes, over made-up answers: a stream keeps the API's lifecycle whatever events come, it
//! says what a plain answer of the same events says, and what is sent back with the next turn is read as it was meant.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic here is a failed test; clippy's own exception covers test functions only, not their helpers"
)]

use std::collections::BTreeMap;

use bytes::BytesMut;
use proptest::prelude::*;
use serde_json::{Value, json};
use tidegate_wire::conversation::{Content, Conversation, Part};
use tidegate_wire::dialect::responses::Responses;
use tidegate_wire::dialect::{Context, Decoded, Dialect as _, StreamError};
use tidegate_wire::event::{Event, Signed};
use tidegate_wire::fold::{Answer, Thought};
use tidegate_wire::{Asked, Counts, Operation, Usage};

fn context() -> Context {
    Context {
        now: 7,
        model: Some("m".to_owned()),
        id: "a".to_owned(),
    }
}

/// Reads a request with tools of every form.
fn decoded(input: &Value) -> Decoded {
    let body = json!({"model": "m", "input": input, "tools": [
        {"type": "function", "name": "f"},
        {"type": "namespace", "name": "space", "tools": [{"type": "function", "name": "g"}]},
        {"type": "custom", "name": "patch"},
        {"type": "tool_search", "execution": "client"},
    ]});
    Responses
        .decode(Operation::Chat, body.to_string().as_bytes())
        .unwrap_or_else(|fault| panic!("{fault:?}"))
}

const TOOLS: [&str; 5] = ["f", "space__g", "patch", "tool_search", "unknown"];

fn streamed(batches: &[Vec<Event>], end: Result<(), &StreamError>) -> Vec<Value> {
    let mut out = BytesMut::new();
    let mut encoder = decoded(&json!("")).voice.stream(context());
    for batch in batches {
        encoder.events(batch.clone(), &mut out);
    }
    encoder.end(end, &mut out);
    let stream = String::from_utf8(out.to_vec()).unwrap();
    let frames = stream.split_terminator("\n\n");
    frames
        .map(|frame| {
            let (name, data) = frame.split_once("\ndata: ").unwrap();
            let event: Value = serde_json::from_str(data).unwrap();
            assert_eq!(name.strip_prefix("event: "), event["type"].as_str());
            event
        })
        .collect()
}

fn plain(batches: &[Vec<Event>]) -> Value {
    let whole: Answer = batches.iter().flatten().cloned().collect();
    let bytes = decoded(&json!("")).voice.plain(whole, &context());
    serde_json::from_slice(&bytes).unwrap()
}

/// What a stream has told so far.
#[derive(Default)]
struct Seen {
    /// The items told whole.
    done: Vec<Value>,
    /// The item that is open, as its events tell it.
    open: Option<Value>,
    /// The place of the part that is open in it.
    part: Option<u64>,
}

impl Seen {
    fn item(&mut self) -> &mut Value {
        self.open.as_mut().unwrap()
    }

    /// Returns the list of parts that an event speaks of, and checks its place.
    fn parts(&mut self, event: &Value) -> (u64, &mut Vec<Value>) {
        let (index, list) = if event["type"].as_str().unwrap().contains("summary") {
            ("summary_index", "summary")
        } else {
            ("content_index", "content")
        };
        let index = event[index].as_u64().unwrap();
        (index, self.item()[list].as_array_mut().unwrap())
    }

    fn hear(&mut self, event: &Value) {
        let kind = event["type"].as_str().unwrap();
        let kind = kind.strip_prefix("response.").unwrap();
        assert_eq!(event["output_index"], self.done.len());
        if kind != "output_item.added" && kind != "output_item.done" {
            assert_eq!(event["item_id"], self.item()["id"]);
        }
        match kind {
            "output_item.added" => {
                assert!(self.open.is_none(), "items come one after the other");
                self.open = Some(event["item"].clone());
            }
            "output_item.done" => {
                assert_eq!(self.part, None, "parts end before their item");
                let mut item = self.open.take().unwrap();
                for told_late in ["status", "encrypted_content", "arguments"] {
                    let late = told_late != "arguments" || item["type"] == "tool_search_call";
                    if let (true, Some(value)) = (late, event["item"].get(told_late)) {
                        item[told_late] = value.clone();
                    }
                }
                assert_eq!(item, event["item"]);
                self.done.push(item);
            }
            "content_part.added" | "reasoning_summary_part.added" => {
                assert_eq!(self.part, None, "parts come one after the other");
                let part = event["part"].clone();
                let (index, parts) = self.parts(event);
                assert_eq!(index, parts.len() as u64);
                parts.push(part);
                self.part = Some(index);
            }
            "content_part.done" | "reasoning_summary_part.done" => {
                let (index, parts) = self.parts(event);
                assert_eq!(parts[usize::try_from(index).unwrap()], event["part"]);
                assert_eq!(self.part.take(), Some(index));
            }
            _ => self.grow(kind, event),
        }
    }

    fn grow(&mut self, kind: &str, event: &Value) {
        let (subject, step) = kind.rsplit_once('.').unwrap();
        let (place, member) = match subject {
            "function_call_arguments" => (self.item(), "arguments"),
            "custom_tool_call_input" => (self.item(), "input"),
            _ => {
                assert!(self.part.is_some(), "{event}");
                let (index, parts) = self.parts(event);
                let part = &mut parts[usize::try_from(index).unwrap()];
                (
                    part,
                    if subject == "refusal" {
                        "refusal"
                    } else {
                        "text"
                    },
                )
            }
        };
        match step {
            "delta" => {
                let piece = event["delta"].as_str().unwrap();
                let text = place[member].as_str().unwrap().to_owned() + piece;
                place[member] = text.into();
                if subject == "output_text" {
                    let logprobs = event["logprobs"].as_array().unwrap();
                    let known = place["logprobs"].as_array_mut().unwrap();
                    known.extend(logprobs.iter().cloned());
                }
            }
            "done" => {
                assert_eq!(event[member], place[member]);
                if subject == "output_text" {
                    place["logprobs"] = event["logprobs"].clone();
                }
            }
            "added" => {
                let known = place["annotations"].as_array_mut().unwrap();
                assert_eq!(event["annotation_index"], known.len());
                known.push(event["annotation"].clone());
            }
            _ => panic!("{event}"),
        }
    }
}

/// Checks the lifecycle of a whole stream and returns its last response.
fn lawful(events: &[Value], ends: &[&str]) -> Value {
    for (number, event) in events.iter().enumerate() {
        assert_eq!(event["sequence_number"], number);
    }
    let [created, begun, inside @ .., last] = events else {
        panic!("{events:?}")
    };
    assert_eq!(created["type"], "response.created");
    assert_eq!(begun["type"], "response.in_progress");
    assert_eq!(created["response"], begun["response"]);
    assert_eq!(created["response"]["output"], json!([]));
    let mut seen = Seen::default();
    for event in inside {
        seen.hear(event);
    }
    let response = &last["response"];
    assert_eq!(response["output"], Value::from(seen.done));
    assert_eq!(response["id"], created["response"]["id"]);
    let kind = last["type"].as_str().unwrap();
    let kind = kind.strip_prefix("response.").unwrap();
    assert!(ends.contains(&kind), "{kind}");
    assert_eq!(response["status"], kind);
    assert!(seen.open.is_none() || kind == "failed");
    response.clone()
}

fn text() -> impl Strategy<Value = String> {
    "\\PC{0,8}"
}

/// Any event, in any order: what a broken provider may make of an answer.
fn any_event() -> impl Strategy<Value = Event> {
    let place = || (0..2_u32, 0..3_u32);
    let choice = || 0..2_u32;
    prop_oneof![
        Just(Event::nameless()),
        Just(Event::Silence { choice: Some(0) }),
        text().prop_map(|id| Event::Named { id }),
        (choice(), text()).prop_map(|(choice, role)| Event::Role { choice, role }),
        (choice(), text()).prop_map(|(choice, text)| Event::Text { choice, text }),
        (choice(), text()).prop_map(|(choice, text)| Event::Refusal { choice, text }),
        (choice(), text()).prop_map(|(choice, text)| Event::Reasoning { choice, text }),
        (choice(), text()).prop_map(|(choice, data)| Event::Redacted { choice, data }),
        (place(), text(), 0..3).prop_map(|((choice, index), signature, of)| Event::Signature {
            choice,
            of: match of {
                0 => Signed::Call(index),
                1 => Signed::Text,
                _ => Signed::Reasoning,
            },
            signature
        }),
        (place(), text(), prop::sample::select(&TOOLS[..])).prop_map(
            |((choice, index), id, name)| Event::ToolCall {
                choice,
                index,
                id,
                name: name.to_owned()
            }
        ),
        (place(), "[{}a\"\\\\]{0,3}").prop_map(|((choice, index), json)| Event::ToolArguments {
            choice,
            index,
            json
        }),
        choice().prop_map(|choice| Event::Member {
            choice,
            name: "annotations".to_owned(),
            value: json!([{"type": "url_citation", "url_citation": {"url": "u"}}]),
        }),
        choice().prop_map(|choice| Event::Logprobs {
            choice,
            logprobs: json!({"content": [{"token": "t"}], "refusal": null}),
        }),
        (choice(), "stop|length|x").prop_map(|(choice, reason)| Event::Finished { choice, reason }),
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

const CHOICE: u32 = 0;

/// A thought with its signature, or one that is sealed.
fn thought() -> impl Strategy<Value = Vec<Event>> {
    let signature = |signature| Event::Signature {
        choice: CHOICE,
        of: Signed::Reasoning,
        signature,
    };
    prop_oneof![
        ("\\PC{1,8}", "[a-z]{1,6}").prop_map(move |(text, signed)| vec![
            Event::Reasoning {
                choice: CHOICE,
                text
            },
            signature(signed),
        ]),
        "[a-z]{1,6}".prop_map(|data| vec![Event::Redacted {
            choice: CHOICE,
            data
        }]),
    ]
}

/// A text in pieces; the first may come with a signature.
fn words() -> impl Strategy<Value = Vec<Vec<Event>>> {
    let pieces = prop::collection::vec("\\PC{1,8}", 1..4);
    (pieces, prop::option::of("[a-z]{1,6}")).prop_map(|(pieces, signature)| {
        let pieces = pieces.into_iter();
        let mut batches: Vec<_> = pieces
            .map(|text| {
                vec![Event::Text {
                    choice: CHOICE,
                    text,
                }]
            })
            .collect();
        batches[0].extend(signature.map(|signature| Event::Signature {
            choice: CHOICE,
            of: Signed::Text,
            signature,
        }));
        batches
    })
}

/// A call whose arguments come in two pieces.
fn call() -> impl Strategy<Value = Vec<Vec<Event>>> {
    let name = prop::sample::select(&TOOLS[..]);
    (name, "[a-z\"]{0,6}", prop::option::of("[a-z]{1,6}")).prop_map(|(name, said, signature)| {
        let (choice, index) = (CHOICE, 0);
        let name = name.to_owned();
        let id = format!("c-{name}");
        let mut begins = vec![Event::ToolCall {
            choice,
            index,
            id,
            name,
        }];
        begins.extend(signature.map(|signature| Event::Signature {
            choice,
            of: Signed::Call(index),
            signature,
        }));
        let arguments = json!({"input": said}).to_string();
        let (first, second) = arguments.split_at(5);
        let argue = |json: &str| Event::ToolArguments {
            choice,
            index,
            json: json.to_owned(),
        };
        begins.push(argue(first));
        vec![begins, vec![argue(second)]]
    })
}

/// Numbers calls in their order.
fn numbered(mut batches: Vec<Vec<Event>>) -> Vec<Vec<Event>> {
    let mut calls = 0;
    for event in batches.iter_mut().flatten() {
        match event {
            Event::ToolCall { index, id, .. } => {
                *index = calls;
                *id = format!("{id}-{calls}");
                calls += 1;
            }
            Event::ToolArguments { index, .. }
            | Event::Signature {
                of: Signed::Call(index),
                ..
            } => *index = calls - 1,
            _ => {}
        }
    }
    // A signature comes after its call.
    batches
}

/// A lawful answer in the order in which plain answers tell it: thoughts, words, calls.
fn answer() -> impl Strategy<Value = Vec<Vec<Event>>> {
    (
        prop::collection::vec(thought(), 0..3),
        prop::option::of(words()),
        prop::collection::vec(call(), 0..3),
        "stop|length|tool_calls|content_filter",
        0..9_u64,
    )
        .prop_map(|(thoughts, words, calls, reason, count)| {
            let mut batches = vec![vec![Event::nameless()]];
            batches.extend(thoughts);
            batches.extend(words.into_iter().flatten());
            batches.extend(numbered(calls.into_iter().flatten().collect()));
            let choice = CHOICE;
            batches.push(vec![Event::Finished { choice, reason }]);
            batches.push(vec![Event::Usage(usage(count))]);
            batches
        })
}

/// The same in any order.
fn mixed() -> impl Strategy<Value = Vec<Vec<Event>>> {
    let step = prop_oneof![thought().prop_map(|it| vec![it]), words(), call()];
    prop::collection::vec(step, 1..6)
        .prop_map(|steps| numbered(steps.into_iter().flatten().collect()))
}

/// What the model said, as the door reads it where it is sent back.
#[derive(Debug, Default, PartialEq)]
struct Meant {
    text: String,
    signature: String,
    thoughts: Vec<(String, String)>,
    redacted: Vec<String>,
    calls: BTreeMap<String, (String, Value, String)>,
}

fn read_back(output: &Value) -> Meant {
    let Asked::Conversation(conversation) = decoded(output).asked else {
        panic!("a conversation is asked")
    };
    let Conversation { turns, .. } = conversation;
    assert!(turns.len() <= 1, "what the model says in a row is one turn");
    let mut meant = Meant::default();
    for Part {
        content, signature, ..
    } in turns.into_iter().flat_map(|turn| turn.parts)
    {
        let signature = signature.unwrap_or_default();
        match content {
            Content::Text(text) => {
                meant.text += &text;
                meant.signature += &signature;
            }
            Content::Reasoning(text) => meant.thoughts.push((text, signature)),
            Content::Redacted(data) => meant.redacted.push(data),
            Content::Call(call) => {
                let arguments = Value::Object(call.arguments);
                meant
                    .calls
                    .insert(call.id, (call.name, arguments, signature));
            }
            other => panic!("{other:?}"),
        }
    }
    meant
}

/// What the events say.
fn meant(batches: &[Vec<Event>]) -> Meant {
    let answer: Answer = batches.iter().flatten().cloned().collect();
    let choice = answer.choices.into_iter().next().unwrap_or_default();
    let mut meant = Meant {
        text: choice.text.unwrap_or_default(),
        signature: choice.signature.unwrap_or_default(),
        ..Meant::default()
    };
    for thought in choice.thoughts {
        match thought {
            Thought::Said { text, signature } => {
                meant.thoughts.push((text, signature.unwrap_or_default()));
            }
            Thought::Redacted(data) => meant.redacted.push(data),
        }
    }
    for call in choice.tool_calls {
        let arguments = serde_json::from_str(&call.arguments).unwrap();
        let signature = call.signature.unwrap_or_default();
        meant
            .calls
            .insert(call.id, (call.name, arguments, signature));
    }
    meant
}

proptest! {
    #[test]
    fn a_stream_is_lawful_whatever_comes(
        batches in prop::collection::vec(prop::collection::vec(any_event(), 0..5), 0..12),
    ) {
        lawful(&streamed(&batches, Ok(())), &["completed", "incomplete"]);
        plain(&batches);
        let error = StreamError { message: "cut".to_owned(), kind: "k".to_owned(), code: None };
        let failed = lawful(&streamed(&batches, Err(&error)), &["failed"]);
        prop_assert_eq!(&failed["error"], &json!({"code": "server_error", "message": "cut"}));
    }

    #[test]
    fn a_stream_says_what_a_plain_answer_says(batches in answer()) {
        let stream = lawful(&streamed(&batches, Ok(())), &["completed", "incomplete"]);
        prop_assert_eq!(stream, plain(&batches));
    }

    #[test]
    fn what_is_sent_back_is_read_as_meant(batches in mixed()) {
        let stream = lawful(&streamed(&batches, Ok(())), &["completed"]);
        prop_assert_eq!(read_back(&stream["output"]), meant(&batches));
        prop_assert_eq!(read_back(&plain(&batches)["output"]), meant(&batches));
    }
}
