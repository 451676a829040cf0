//! Reads streamed answers; `message_stop` ends them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use tidegate_wire::dialect::anthropic::MessagesCounts;
use tidegate_wire::event::{DecodeError, Decoder, Event};
use tidegate_wire::frame::Frame;

use super::answer::{self, Block, CHOICE};
use super::usage;
use crate::anthropic::error;
use crate::support::decode::{index, parse};

/// The most calls that may be open at once. Real answers open one after the other.
const MOST_OPEN: usize = 256;

/// Reads one answer, plain or streamed.
#[derive(Debug, Default)]
pub(crate) struct MessagesDecoder {
    /// True for a door that is told all: what was thought, the provider's own reasons, all tokens.
    faithful: bool,
    phase: Phase,
    counts: MessagesCounts,
    /// How many calls have begun.
    calls: usize,
    /// Calls that have not ended, by the index of their block.
    open: BTreeMap<u64, Call>,
    /// The signature under the thinking that is coming.
    signature: Option<String>,
}

/// How far an answer has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
enum Phase {
    /// Nothing has been said.
    #[default]
    Silent,
    /// It has a name.
    Started,
    /// Its reason to stop is known.
    Finished,
    /// Nothing follows.
    Done,
}

/// A call whose arguments are coming.
#[derive(Debug)]
struct Call {
    /// Its place among the calls.
    index: u32,
    /// What its arguments are if no piece of them comes.
    input: Option<String>,
}

/// An event of the stream. Members belong to some kinds only.
#[derive(Deserialize)]
struct StreamEvent<'a> {
    #[serde(rename = "type")]
    kind: Option<String>,
    message: Option<Start>,
    index: Option<u64>,
    #[serde(borrow)]
    content_block: Option<Block<'a>>,
    delta: Option<Delta>,
    usage: Option<Value>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Start {
    id: Option<String>,
    model: Option<String>,
    usage: Option<Value>,
}

#[derive(Deserialize, Default)]
struct Delta {
    text: Option<String>,
    partial_json: Option<String>,
    thinking: Option<String>,
    signature: Option<String>,
    stop_reason: Option<String>,
}

impl Decoder for MessagesDecoder {
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        if frame.is_whole() {
            self.phase = Phase::Done;
            return answer::read(frame.bytes(), self.faithful, out);
        }
        self.event(frame.bytes(), out)
    }

    fn complete(&self) -> bool {
        self.phase == Phase::Done
    }
}

impl MessagesDecoder {
    /// Reads an answer for a door; `faithful` as in [`crate::CallHead`].
    pub(crate) fn new(faithful: bool) -> Self {
        Self {
            faithful,
            ..Self::default()
        }
    }

    fn event(&mut self, data: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
        let event: StreamEvent<'_> = parse(data)?;
        if let Some(error) = &event.error {
            return Err(error::reported(error));
        }
        let delta = event.delta.unwrap_or_default();
        match event.kind.as_deref() {
            Some("message_start") => self.opening(event.message, out),
            Some("content_block_start") if self.phase < Phase::Finished => {
                self.start(None, None, out);
                self.block(event.index, event.content_block, out)?;
            }
            Some("content_block_delta") if self.phase < Phase::Finished => {
                self.start(None, None, out);
                self.delta(event.index, delta, out);
            }
            Some("content_block_stop") if self.phase < Phase::Finished => {
                out.extend(answer::signed(self.signature.take()));
                if let Some(call) = self.open.remove(&event.index.unwrap_or_default()) {
                    call.end(out);
                }
            }
            Some("message_delta") => {
                self.counts.add(&event.usage.unwrap_or_default());
                self.start(None, None, out);
                if let Some(reason) = delta.stop_reason {
                    self.finish(Some(&reason), out);
                }
                let usage = if self.faithful {
                    self.counts.usage()
                } else {
                    usage::of_mlflow(self.counts)
                };
                out.extend(usage.map(Event::Usage));
            }
            Some("message_stop") => {
                self.start(None, None, out);
                // Without a reason the stream is unfinished; MLflow does not ask.
                if !self.faithful {
                    self.finish(None, out);
                }
                self.phase = Phase::Done;
            }
            Some("error") => {
                let words = "the provider reported an error without saying which".to_owned();
                return Err(DecodeError::Shape(words));
            }
            // `ping`, and what is yet to be invented.
            _ => {}
        }
        Ok(())
    }

    fn opening(&mut self, message: Option<Start>, out: &mut Vec<Event>) {
        let Some(message) = message else { return };
        self.counts.add(&message.usage.unwrap_or_default());
        self.start(message.id, message.model, out);
    }

    /// Begins the answer, once.
    fn start(&mut self, id: Option<String>, model: Option<String>, out: &mut Vec<Event>) {
        if self.phase > Phase::Silent {
            return;
        }
        self.phase = Phase::Started;
        out.push(Event::Started {
            id,
            model,
            created: None,
        });
    }

    fn block(
        &mut self,
        place: Option<u64>,
        block: Option<Block<'_>>,
        out: &mut Vec<Event>,
    ) -> Result<(), DecodeError> {
        let Some(mut block) = block else {
            return Ok(());
        };
        if block.is_text() {
            let text = block.text.take().unwrap_or_default();
            out.push(Event::Text {
                choice: CHOICE,
                text,
            });
        } else if block.is_call() {
            if self.open.len() >= MOST_OPEN {
                let words = format!("it has more than {MOST_OPEN} tool calls at once");
                return Err(DecodeError::Shape(words));
            }
            let call = Call {
                index: index(self.calls),
                input: Some(block.arguments(self.faithful)),
            };
            self.calls += 1;
            out.push(block.begin_call(call.index));
            self.open.insert(place.unwrap_or_default(), call);
        } else if self.faithful {
            let said =
                |event: &Event| !matches!(event, Event::Reasoning { text, .. } if text.is_empty());
            out.extend(block.thought().filter(said));
            self.signature = block.signature;
        }
        Ok(())
    }

    fn delta(&mut self, place: Option<u64>, delta: Delta, out: &mut Vec<Event>) {
        if let Some(text) = delta.text {
            out.push(Event::Text {
                choice: CHOICE,
                text,
            });
        }
        if self.faithful {
            out.extend(delta.thinking.map(answer::thought));
            if let Some(piece) = delta.signature {
                self.signature.get_or_insert_default().push_str(&piece);
            }
        }
        // Tools of the server take arguments too, which are no concern of the client.
        let open = self.open.get_mut(&place.unwrap_or_default());
        if let (Some(json), Some(call)) = (delta.partial_json, open) {
            if !json.is_empty() {
                call.input = None;
            }
            out.push(Event::ToolArguments {
                choice: CHOICE,
                index: call.index,
                json,
            });
        }
    }

    fn finish(&mut self, stop_reason: Option<&str>, out: &mut Vec<Event>) {
        if self.phase < Phase::Finished {
            self.phase = Phase::Finished;
            out.extend(answer::signed(self.signature.take()));
            for call in std::mem::take(&mut self.open).into_values() {
                call.end(out);
            }
            answer::finished(stop_reason, self.faithful, out);
        }
    }
}

impl Call {
    /// Ends a call. If it has no arguments, no piece of them came; clients read an object from every call.
    fn end(self, out: &mut Vec<Event>) {
        out.extend(self.input.map(|json| Event::ToolArguments {
            choice: CHOICE,
            index: self.index,
            json,
        }));
    }
}
