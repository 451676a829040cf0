//! A block of content, from its start to its stop.

use bytes::BytesMut;
use serde_json::{Map, Value, json};

use super::super::words;
use super::extent::Extent;
use crate::dialect::write_event;

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Words.
    Text,
    /// Words with which the model refused: a text too.
    Refusal,
    /// Words that the model thought.
    Thinking,
    /// Thought that only the provider can read.
    Redacted(String),
    /// An empty block of thinking, with an envelope in the place of its signature.
    Sealed(String),
    /// A call.
    Call {
        /// Its index.
        index: u32,
        /// Its id.
        id: String,
        /// The function's name.
        name: String,
    },
}

/// A block that is being written, or waits to be.
pub(super) struct Block {
    pub(super) kind: Kind,
    /// True when its start is written.
    pub(super) begun: bool,
    /// What waits for the block's start.
    pub(super) held: String,
    /// The signature under it, which is written whole before its stop: clients keep the last piece only.
    pub(super) signature: String,
    extent: Extent,
}

impl Block {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            begun: false,
            held: String::new(),
            signature: String::new(),
            extent: Extent::default(),
        }
    }

    /// True for the call of an index.
    pub(super) fn is_call(&self, wanted: u32) -> bool {
        matches!(self.kind, Kind::Call { index, .. } if index == wanted)
    }

    /// True when nothing can be added once something else has begun.
    pub(super) const fn is_whole(&self) -> bool {
        match self.kind {
            Kind::Call { .. } => self.extent.is_whole(),
            _ => true,
        }
    }

    /// True when nothing can be added.
    pub(super) const fn is_closed(&self) -> bool {
        matches!(self.kind, Kind::Redacted(_) | Kind::Sealed(_))
    }

    /// True when a piece of this kind belongs to the block. What is signed is complete, as far as it is thought.
    pub(super) fn takes(&self, kind: &Kind) -> bool {
        self.kind == *kind && (self.signature.is_empty() || self.kind == Kind::Text)
    }

    /// Returns how many bytes it holds while it waits.
    pub(super) fn size(&self) -> usize {
        let own = match &self.kind {
            Kind::Redacted(text) | Kind::Sealed(text) => text.len(),
            Kind::Call { id, name, .. } => id.len().saturating_add(name.len()),
            Kind::Text | Kind::Refusal | Kind::Thinking => 0,
        };
        size_of::<Self>().saturating_add(own)
    }

    /// Writes the start, and what waits for it.
    pub(super) fn begin(&mut self, place: usize, out: &mut BytesMut) {
        self.begun = true;
        let block = match &self.kind {
            Kind::Text | Kind::Refusal => words::text(""),
            Kind::Thinking | Kind::Sealed(_) => words::thinking("", ""),
            Kind::Redacted(data) => words::redacted(data),
            Kind::Call { id, name, .. } => words::call(id, name, Map::new()),
        };
        let start = json!({"type": "content_block_start", "index": place, "content_block": block});
        write_event(out, "content_block_start", &start);
        let held = std::mem::take(&mut self.held);
        if !held.is_empty() {
            self.write(place, &held, out);
        }
    }

    /// Reads a piece for where it ends.
    pub(super) fn measure(&mut self, piece: &str) {
        if matches!(self.kind, Kind::Call { .. }) {
            self.extent.read(piece);
        }
    }

    /// Writes a piece.
    pub(super) fn write(&self, place: usize, piece: &str, out: &mut BytesMut) {
        let piece = match self.kind {
            Kind::Text | Kind::Refusal => json!({"type": "text_delta", "text": piece}),
            Kind::Thinking => json!({"type": "thinking_delta", "thinking": piece}),
            Kind::Call { .. } => json!({"type": "input_json_delta", "partial_json": piece}),
            Kind::Redacted(_) | Kind::Sealed(_) => return,
        };
        delta(place, &piece, out);
    }

    /// Writes the signature of thought, and the stop.
    pub(super) fn stop(&self, place: usize, out: &mut BytesMut) {
        let signature = match &self.kind {
            Kind::Sealed(envelope) => envelope,
            Kind::Thinking => &self.signature,
            _ => "",
        };
        if !signature.is_empty() {
            let signed = json!({"type": "signature_delta", "signature": signature});
            delta(place, &signed, out);
        }
        let stop = json!({"type": "content_block_stop", "index": place});
        write_event(out, "content_block_stop", &stop);
    }
}

fn delta(place: usize, delta: &Value, out: &mut BytesMut) {
    let written = json!({"type": "content_block_delta", "index": place, "delta": delta});
    write_event(out, "content_block_delta", &written);
}
