//! A way in for the benches to what is private: the cut around a body's model, and the ways of a stream. No interface.

use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use tidegate_providers::ModelEdit;
use tidegate_wire::dialect::Encoder;
use tidegate_wire::dialect::openai::OpenAiTap;
use tidegate_wire::event::{DecodeError, Decoder};
use tidegate_wire::frame::{FrameReader, Framing};
use tidegate_wire::json::Member;

use crate::mask::Masker;
use crate::pipeline;
use crate::relay::{Most, NativeRelay, Passing, Relay, TranslatedRelay};

/// Replaces a body's model as the byte path does, and returns the new length.
pub fn edit_model(body: &Bytes, model: Option<&Member>, edit: ModelEdit) -> u64 {
    pipeline::edit_model(body, model, edit).size_hint().lower()
}

/// A stream's way through the gateway.
pub struct Way(Box<dyn Relay>);

impl Way {
    /// Passes a stream through.
    pub fn native(max_frame: usize) -> Self {
        Self(Box::new(NativeRelay::new(Passing {
            tap: Box::new(OpenAiTap::default()),
            unwrapper: None,
            mender: None,
            masker: Masker::default(),
            max_frame,
        })))
    }

    /// Translates a stream.
    pub fn translated(
        max_frame: usize,
        decoder: Box<dyn Decoder>,
        encoder: Box<dyn Encoder>,
    ) -> Self {
        let frames = FrameReader::new(Framing::Sse, max_frame);
        Self(Box::new(TranslatedRelay::new(
            frames,
            decoder,
            encoder,
            true,
            Most {
                thought: max_frame,
                kept: usize::MAX,
            },
        )))
    }

    /// Takes bytes from the provider.
    pub fn chunk(&mut self, chunk: Bytes, out: &mut BytesMut) -> Result<(), DecodeError> {
        self.0.chunk(chunk, out).map(|_| ())
    }
}
