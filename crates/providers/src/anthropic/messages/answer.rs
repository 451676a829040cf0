//! Reads whole answers, and what they share with streamed ones.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tidegate_wire::event::{DecodeError, Event};

use super::argument;
use super::usage::Counts;
use crate::anthropic::error;
use crate::support::decode::{index, parse};

/// The one choice of every answer (decision D22).
pub(super) const CHOICE: u32 = 0;

/// A whole answer.
#[derive(Deserialize)]
struct Message<'a> {
    id: Option<String>,
    model: Option<String>,
    #[serde(borrow)]
    content: Option<Vec<Block<'a>>>,
    stop_reason: Option<String>,
    usage: Option<Value>,
    error: Option<Value>,
}

/// A block of content. Thinking, tools of the server and their results say nothing in the words of chat completions.
#[derive(Deserialize)]
pub(super) struct Block<'a> {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) text: Option<String>,
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    #[serde(borrow)]
    pub(super) input: Option<&'a RawValue>,
}

impl Block<'_> {
    /// True for a text, named as one or not.
    pub(super) fn is_text(&self) -> bool {
        match &self.kind {
            Some(kind) => kind == "text",
            None => self.text.is_some(),
        }
    }

    pub(super) fn is_call(&self) -> bool {
        self.kind.as_deref() == Some("tool_use")
    }

    /// Returns the arguments of a call as text.
    pub(super) fn arguments(&self) -> String {
        self.input
            .map_or_else(|| "{}".to_owned(), |input| argument::spaced(input.get()))
    }

    /// Returns the beginning of a call.
    pub(super) fn begin_call(self, index: u32) -> Event {
        Event::ToolCall {
            choice: CHOICE,
            index,
            id: self.id.unwrap_or_default(),
            name: self.name.unwrap_or_default(),
        }
    }
}

/// Returns the last event of a choice; all but two reasons to stop are `stop` (spec, providers/anthropic.md).
pub(super) fn finished(stop_reason: Option<&str>) -> Event {
    let reason = match stop_reason {
        Some("max_tokens") => "length",
        Some("tool_use") => "tool_calls",
        _ => "stop",
    };
    Event::Finished {
        choice: CHOICE,
        reason: reason.to_owned(),
    }
}

/// Reads a whole answer.
pub(super) fn read(body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
    let message: Message<'_> = parse(body)?;
    if let Some(error) = &message.error {
        return Err(error::reported(error));
    }
    let Some(content) = message.content else {
        return Err(DecodeError::Shape("it has no `content`".to_owned()));
    };
    out.push(Event::Started {
        id: message.id,
        model: message.model,
        created: None,
    });
    let mut calls = 0;
    for mut block in content {
        if block.is_text() {
            let text = block.text.take().unwrap_or_default();
            out.push(Event::Text {
                choice: CHOICE,
                text,
            });
        } else if block.is_call() {
            let (position, json) = (index(calls), block.arguments());
            calls += 1;
            out.push(block.begin_call(position));
            out.push(Event::ToolArguments {
                choice: CHOICE,
                index: position,
                json,
            });
        }
    }
    out.push(finished(message.stop_reason.as_deref()));
    let mut counts = Counts::default();
    counts.add(&message.usage.unwrap_or_default());
    out.extend(counts.usage().map(Event::Usage));
    Ok(())
}
