//! One reader for every way to cut a body into frames.

use bytes::Bytes;

use super::line::{self, LineReader};
use super::message::{self, MessageReader};
use super::sse::{SseFrame, SseReader};
use super::{Frame, FrameError};

/// How a streamed body is cut into frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Server-sent events.
    Sse,
    /// Newline-delimited JSON.
    Lines,
    /// An AWS event stream.
    Messages,
}

/// Cuts a byte stream into frames.
#[derive(Debug)]
pub struct FrameReader {
    cutter: Cutter,
}

#[derive(Debug)]
enum Cutter {
    Sse(SseReader),
    Lines(LineReader),
    Messages(MessageReader),
}

/// The bytes of one frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawFrame {
    content: Content,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    Sse(SseFrame),
    Line(Bytes),
    Message(Bytes),
}

impl FrameReader {
    /// Makes a reader that refuses frames of more than `limit` bytes.
    pub fn new(framing: Framing, limit: usize) -> Self {
        let cutter = match framing {
            Framing::Sse => Cutter::Sse(SseReader::new(limit)),
            Framing::Lines => Cutter::Lines(LineReader::new(limit)),
            Framing::Messages => Cutter::Messages(MessageReader::new(limit)),
        };
        Self { cutter }
    }

    /// Takes the next bytes in. Call [`Self::next_frame`] until it gives nothing before pushing again.
    pub fn push(&mut self, chunk: Bytes) {
        match &mut self.cutter {
            Cutter::Sse(reader) => reader.push(chunk),
            Cutter::Lines(reader) => reader.push(chunk),
            Cutter::Messages(reader) => reader.push(chunk),
        }
    }

    /// Returns the next whole frame. After an error the rest of the stream has no meaning.
    pub fn next_frame(&mut self) -> Result<Option<RawFrame>, FrameError> {
        let content = match &mut self.cutter {
            Cutter::Sse(reader) => reader.next_frame()?.map(Content::Sse),
            Cutter::Lines(reader) => reader.next_line()?.map(Content::Line),
            Cutter::Messages(reader) => reader.next_message()?.map(Content::Message),
        };
        Ok(content.map(|content| RawFrame { content }))
    }

    /// Returns what stands after the last whole frame; nothing when the stream ended cleanly. An event without its blank
    /// line and a line without its line feed may still be whole; a message never is, and reads as
    /// [`FrameError::CutOff`].
    pub fn leftover(&mut self) -> Option<RawFrame> {
        let content = match &mut self.cutter {
            Cutter::Sse(reader) => reader.leftover().map(Content::Sse),
            Cutter::Lines(reader) => reader.leftover().map(Content::Line),
            Cutter::Messages(reader) => reader.leftover().map(Content::Message),
        };
        content.map(|content| RawFrame { content })
    }
}

impl RawFrame {
    /// Reads the frame and shows it to `look`, unless it says nothing, as an event without data.
    pub fn read<E: From<FrameError>>(
        &self,
        look: impl FnOnce(Frame<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        match &self.content {
            Content::Sse(frame) => match frame.read()? {
                Some((event, data)) => look(Frame::Sse { event, data: &data }),
                None => Ok(()),
            },
            Content::Line(raw) => look(line::read(raw)?),
            Content::Message(raw) => look(message::read(raw)?),
        }
    }
}
