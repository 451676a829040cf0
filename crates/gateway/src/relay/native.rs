//! A stream in the client's own dialect: bytes pass as they are, whole frames only, so that an error can be added at any
//! point. A tap looks at each frame: is it valid, is it the end, what did it cost.

use bytes::{Bytes, BytesMut};
use tidegate_providers::Mender;
use tidegate_wire::Usage;
use tidegate_wire::dialect::StreamError;
use tidegate_wire::dialect::openai::{Observed, Tap};
use tidegate_wire::event::DecodeError;
use tidegate_wire::frame::{SseFrame, SseReader};

use super::{Flow, Relay};
use crate::mask::Masker;

/// The terminator, for providers that leave it out.
const DONE: &[u8] = b"data: [DONE]\n\n";

/// Passes an OpenAI stream through.
pub(crate) struct NativeRelay {
    reader: SseReader,
    tap: Tap,
    masker: Masker,
    mender: Option<Box<dyn Mender>>,
    terminated: bool,
}

impl NativeRelay {
    pub(crate) fn new(max_frame: usize, masker: Masker, mender: Option<Box<dyn Mender>>) -> Self {
        Self {
            reader: SseReader::new(max_frame),
            tap: Tap::default(),
            masker,
            mender,
            terminated: false,
        }
    }

    fn frame(&mut self, frame: SseFrame, out: &mut BytesMut) -> Result<Flow, DecodeError> {
        let mut instead = None;
        let observed = match frame.read()? {
            None => Observed::Content,
            Some((_, data)) => {
                let mender = self.mender.as_mut();
                instead = mender.and_then(|mender| mender.mend(data.as_bytes()));
                self.tap.observe(&data)?
            }
        };
        match observed {
            Observed::Content if instead.is_some() => {
                let mended = instead.unwrap_or_default();
                out.extend_from_slice(b"data: ");
                out.extend_from_slice(&mended);
                out.extend_from_slice(b"\n\n");
                Ok(Flow::On)
            }
            Observed::Content => {
                out.extend_from_slice(frame.raw());
                Ok(Flow::On)
            }
            Observed::Done if !self.tap.finished() => Err(DecodeError::Unfinished),
            Observed::Done => {
                out.extend_from_slice(frame.raw());
                self.terminated = true;
                Ok(Flow::Done)
            }
            Observed::OddError(error) => Err(DecodeError::Reported(error)),
            Observed::Error => {
                out.extend_from_slice(&self.masker.bytes(frame.into_raw()));
                self.terminated = true;
                Ok(Flow::Failed)
            }
        }
    }
}

impl Relay for NativeRelay {
    fn chunk(&mut self, chunk: Bytes, out: &mut BytesMut) -> Result<Flow, DecodeError> {
        self.reader.push(chunk);
        while let Some(frame) = self.reader.next_frame()? {
            match self.frame(frame, out)? {
                Flow::On => {}
                other => return Ok(other),
            }
        }
        Ok(Flow::On)
    }

    fn eof(&mut self, out: &mut BytesMut) -> Result<(), DecodeError> {
        if let Some(last) = self.reader.leftover() {
            // A last frame without its blank line is whole if its content is.
            let mut raw = BytesMut::from(last.raw().as_ref());
            raw.extend_from_slice(b"\n\n");
            let mut reader = SseReader::new(raw.len());
            reader.push(raw.freeze());
            if let Some(frame) = reader.next_frame()? {
                self.frame(frame, out).map_err(|error| match error {
                    DecodeError::Reported(_) | DecodeError::Unfinished => error,
                    _ => DecodeError::CutOff,
                })?;
            }
        }
        if self.terminated || self.tap.finished() {
            Ok(())
        } else {
            Err(DecodeError::CutOff)
        }
    }

    fn end(&mut self, outcome: Result<(), &StreamError>, out: &mut BytesMut) {
        if std::mem::replace(&mut self.terminated, true) {
            return;
        }
        match outcome {
            Ok(()) => out.extend_from_slice(DONE),
            Err(error) => error.write_event(out),
        }
    }

    fn report(&mut self) -> (Option<Usage>, Option<String>) {
        (self.tap.usage.take(), self.tap.model.take())
    }
}
