//! A stream in the client's own dialect: bytes pass as they are, whole frames only, so that an error can be added at any
//! point. A tap looks at each frame: is it valid, is it the end, what did it cost.

use bytes::{Bytes, BytesMut};
use tidegate_providers::{Mender, Unwrapper};
use tidegate_wire::Usage;
use tidegate_wire::dialect::{Observed, StreamError, Tap};
use tidegate_wire::event::DecodeError;
use tidegate_wire::frame::{SseFrame, SseReader};

use super::{Flow, Relay};
use crate::mask::Masker;

/// What a passing stream is given on its way.
pub(crate) struct Passing {
    pub(crate) tap: Box<dyn Tap>,
    pub(crate) unwrapper: Option<Box<dyn Unwrapper>>,
    pub(crate) mender: Option<Box<dyn Mender>>,
    pub(crate) masker: Masker,
    pub(crate) max_frame: usize,
}

/// Passes a stream through.
pub(crate) struct NativeRelay {
    reader: SseReader,
    passing: Passing,
    terminated: bool,
}

impl NativeRelay {
    pub(crate) fn new(passing: Passing) -> Self {
        Self {
            reader: SseReader::new(passing.max_frame),
            passing,
            terminated: false,
        }
    }

    fn frame(&mut self, frame: SseFrame, out: &mut BytesMut) -> Result<Flow, DecodeError> {
        let mut instead = None;
        let observed = match frame.read()? {
            None => Observed::Content,
            Some((event, data)) => {
                let mender = self.passing.mender.as_mut();
                instead = mender.and_then(|mender| mender.mend(data.as_bytes()));
                self.passing.tap.observe(event.unwrap_or_default(), &data)?
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
            Observed::Done => {
                out.extend_from_slice(frame.raw());
                self.terminated = true;
                Ok(Flow::Done)
            }
            Observed::OddError(error) => Err(DecodeError::Reported(error)),
            Observed::Error => {
                out.extend_from_slice(&self.passing.masker.bytes(frame.into_raw()));
                self.terminated = true;
                Ok(Flow::Failed)
            }
        }
    }
}

impl Relay for NativeRelay {
    fn chunk(&mut self, chunk: Bytes, out: &mut BytesMut) -> Result<Flow, DecodeError> {
        let mut outcome = Ok(());
        let chunk = match &mut self.passing.unwrapper {
            Some(unwrapper) => {
                let mut events = BytesMut::new();
                outcome = unwrapper.chunk(chunk, &mut events);
                events.freeze()
            }
            None => chunk,
        };
        self.reader.push(chunk);
        while let Some(frame) = self.reader.next_frame()? {
            match self.frame(frame, out)? {
                Flow::On => {}
                other => return Ok(other),
            }
        }
        outcome.map(|()| Flow::On)
    }

    fn eof(&mut self, out: &mut BytesMut) -> Result<(), DecodeError> {
        if let Some(unwrapper) = &mut self.passing.unwrapper {
            unwrapper.end()?;
        }
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
        if self.terminated || self.passing.tap.finished() {
            Ok(())
        } else {
            Err(DecodeError::CutOff)
        }
    }

    fn end(&mut self, outcome: Result<(), &StreamError>, out: &mut BytesMut) {
        if std::mem::replace(&mut self.terminated, true) {
            return;
        }
        self.passing.tap.end(outcome, out);
    }

    fn report(&mut self) -> (Option<Usage>, Option<String>) {
        let told = self.passing.tap.told();
        (told.usage, told.model)
    }
}
