//! A stream in another dialect: frames, events, and the client's frames.

use bytes::{Bytes, BytesMut};
use tidegate_wire::dialect::{Encoder, StreamError};
use tidegate_wire::event::{DecodeError, Decoder, Event, Signed};
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
    /// Bytes of thought since the last signature, which the client's dialect may tell in one frame.
    thought: usize,
    most: Most,
    usage: Option<Usage>,
    model: Option<String>,
}

/// How many bytes of an answer are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Most {
    /// Of thought in a row (`upstream.max_frame_bytes`).
    pub(crate) thought: usize,
    /// Of what the client's dialect tells later or again (`upstream.max_response_bytes`).
    pub(crate) kept: usize,
}

impl TranslatedRelay {
    pub(crate) fn new(
        reader: FrameReader,
        decoder: Box<dyn Decoder>,
        encoder: Box<dyn Encoder>,
        must_finish: bool,
        most: Most,
    ) -> Self {
        Self {
            thought: 0,
            most,
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
        self.measure(&batch)?;
        self.emit(batch, out);
        self.measure_kept()?;
        if complete {
            self.check_endings().map(|()| Flow::Done)
        } else {
            Ok(Flow::On)
        }
    }

    /// Refuses a stretch of thought that would make too large a frame.
    fn measure(&mut self, batch: &[Event]) -> Result<(), DecodeError> {
        for event in batch {
            match event {
                Event::Reasoning { text, .. } => {
                    self.thought = self.thought.saturating_add(text.len());
                }
                Event::Signature {
                    of: Signed::Reasoning,
                    ..
                } => self.thought = 0,
                _ => {}
            }
        }
        if self.thought > self.most.thought {
            let most = self.most.thought;
            let words =
                format!("more than {most} bytes of thought in a row (`upstream.max_frame_bytes`)");
            return Err(DecodeError::Shape(words));
        }
        Ok(())
    }

    /// Refuses an answer of which more is kept than a plain one may have.
    fn measure_kept(&self) -> Result<(), DecodeError> {
        let kept = self.encoder.as_ref().map_or(0, |encoder| encoder.kept());
        let most = self.most.kept;
        if kept <= most {
            return Ok(());
        }
        let words = format!("more than {most} bytes to be kept (`upstream.max_response_bytes`)");
        Err(DecodeError::Shape(words))
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

#[cfg(test)]
mod tests {
    use tidegate_wire::Operation;
    use tidegate_wire::dialect::openai::{OpenAi, OpenAiDecoder};
    use tidegate_wire::dialect::responses::Responses;
    use tidegate_wire::dialect::{Context, Dialect as _};
    use tidegate_wire::frame::Framing;

    use super::*;

    #[test]
    fn thought_in_a_row_has_a_limit() {
        let voice = OpenAi.decode(Operation::Chat, br#"{"messages":[]}"#);
        let encoder = voice.unwrap().voice.stream(Context {
            now: 0,
            model: None,
            id: "a".to_owned(),
        });
        let decoder = Box::new(OpenAiDecoder::default());
        let frames = FrameReader::new(Framing::Sse, 1000);
        let most = Most {
            thought: 5,
            kept: 0,
        };
        let mut relay = TranslatedRelay::new(frames, decoder, encoder, true, most);
        let piece = || {
            Bytes::from_static(
                b"data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"abc\"}}]}\n\n",
            )
        };
        let mut out = BytesMut::new();
        assert_eq!(relay.chunk(piece(), &mut out), Ok(Flow::On));
        let told = relay.chunk(piece(), &mut out).unwrap_err().to_string();
        assert!(told.contains("more than 5 bytes of thought"), "{told}");
    }

    #[test]
    fn what_is_kept_has_a_limit() {
        let voice = Responses.decode(Operation::Chat, br#"{"input":""}"#);
        let encoder = voice.unwrap().voice.stream(Context {
            now: 0,
            model: None,
            id: "a".to_owned(),
        });
        let decoder = Box::new(OpenAiDecoder::default());
        let frames = FrameReader::new(Framing::Sse, 5000);
        let most = Most {
            thought: 1000,
            kept: 2000,
        };
        let mut relay = TranslatedRelay::new(frames, decoder, encoder, true, most);
        let text = "x".repeat(1500);
        let frame = format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n");
        let piece = || Bytes::from(frame.clone());
        let mut out = BytesMut::new();
        assert_eq!(relay.chunk(piece(), &mut out), Ok(Flow::On));
        let told = relay.chunk(piece(), &mut out).unwrap_err().to_string();
        assert!(told.contains("more than 2000 bytes to be kept"), "{told}");
    }
}
