//! Whole answers.

use serde::Deserialize;
use serde_json::Value;
use tidegate_wire::event::{DecodeError, Event};

use super::call::{self, Call};
use super::usage::Costs;
use super::{logprobs, reason};
use crate::support::decode::{index, parse};

#[derive(Deserialize)]
struct Answer {
    id: Option<String>,
    message: Message,
    finish_reason: Option<String>,
    usage: Option<Costs>,
    logprobs: Option<Vec<logprobs::Item>>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<Vec<Block>>,
    tool_plan: Option<String>,
    tool_calls: Option<Vec<Call>>,
    citations: Option<Vec<Value>>,
}

/// A piece of content: a text, or what the model thought.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Block {
    text: Option<String>,
    thinking: Option<String>,
}

impl Block {
    /// True when it says what the model thought.
    pub(super) fn thinks(&self) -> bool {
        self.thinking.as_ref().is_some_and(|text| !text.is_empty())
    }

    /// Tells what it says.
    pub(super) fn tell(self, out: &mut Vec<Event>) {
        out.extend(self.thinking.map(thought));
        out.extend(self.text.map(|text| Event::Text { choice: 0, text }));
    }
}

/// Tells what the model thought: as a block of its own, or as the plan before its calls.
fn thought(text: String) -> Event {
    Event::Reasoning { choice: 0, text }
}

/// Tells a plan, on a line of its own where it begins after other thoughts.
pub(super) fn plan(text: String, begins_after_thought: bool) -> Event {
    let line = if begins_after_thought { "\n" } else { "" };
    thought(format!("{line}{text}"))
}

/// Tells where texts of the answer come from. OpenAI's `annotations` have no words for it.
pub(super) fn citations(list: Vec<Value>) -> Option<Event> {
    (!list.is_empty()).then(|| Event::Member {
        choice: 0,
        name: "citations".to_owned(),
        value: list.into(),
    })
}

/// Begins the answer. Its role is always the assistant's and not told, so that an error at once is told by a status.
pub(super) fn start(id: Option<String>) -> Event {
    Event::Started {
        id,
        model: None,
        created: None,
    }
}

/// Reads a whole answer.
pub(super) fn read(body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
    let answer: Answer = parse(body)?;
    let message = answer.message;
    out.push(start(answer.id));
    let mut thought = false;
    for block in message.content.into_iter().flatten() {
        thought |= block.thinks();
        block.tell(out);
    }
    let told = message.tool_plan.filter(|text| !text.is_empty());
    out.extend(told.map(|text| plan(text, thought)));
    for (position, call) in message.tool_calls.into_iter().flatten().enumerate() {
        let position = index(position);
        let (begun, arguments) = call.begin(position);
        out.push(begun);
        out.push(match arguments {
            Some(json) => call::arguments(position, json),
            None => call::no_arguments(position),
        });
    }
    out.extend(citations(message.citations.unwrap_or_default()));
    out.extend(logprobs::told(answer.logprobs.unwrap_or_default()));
    if let Some(word) = answer.finish_reason {
        reason::finish(word, None, None, out)?;
    }
    let usage = answer.usage.and_then(Costs::usage);
    out.extend(usage.map(Event::Usage));
    Ok(())
}
