//! Blocks in a row. The first is written as it comes; those behind wait until it is over.

use std::collections::VecDeque;

use bytes::BytesMut;

use super::block::{Block, Kind};
use crate::dialect::envelope::seal_text;

/// The blocks that are not over.
#[derive(Default)]
pub(super) struct Queue {
    blocks: VecDeque<Block>,
    /// The first block's place in the message.
    place: usize,
    /// Bytes of blocks that wait.
    held: usize,
}

impl Queue {
    /// Returns how many bytes wait.
    pub(super) const fn held(&self) -> usize {
        self.held
    }

    /// True when a further piece of this kind belongs to the last block.
    pub(super) fn ends_with(&self, kind: &Kind) -> bool {
        self.blocks.back().is_some_and(|block| block.takes(kind))
    }

    /// Adds a piece to the last block, or to a new one.
    pub(super) fn add(&mut self, kind: Kind, piece: &str, out: &mut BytesMut) {
        if !self.ends_with(&kind) {
            self.push(Block::new(kind), out);
        }
        self.write(self.blocks.len().saturating_sub(1), piece, out);
    }

    /// Adds a piece to the arguments of a call, unless it is over.
    pub(super) fn argue(&mut self, index: u32, piece: &str, out: &mut BytesMut) {
        let found = self.blocks.iter().position(|block| block.is_call(index));
        if let Some(position) = found.filter(|_| !piece.is_empty()) {
            self.write(position, piece, out);
            self.advance(false, out);
        }
    }

    /// Adds a piece to the signature of the last block, or of a new one.
    pub(super) fn sign(&mut self, kind: Kind, piece: &str, out: &mut BytesMut) {
        if self.blocks.back().is_none_or(|block| block.kind != kind) {
            self.push(Block::new(kind), out);
        }
        if let Some(last) = self.blocks.back_mut() {
            last.signature.push_str(piece);
            self.held = self.held.saturating_add(piece.len());
        }
    }

    /// Begins a block.
    pub(super) fn push(&mut self, block: Block, out: &mut BytesMut) {
        self.held = self.held.saturating_add(block.size());
        self.blocks.push_back(block);
        self.advance(false, out);
    }

    /// Ends all blocks.
    pub(super) fn finish(&mut self, out: &mut BytesMut) {
        self.advance(true, out);
    }

    fn write(&mut self, position: usize, piece: &str, out: &mut BytesMut) {
        let Some(block) = self.blocks.get_mut(position) else {
            return;
        };
        block.measure(piece);
        if block.begun {
            block.write(self.place, piece, out);
        } else {
            block.held.push_str(piece);
            self.held = self.held.saturating_add(piece.len());
        }
    }

    /// Ends the blocks that are over, and begins the first that is not.
    fn advance(&mut self, all: bool, out: &mut BytesMut) {
        loop {
            let is_last = self.blocks.len() == 1;
            let Some(first) = self.blocks.front_mut() else {
                return;
            };
            if !first.begun {
                let waited = first.size().saturating_add(first.held.len());
                self.held = self.held.saturating_sub(waited);
                first.begin(self.place, out);
            }
            if !(all || first.is_closed() || !is_last && first.is_whole()) {
                return;
            }
            first.stop(self.place, out);
            self.place += 1;
            let over = self.blocks.pop_front();
            let signature = over.as_ref().map_or(0, |it| it.signature.len());
            self.held = self.held.saturating_sub(signature);
            let signed = over.filter(|it| it.kind == Kind::Text && !it.signature.is_empty());
            if let Some(text) = signed {
                let envelope = Block::new(Kind::Sealed(seal_text(&text.signature)));
                self.held = self.held.saturating_add(envelope.size());
                self.blocks.push_front(envelope);
            }
        }
    }
}
