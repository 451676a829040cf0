//! Bytes that came and are not yet cut into frames.
//!
//! A chunk that holds whole frames is shared, never copied; only a frame that was cut by the network is put together.

use bytes::{Bytes, BytesMut};

/// The unread bytes of a stream.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// Unread bytes of the last chunk.
    whole: Bytes,
    /// A frame whose end has not come yet; empty while `whole` is not.
    cut: BytesMut,
}

impl Pending {
    /// Takes the next bytes in.
    pub(super) fn push(&mut self, chunk: Bytes) {
        if self.bytes().is_empty() {
            self.whole = chunk;
        } else {
            self.settle();
            self.cut.extend_from_slice(&chunk);
        }
    }

    /// All bytes that wait.
    pub(super) fn bytes(&self) -> &[u8] {
        if self.cut.is_empty() {
            &self.whole
        } else {
            &self.cut
        }
    }

    /// Takes the first `length` bytes: a whole frame. `length` is at most what waits.
    pub(super) fn take(&mut self, length: usize) -> Bytes {
        if self.cut.is_empty() {
            return self.whole.split_to(length);
        }
        let frame = self.cut.split_to(length).freeze();
        self.whole = self.cut.split().freeze();
        frame
    }

    /// Keeps what waits for the next chunk and lets go of the chunk that it came in.
    pub(super) fn settle(&mut self) {
        self.cut.extend_from_slice(&std::mem::take(&mut self.whole));
    }

    /// Takes everything.
    pub(super) fn rest(&mut self) -> Bytes {
        self.settle();
        self.cut.split().freeze()
    }
}
