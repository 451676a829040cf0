//! Reads answers; a streamed one ends with `response.completed`, `.incomplete` or `.failed`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use tidegate_wire::event::{DecodeError, Decoder, Event};
use tidegate_wire::frame::Frame;

use super::answer::{self, Reading, Told};
use super::error;
use crate::support::decode::parse;

/// The most items that may be open at once. Real answers open one after the other.
const MOST_OPEN: usize = 256;

/// Reads one answer, plain or streamed.
#[derive(Debug, Default)]
pub(in super::super) struct ResponsesDecoder {
    reading: Reading,
    phase: Phase,
    /// What was told of the items that have not ended, by their index.
    open: BTreeMap<u64, Told>,
}

/// How far an answer has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    /// Nothing has been said.
    #[default]
    Silent,
    /// It has a name.
    Started,
    /// Nothing follows.
    Done,
}

/// An event of the stream. Members belong to some kinds only.
#[derive(Deserialize)]
struct StreamEvent {
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(default)]
    response: Value,
    #[serde(default)]
    item: Value,
    #[serde(default)]
    delta: Value,
    #[serde(default)]
    error: Value,
    output_index: Option<u64>,
    content_index: Option<u64>,
    summary_index: Option<u64>,
}

impl Decoder for ResponsesDecoder {
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        if frame.is_whole() {
            self.phase = Phase::Done;
            return self.reading.whole(&parse(frame.bytes())?, out);
        }
        // Providers that speak the chat API too may end their streams alike.
        if self.phase == Phase::Done || frame.bytes().trim_ascii() == b"[DONE]" {
            return Ok(());
        }
        self.event(frame.bytes(), out)
    }

    fn complete(&self) -> bool {
        self.phase == Phase::Done
    }
}

impl ResponsesDecoder {
    /// Reads an answer for a door; `faithful` as in [`crate::CallHead`].
    pub(in super::super) fn new(faithful: bool) -> Self {
        Self {
            reading: Reading::new(faithful),
            ..Self::default()
        }
    }

    fn event(&mut self, data: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
        let event: StreamEvent = parse(data)?;
        let kind = event.kind.as_deref().unwrap_or_default();
        if kind == "error" || event.kind.is_none() && event.error.is_object() {
            return Err(stream_error(data, &event.error));
        }
        let place = event.output_index.unwrap_or_default();
        let Some(kind) = kind.strip_prefix("response.") else {
            return Ok(());
        };
        match kind {
            "created" | "queued" | "in_progress" => self.start(&event.response, out),
            "output_item.added" => self.added(place, &event.item, out)?,
            "output_item.done" => {
                self.start(&Value::Null, out);
                let told = self.open.remove(&place).unwrap_or_default();
                self.reading.item(&event.item, place, told, out);
            }
            "completed" | "incomplete" | "failed" | "cancelled" => {
                self.start(&event.response, out);
                self.reading.finished(&event.response, kind, out)?;
                self.phase = Phase::Done;
            }
            _ => {
                let piece = event.delta.as_str().filter(|piece| !piece.is_empty());
                if let Some(piece) = piece {
                    self.delta(kind, &event, piece, out)?;
                }
            }
        }
        Ok(())
    }

    /// Begins the answer, once.
    fn start(&mut self, response: &Value, out: &mut Vec<Event>) {
        if self.phase == Phase::Silent {
            self.phase = Phase::Started;
            out.push(answer::started(response));
        }
    }

    fn added(&mut self, place: u64, item: &Value, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        self.start(&Value::Null, out);
        let told = self.told(place)?;
        if matches!(answer::kind(item), "function_call" | "custom_tool_call") && told.call.is_none()
        {
            let call = self.reading.call(item, out);
            self.told(place)?.call = Some(call);
        }
        Ok(())
    }

    /// Reads a piece of an item; those of the provider's own tools are no concern of the client.
    fn delta(
        &mut self,
        kind: &str,
        event: &StreamEvent,
        piece: &str,
        out: &mut Vec<Event>,
    ) -> Result<(), DecodeError> {
        let place = event.output_index.unwrap_or_default();
        let part = |index: Option<u64>| index.unwrap_or_default();
        self.start(&Value::Null, out);
        match kind {
            "output_text.delta" => out.push(answer::said(piece)),
            "refusal.delta" => out.push(answer::refused(piece)),
            "reasoning_summary_text.delta" => {
                let place = (place, true, part(event.summary_index));
                self.reading.think(place, piece, out);
            }
            "reasoning_text.delta" => {
                let place = (place, false, part(event.content_index));
                self.reading.think(place, piece, out);
            }
            "function_call_arguments.delta" => {
                let Some(call) = self.told(place)?.call else {
                    return Ok(());
                };
                out.push(answer::argued(call, piece));
            }
            _ => return Ok(()),
        }
        self.told(place)?.said = true;
        Ok(())
    }

    /// Returns what was told of an item.
    fn told(&mut self, place: u64) -> Result<&mut Told, DecodeError> {
        if self.open.len() >= MOST_OPEN && !self.open.contains_key(&place) {
            let words = format!("it has more than {MOST_OPEN} items at once");
            return Err(DecodeError::Shape(words));
        }
        Ok(self.open.entry(place).or_default())
    }
}

/// Reads an `error` event, which tells the error in an object or by itself.
fn stream_error(data: &[u8], error: &Value) -> DecodeError {
    if !error.is_null() {
        return error::reported(error);
    }
    match parse(data) {
        Ok(event) => error::reported(&event),
        Err(broken) => broken,
    }
}
