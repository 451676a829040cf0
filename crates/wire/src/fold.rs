//! Gathers events into a whole answer. A streamed answer and a plain one fold to the same.

mod choice;

use crate::event::Event;
use crate::usage::Usage;
use crate::vector::Vector;

pub use choice::{Choice, Thought, ToolCall};

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

/// The most choices and tool calls that an answer may name; more is a broken answer and is ignored.
pub(crate) const MOST: u32 = 4096;

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
            Event::Silence { choice: None } => {}
            Event::Silence {
                choice: Some(index),
            } => drop(slot(&mut self.choices, index)),
            event => {
                let choice = event.choice();
                if let Some(choice) = choice.and_then(|it| slot(&mut self.choices, it)) {
                    choice.add(event);
                }
            }
        }
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

/// Returns the item of an index, made with all before it where it is missing.
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
