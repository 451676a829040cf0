//! Gathers events into a whole answer. A streamed answer and a plain one fold to the same.

use crate::event::Event;
use crate::usage::Usage;
use crate::vector::Vector;

/// A whole answer.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The provider's id.
    pub id: Option<String>,
    /// The model that answered.
    pub model: Option<String>,
    /// Unix seconds.
    pub created: Option<u64>,
    /// The choices by index.
    pub choices: Vec<Choice>,
    /// The vectors with their indexes, as they came.
    pub vectors: Vec<(u32, Vector)>,
    /// Token counts, if reported.
    pub usage: Option<Usage>,
}

/// One of the answers to a request.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Who speaks.
    pub role: Option<String>,
    /// The text; `None` when the provider gave none (tool calls only).
    pub text: Option<String>,
    /// A refusal in place of an answer.
    pub refusal: Option<String>,
    /// Tool calls in order.
    pub tool_calls: Vec<ToolCall>,
    /// Why it ended.
    pub finish_reason: Option<String>,
    /// Further facts, in order.
    pub notes: Vec<(&'static str, String)>,
}

/// A call that the model wants made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolCall {
    /// Its id.
    pub id: String,
    /// The function's name.
    pub name: String,
    /// The arguments: JSON text.
    pub arguments: String,
}

/// The most choices and tool calls that an answer may name; more is a broken answer and is ignored.
const MOST: u32 = 4096;

impl Answer {
    /// Gathers one event.
    pub fn add(&mut self, event: Event) {
        match event {
            Event::Started { id, model, created } => {
                (self.id, self.model, self.created) = (id, model, created);
            }
            Event::Named { id } => self.id = Some(id),
            Event::Usage(usage) => self.usage = Some(usage),
            Event::Embedding { index, vector } => self.vectors.push((index, vector)),
            Event::Silence { choice } => {
                choice.and_then(|choice| self.choice(choice));
            }
            Event::Role { choice, role } => {
                if let Some(choice) = self.choice(choice) {
                    choice.role = Some(role);
                }
            }
            Event::Text { choice, text } => {
                if let Some(choice) = self.choice(choice) {
                    choice.text.get_or_insert_default().push_str(&text);
                }
            }
            Event::Refusal { choice, text } => {
                if let Some(choice) = self.choice(choice) {
                    choice.refusal.get_or_insert_default().push_str(&text);
                }
            }
            Event::ToolCall {
                choice,
                index,
                id,
                name,
            } => {
                if let Some(call) = self.tool_call(choice, index) {
                    (call.id, call.name) = (id, name);
                }
            }
            Event::ToolArguments {
                choice,
                index,
                json,
            } => {
                if let Some(call) = self.tool_call(choice, index) {
                    call.arguments.push_str(&json);
                }
            }
            Event::Noted { choice, name, text } => {
                if let Some(choice) = self.choice(choice) {
                    choice.notes.retain(|(known, _)| *known != name);
                    choice.notes.push((name, text));
                }
            }
            Event::Finished { choice, reason } => {
                if let Some(choice) = self.choice(choice) {
                    choice.finish_reason = Some(reason);
                }
            }
        }
    }

    fn choice(&mut self, index: u32) -> Option<&mut Choice> {
        slot(&mut self.choices, index)
    }

    fn tool_call(&mut self, choice: u32, index: u32) -> Option<&mut ToolCall> {
        slot(&mut self.choice(choice)?.tool_calls, index)
    }
}

impl FromIterator<Event> for Answer {
    fn from_iter<I: IntoIterator<Item = Event>>(events: I) -> Self {
        let mut answer = Self::default();
        for event in events {
            answer.add(event);
        }
        answer
    }
}

fn slot<T: Default>(items: &mut Vec<T>, index: u32) -> Option<&mut T> {
    if index >= MOST {
        return None;
    }
    let index = index as usize;
    if items.len() <= index {
        items.resize_with(index + 1, T::default);
    }
    items.get_mut(index)
}
