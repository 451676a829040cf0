//! Answers of `InvokeModel`: a model's own JSON, whole, or in chunks of an event stream.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use tidegate_wire::event::{DecodeError, Decoder, Event};
use tidegate_wire::frame::Frame;

use super::error;
use crate::support::decode::parse;

/// Unwraps the chunks; their content is read as lines of the model's own stream.
pub(super) struct Invoked<D> {
    decoder: D,
}

/// The payload of a chunk. A member `p` beside the bytes is padding.
#[derive(Deserialize)]
struct Chunk<'a> {
    bytes: &'a str,
}

impl<D: Decoder> Invoked<D> {
    pub(super) fn new(decoder: D) -> Self {
        Self { decoder }
    }
}

impl<D: Decoder> Decoder for Invoked<D> {
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        let Frame::Message {
            kind,
            event,
            payload,
        } = frame
        else {
            return self.decoder.frame(frame, out);
        };
        if let Some(error) = error::reported(kind, event, payload) {
            return Err(error);
        }
        if event != "chunk" {
            return Ok(());
        }
        let chunk: Chunk<'_> = parse(payload)?;
        let bytes = STANDARD.decode(chunk.bytes).ok();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.ok_or_else(|| {
            DecodeError::Shape("a chunk's bytes are not UTF-8 in base64".to_owned())
        })?;
        self.decoder.frame(Frame::Line(&text), out)
    }

    fn complete(&self) -> bool {
        self.decoder.complete()
    }

    fn end(self: Box<Self>) -> Result<(), DecodeError> {
        Box::new(self.decoder).end()
    }
}
