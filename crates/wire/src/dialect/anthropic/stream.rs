//! Writes streamed answers: `message_start`, blocks one after the other, `message_delta`, `message_stop`; or one `error`.

mod block;
mod extent;
mod queue;

use std::collections::BTreeMap;

use bytes::BytesMut;
use serde_json::json;

use super::error;
use super::words::{self, Ending};
use crate::dialect::envelope::{seal_call, seal_text};
use crate::dialect::{Context, Encoder, StreamError, write_event};
use crate::event::{Event, Signed};
use crate::fold::MOST;
use crate::usage::Usage;
use block::{Block, Kind};
use queue::Queue;

/// The one choice that an answer has here.
const CHOICE: u32 = 0;

/// Writes one message. It begins when something is said, and its blocks stand in a row whatever order the events come in.
pub(super) struct MessageEncoder {
    id: String,
    model: Option<String>,
    usage: Option<Usage>,
    begun: bool,
    blocks: Queue,
    /// Ids of the calls that have begun, by index.
    calls: BTreeMap<u32, String>,
    refuses: bool,
    /// True when the next signature of thought is of another thought than the last.
    thinks_anew: bool,
    native: Option<String>,
    /// Why the answer ended, once it has.
    reason: Option<String>,
}

/// Signatures that came together with what they sign, so that their envelopes can stand before it.
#[derive(Default)]
struct Early {
    calls: BTreeMap<u32, String>,
    text: String,
}

impl MessageEncoder {
    pub(super) fn new(context: Context) -> Self {
        Self {
            id: words::id_of(&context),
            model: context.model,
            usage: None,
            begun: false,
            blocks: Queue::default(),
            calls: BTreeMap::new(),
            refuses: false,
            thinks_anew: false,
            native: None,
            reason: None,
        }
    }

    /// Begins the message, once.
    fn begin(&mut self, out: &mut BytesMut) {
        if !self.begun {
            self.begun = true;
            let message = words::message(&self.id, self.model.as_deref(), self.usage.as_ref());
            let start = json!({"type": "message_start", "message": message});
            write_event(out, "message_start", &start);
        }
    }

    /// Notes what is told of the answer as a whole. Its name holds from its beginning.
    fn note(&mut self, event: &Event) {
        let named = |id: &str| (!self.begun && !id.is_empty()).then(|| id.to_owned());
        match event {
            Event::Started { id, model, .. } => {
                let id = id.as_deref().and_then(named);
                self.id = id.unwrap_or(std::mem::take(&mut self.id));
                self.model = model.clone().or(self.model.take());
            }
            Event::Named { id } => {
                self.id = named(id).unwrap_or(std::mem::take(&mut self.id));
            }
            Event::Usage(usage) => self.usage = Some(usage.clone()),
            _ => {}
        }
    }

    /// Takes the signatures out of a batch that come together with what they sign.
    fn early(&self, batch: &mut Vec<Event>) -> Early {
        let begins = |event: &Event| match event {
            Event::ToolCall { index, .. } => (!self.calls.contains_key(index)).then_some(*index),
            _ => None,
        };
        let begun: Vec<u32> = batch.iter().filter_map(begins).collect();
        let is_text = |event: &Event| matches!(event, Event::Text { choice: CHOICE, text } if !text.is_empty());
        let says = !self.blocks.ends_with(&Kind::Text) && batch.iter().any(is_text);
        let mut early = Early::default();
        batch.retain(|event| {
            let Event::Signature {
                choice: CHOICE,
                of,
                signature,
            } = event
            else {
                return true;
            };
            match of {
                Signed::Call(index) if begun.contains(index) => {
                    early.calls.entry(*index).or_default().push_str(signature);
                }
                Signed::Text if says => early.text.push_str(signature),
                _ => return true,
            }
            false
        });
        early
    }

    /// Writes what is said in the choice.
    fn say(&mut self, event: Event, early: &mut Early, out: &mut BytesMut) {
        match event {
            Event::Text { text, .. } if !text.is_empty() => {
                let signature = std::mem::take(&mut early.text);
                if !signature.is_empty() {
                    self.seal(seal_text(&signature), out);
                }
                self.blocks.add(Kind::Text, &text, out);
            }
            Event::Refusal { text, .. } if !text.is_empty() => {
                self.refuses = true;
                self.blocks.add(Kind::Refusal, &text, out);
            }
            Event::Reasoning { text, .. } if !text.is_empty() => {
                self.blocks.add(Kind::Thinking, &text, out);
            }
            Event::Reasoning { .. } => self.thinks_anew = true,
            Event::Redacted { data, .. } => {
                self.blocks.push(Block::new(Kind::Redacted(data)), out);
            }
            Event::Signature { of, signature, .. } if !signature.is_empty() => {
                self.sign(of, &signature, out);
            }
            Event::ToolCall {
                index, id, name, ..
            } if index < MOST && !name.is_empty() && !self.calls.contains_key(&index) => {
                let id = words::call_id(&id, &self.id, index);
                if let Some(signature) = early.calls.remove(&index) {
                    self.seal(seal_call(&id, &signature), out);
                }
                self.calls.insert(index, id.clone());
                let call = Kind::Call { index, id, name };
                self.blocks.push(Block::new(call), out);
            }
            Event::ToolArguments { index, json, .. } => self.blocks.argue(index, &json, out),
            Event::Noted { name, text, .. } if name == Event::NATIVE_REASON => {
                self.native = Some(text);
            }
            Event::Finished { reason, .. } => {
                self.reason = Some(reason);
                self.blocks.finish(out);
            }
            _ => {}
        }
    }

    /// Writes a signature under what came before: that of thought in its block, another in an envelope behind.
    fn sign(&mut self, of: Signed, signature: &str, out: &mut BytesMut) {
        match of {
            Signed::Reasoning => {
                if std::mem::take(&mut self.thinks_anew) && !self.blocks.ends_with(&Kind::Thinking)
                {
                    self.blocks.push(Block::new(Kind::Thinking), out);
                }
                self.blocks.sign(Kind::Thinking, signature, out);
            }
            Signed::Text if self.blocks.ends_with(&Kind::Text) => {
                self.blocks.sign(Kind::Text, signature, out);
            }
            Signed::Text => self.seal(seal_text(signature), out),
            Signed::Call(index) => {
                if let Some(id) = self.calls.get(&index) {
                    self.seal(seal_call(id, signature), out);
                }
            }
        }
    }

    /// Writes an envelope.
    fn seal(&mut self, envelope: String, out: &mut BytesMut) {
        self.blocks.push(Block::new(Kind::Sealed(envelope)), out);
    }
}

impl Encoder for MessageEncoder {
    fn events(&mut self, mut batch: Vec<Event>, out: &mut BytesMut) {
        for event in &batch {
            self.note(event);
        }
        let mut early = self.early(&mut batch);
        for event in batch {
            if event.choice() != Some(CHOICE) || self.reason.is_some() {
                continue;
            }
            self.begin(out);
            self.say(event, &mut early, out);
        }
    }

    /// Blocks wait until a call before them is complete.
    fn kept(&self) -> usize {
        self.blocks.held()
    }

    /// Token counts come last, even if they came late.
    fn end(mut self: Box<Self>, outcome: Result<(), &StreamError>, out: &mut BytesMut) {
        if let Err(error) = outcome {
            write_event(out, "error", &error::of_stream(error));
            return;
        }
        self.begin(out);
        self.blocks.finish(out);
        let ending = Ending {
            reason: self.reason.as_deref(),
            native: self.native.as_deref(),
            calls: !self.calls.is_empty(),
            refuses: self.refuses,
        };
        let end = json!({
            "type": "message_delta",
            "delta": {"stop_reason": ending.stop_reason(), "stop_sequence": null},
            "usage": words::counts(self.usage.as_ref()),
        });
        write_event(out, "message_delta", &end);
        write_event(out, "message_stop", &json!({"type": "message_stop"}));
    }
}

#[cfg(test)]
mod tests;
