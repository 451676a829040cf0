//! A stream in another dialect: frames, events, and the client's frames.

use bytes::{Bytes, BytesMut};
use tidegate_wire::dialect::{Encoder, StreamError};
use tidegate_wire::event::{DecodeError, Decoder, Event};
use tidegate_wire::frame::{FrameReader, RawFrame};
use tidegate_wire::{Endings, Usage};

use super::{Flow, Relay};

/// Translates a stream.
pub(crate) struct TranslatedRelay {
    reader: FrameReader,
    decoder: Option<Box<dyn Decoder>>,
    encoder: Option<Box<dyn Encoder>>,
    /// Which choices have ended, where a stream must say so.
    endings: Option<Endings>,
    usage: Option<Usage>,
    model: Option<String>,
}

impl TranslatedRelay {
    pub(crate) fn new(
        reader: FrameReader,
        decoder: Box<dyn Decoder>,
        encoder: Box<dyn Encoder>,
        must_finish: bool,
    ) -> Self {
        Self {
            endings: must_finish.then(Endings::default),
            reader,
            decoder: Some(decoder),
            encoder: Some(encoder),
            usage: None,
            model: None,
        }
    }

    fn frame(&mut self, frame: &RawFrame, out: &mut BytesMut) -> Result<Flow, DecodeError> {
        let Some(decoder) = self.decoder.as_mut() else {
            return Ok(Flow::Done);
        };
        let mut batch = Vec::new();
        frame.read(|frame| decoder.frame(frame, &mut batch))?;
        let complete = decoder.complete();
        self.emit(batch, out);
        if complete {
            self.check_endings().map(|()| Flow::Done)
        } else {
            Ok(Flow::On)
        }
    }

    /// Refuses an end that says of no choice, or not of every one, why it ended.
    fn check_endings(&self) -> Result<(), DecodeError> {
        if self.endings.is_none_or(Endings::all) {
            Ok(())
        } else {
            Err(DecodeError::Unfinished)
        }
    }

    /// Writes events that came from a frame, or from a whole plain answer.
    pub(crate) fn emit(&mut self, batch: Vec<Event>, out: &mut BytesMut) {
        for event in &batch {
            if let Some(endings) = self.endings.as_mut() {
                endings.hear(event);
            }
            match event {
                Event::Usage(usage) => self.usage = Some(usage.clone()),
                Event::Started { model, .. } => self.model.clone_from(model),
                _ => {}
            }
        }
        if let (false, Some(encoder)) = (batch.is_empty(), self.encoder.as_mut()) {
            encoder.events(batch, out);
        }
    }
}

impl Relay for TranslatedRelay {
    fn chunk(&mut self, chunk: Bytes, out: &mut BytesMut) -> Result<Flow, DecodeError> {
        self.reader.push(chunk);
        while let Some(frame) = self.reader.next_frame()? {
            match self.frame(&frame, out)? {
                Flow::On => {}
                other => return Ok(other),
            }
        }
        Ok(Flow::On)
    }

    fn eof(&mut self, out: &mut BytesMut) -> Result<(), DecodeError> {
        if let Some(last) = self.reader.leftover() {
            // What cannot be read was cut; an error that can be read is no cut.
            self.frame(&last, out).map_err(|error| match error {
                DecodeError::Reported(_) | DecodeError::Unfinished => error,
                _ => DecodeError::CutOff,
            })?;
        }
        self.decoder.take().map_or(Ok(()), Decoder::end)?;
        self.check_endings()
    }

    fn end(&mut self, outcome: Result<(), &StreamError>, out: &mut BytesMut) {
        if let Some(encoder) = self.encoder.take() {
            encoder.end(outcome, out);
        }
    }

    fn report(&mut self) -> (Option<Usage>, Option<String>) {
        (self.usage.take(), self.model.take())
    }
}
