//! Reads whole answers, and what they share with streamed ones.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tidegate_wire::dialect::anthropic::MessagesCounts;
use tidegate_wire::event::{DecodeError, Event, Signed};

use super::argument;
use super::usage;
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

/// A block of content. Tools of the server and their results say nothing in the words of chat completions.
#[derive(Deserialize)]
pub(super) struct Block<'a> {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) text: Option<String>,
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) thinking: Option<String>,
    pub(super) signature: Option<String>,
    pub(super) data: Option<String>,
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

    /// Returns the arguments of a call as text: as the provider wrote them, or as MLflow writes them.
    pub(super) fn arguments(&self, faithful: bool) -> String {
        let written = self.input.map_or("{}", RawValue::get);
        if faithful {
            written.to_owned()
        } else {
            argument::spaced(written)
        }
    }

    /// Returns what a block of thinking says, at its beginning or whole.
    pub(super) fn thought(&mut self) -> Option<Event> {
        match self.kind.as_deref() {
            Some("thinking") => self.thinking.take().map(thought),
            Some("redacted_thinking") => self.data.take().map(|data| Event::Redacted {
                choice: CHOICE,
                data,
            }),
            _ => None,
        }
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

/// A piece of thought.
pub(super) fn thought(text: String) -> Event {
    Event::Reasoning {
        choice: CHOICE,
        text,
    }
}

/// The signature under what was thought, if there is one.
pub(super) fn signed(signature: Option<String>) -> Option<Event> {
    let signature = signature.filter(|it| !it.is_empty())?;
    Some(Event::Signature {
        choice: CHOICE,
        of: Signed::Reasoning,
        signature,
    })
}

/// Reasons to stop in OpenAI's words; all others are `stop` (Anthropic's API reference, "Stop reasons").
const REASONS: [(&str, &str); 4] = [
    ("max_tokens", "length"),
    ("tool_use", "tool_calls"),
    ("model_context_window_exceeded", "length"),
    ("refusal", "content_filter"),
];

/// The reasons that MLflow knows (spec, providers/anthropic.md).
const KNOWN_TO_MLFLOW: usize = 2;

/// Tells why the choice ended.
pub(super) fn finished(stop_reason: Option<&str>, faithful: bool, out: &mut Vec<Event>) {
    let known = if faithful {
        REASONS.len()
    } else {
        KNOWN_TO_MLFLOW
    };
    let mut reasons = REASONS.iter().take(known);
    let found = reasons.find(|(own, _)| Some(*own) == stop_reason);
    if let Some(own) = stop_reason.filter(|_| faithful) {
        out.push(Event::Noted {
            choice: CHOICE,
            name: Event::NATIVE_REASON,
            text: own.to_owned(),
        });
    }
    out.push(Event::Finished {
        choice: CHOICE,
        reason: found.map_or("stop", |(_, reason)| *reason).to_owned(),
    });
}

/// Reads a whole answer.
pub(super) fn read(body: &[u8], faithful: bool, out: &mut Vec<Event>) -> Result<(), DecodeError> {
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
            let (position, json) = (index(calls), block.arguments(faithful));
            calls += 1;
            out.push(block.begin_call(position));
            out.push(Event::ToolArguments {
                choice: CHOICE,
                index: position,
                json,
            });
        } else if faithful {
            out.extend(block.thought());
            out.extend(signed(block.signature));
        }
    }
    finished(message.stop_reason.as_deref(), faithful, out);
    let mut counts = MessagesCounts::default();
    counts.add(&message.usage.unwrap_or_default());
    let usage = if faithful {
        counts.usage()
    } else {
        usage::of_mlflow(counts)
    };
    out.extend(usage.map(Event::Usage));
    Ok(())
}
