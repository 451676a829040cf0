//! What the writer of a stream has told of each choice, so that no law of the dialect is broken whatever comes.

use std::collections::HashSet;

use crate::event::Signed;
use crate::fold::Thought;

/// What has been told of one choice.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The calls begun, by index.
    calls: HashSet<u32>,
    /// What was thought since the last signature.
    thought: String,
    /// Further facts, told with the end.
    pub(super) notes: Vec<(&'static str, String)>,
    /// True when the end is told.
    finished: bool,
}

impl Told {
    /// True while more may be told.
    pub(super) const fn is_open(&self) -> bool {
        !self.finished
    }

    /// Notes the end.
    pub(super) const fn finish(&mut self) {
        self.finished = true;
    }

    /// Notes a call's beginning; false when it began before.
    pub(super) fn begin(&mut self, call: u32) -> bool {
        self.calls.insert(call)
    }

    /// True for a call that has begun.
    pub(super) fn knows(&self, call: u32) -> bool {
        self.calls.contains(&call)
    }

    /// Notes a piece of thought.
    pub(super) fn think(&mut self, piece: &str) {
        self.thought.push_str(piece);
    }

    /// Returns the stretch of thought that a signature ends.
    pub(super) fn sign(&mut self, signature: String) -> Thought {
        Thought::Said {
            text: std::mem::take(&mut self.thought),
            signature: Some(signature),
        }
    }

    /// True when what a signature stands under has been told.
    pub(super) fn has(&self, signed: Signed) -> bool {
        match signed {
            Signed::Call(index) => self.knows(index),
            Signed::Reasoning | Signed::Text => true,
        }
    }
}
