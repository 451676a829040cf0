//! Answers, plain and streamed.

use serde::Deserialize;
use serde_json::Value;
use tidegate_wire::event::{DecodeError, Decoder, Event, ReportedError};
use tidegate_wire::frame::Frame;

use super::answer::{self, Block};
use super::call::{self, Call};
use super::usage::Costs;
use super::{logprobs, reason};
use crate::support::decode::{index, parse};

/// Reads one answer.
#[derive(Default)]
pub(in super::super) struct ChatDecoder {
    phase: Phase,
    /// True once a thought has been told, until a plan begins.
    thought: bool,
    calls: Vec<Begun>,
}

/// How far an answer has come.
#[derive(Default, PartialEq, PartialOrd)]
enum Phase {
    /// Nothing has been said.
    #[default]
    Silent,
    /// It has a name.
    Started,
    /// It has said why it ends.
    Finished,
    /// Nothing follows.
    Done,
}

/// A call of a tool that has begun.
struct Begun {
    /// The provider's index, which its pieces name.
    place: u32,
    /// True when arguments have come.
    given: bool,
}

/// What an event is.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "type")]
    kind: Option<String>,
    id: Option<String>,
    index: Option<u32>,
    /// The words of an error that has no type.
    message: Option<Value>,
    error: Option<Value>,
}

/// An event about the message.
#[derive(Deserialize)]
struct About<T> {
    delta: Option<Delta<T>>,
    logprobs: Option<logprobs::Item>,
}

#[derive(Deserialize)]
struct Delta<T> {
    message: Option<T>,
}

#[derive(Deserialize)]
struct Content {
    content: Option<Block>,
}

#[derive(Deserialize)]
struct Plan {
    tool_plan: Option<String>,
}

#[derive(Deserialize)]
struct Calls {
    tool_calls: Option<Call>,
}

#[derive(Deserialize)]
struct Citations {
    citations: Option<Value>,
}

/// The last event.
#[derive(Deserialize)]
struct End {
    delta: Option<Why>,
}

#[derive(Deserialize)]
struct Why {
    finish_reason: Option<String>,
    usage: Option<Costs>,
    error: Option<String>,
    error_type: Option<String>,
}

/// Reads what an event says about the message.
fn about<'a, T: Deserialize<'a>>(
    json: &'a [u8],
) -> Result<(Option<T>, Option<logprobs::Item>), DecodeError> {
    let about: About<T> = parse(json)?;
    Ok((about.delta.and_then(|it| it.message), about.logprobs))
}

impl Head {
    /// Returns the error that an event without a type reports.
    fn error(&self) -> DecodeError {
        let words = [&self.error, &self.message].into_iter().flatten();
        let mut words = words.filter(|it| it.is_string() || it.is_object());
        words.next().map_or_else(
            || DecodeError::Shape("one of its events has no `type`".to_owned()),
            |words| DecodeError::Reported(ReportedError::read(words)),
        )
    }
}

impl ChatDecoder {
    fn event(&mut self, json: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
        let head: Head = parse(json)?;
        let Some(kind) = head.kind.as_deref() else {
            return Err(head.error());
        };
        if self.phase >= Phase::Finished {
            return Ok(());
        }
        if self.phase == Phase::Silent {
            self.phase = Phase::Started;
            out.push(answer::start(head.id));
        }
        match kind {
            "content-start" | "content-delta" => {
                let (message, item) = about::<Content>(json)?;
                if let Some(block) = message.and_then(|it| it.content) {
                    self.thought |= block.thinks();
                    block.tell(out);
                }
                out.extend(logprobs::told(item));
            }
            "tool-plan-delta" => {
                let (message, _) = about::<Plan>(json)?;
                let plan = message.and_then(|it| it.tool_plan);
                if let Some(text) = plan.filter(|text| !text.is_empty()) {
                    let after_thought = std::mem::take(&mut self.thought);
                    out.push(answer::plan(text, after_thought));
                }
            }
            "tool-call-start" | "tool-call-delta" => {
                let (message, _) = about::<Calls>(json)?;
                let call = message.and_then(|it| it.tool_calls).unwrap_or_default();
                let place = head.index.unwrap_or_default();
                return if kind == "tool-call-start" {
                    self.begin(place, call, out)
                } else {
                    self.go_on(place, call, out)
                };
            }
            "citation-start" => {
                let (message, _) = about::<Citations>(json)?;
                let list = match message.and_then(|it| it.citations) {
                    Some(Value::Array(list)) => list,
                    Some(lone @ Value::Object(_)) => vec![lone],
                    _ => Vec::new(),
                };
                out.extend(answer::citations(list));
            }
            "tool-call-end" => self.end_call(head.index.unwrap_or_default(), out),
            "message-end" => return self.finish(json, out),
            // Ends of other pieces, and what later versions may add.
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, place: u32, call: Call, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        if self.calls.iter().any(|begun| begun.place == place) {
            return Err(DecodeError::Shape(
                "one of its calls begins twice".to_owned(),
            ));
        }
        let position = index(self.calls.len());
        let (event, arguments) = call.begin(position);
        self.calls.push(Begun {
            place,
            given: arguments.is_some(),
        });
        out.push(event);
        out.extend(arguments.map(|json| call::arguments(position, json)));
        Ok(())
    }

    fn go_on(&mut self, place: u32, call: Call, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        let mut calls = self.calls.iter_mut().enumerate();
        let Some((position, begun)) = calls.find(|(_, begun)| begun.place == place) else {
            let text = "it has arguments of a call that has not begun";
            return Err(DecodeError::Shape(text.to_owned()));
        };
        if let Some(json) = call.arguments() {
            begun.given = true;
            out.push(call::arguments(index(position), json));
        }
        Ok(())
    }

    /// Tells that a call has no arguments, if none have come.
    fn end_call(&mut self, place: u32, out: &mut Vec<Event>) {
        let mut calls = self.calls.iter_mut().enumerate();
        let bare = calls.find(|(_, begun)| begun.place == place && !begun.given);
        if let Some((position, begun)) = bare {
            begun.given = true;
            out.push(call::no_arguments(index(position)));
        }
    }

    fn finish(&mut self, json: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
        let end: End = parse(json)?;
        let places: Vec<u32> = self.calls.iter().map(|begun| begun.place).collect();
        for place in places {
            self.end_call(place, out);
        }
        self.phase = Phase::Finished;
        let Some(why) = end.delta else {
            return Ok(());
        };
        if let Some(word) = why.finish_reason {
            reason::finish(word, why.error, why.error_type, out)?;
        }
        let usage = why.usage.and_then(Costs::usage);
        out.extend(usage.map(Event::Usage));
        Ok(())
    }
}

impl Decoder for ChatDecoder {
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        let bytes = frame.bytes();
        if frame.is_whole() {
            self.phase = Phase::Done;
            return answer::read(bytes, out);
        }
        if bytes.trim_ascii() == b"[DONE]" {
            self.phase = Phase::Done;
            return Ok(());
        }
        self.event(bytes, out)
    }

    fn complete(&self) -> bool {
        self.phase == Phase::Done
    }

    fn end(self: Box<Self>) -> Result<(), DecodeError> {
        if self.phase >= Phase::Finished {
            Ok(())
        } else {
            Err(DecodeError::CutOff)
        }
    }
}
