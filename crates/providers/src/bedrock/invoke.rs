//! Answers of `InvokeModel`: a model's own JSON, whole, or in chunks of an event stream.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use serde::Deserialize;
use tidegate_wire::event::{DecodeError, Decoder, Event};
use tidegate_wire::frame::{Frame, FrameError, FrameReader, Framing, MessageKind};

use super::error;
use crate::provider::Unwrapper;
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
        match content(kind, event, payload)? {
            Some(text) => self.decoder.frame(Frame::Line(&text), out),
            None => Ok(()),
        }
    }

    fn complete(&self) -> bool {
        self.decoder.complete()
    }

    fn end(self: Box<Self>) -> Result<(), DecodeError> {
        Box::new(self.decoder).end()
    }
}

/// Returns what a message of the event stream says in the model's own words; nothing where it is of another kind.
fn content(kind: MessageKind, event: &str, payload: &[u8]) -> Result<Option<String>, DecodeError> {
    if let Some(error) = error::reported(kind, event, payload) {
        return Err(error);
    }
    if event != "chunk" {
        return Ok(None);
    }
    let chunk: Chunk<'_> = parse(payload)?;
    let bytes = STANDARD.decode(chunk.bytes).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text
        .ok_or_else(|| DecodeError::Shape("a chunk's bytes are not UTF-8 in base64".to_owned()))?;
    Ok(Some(text))
}

/// Takes a stream of Claude's Messages API out of the chunks. Each becomes an event under the name that its content has.
pub(super) struct Unwrapped {
    reader: FrameReader,
}

/// What an event says of its kind.
#[derive(Deserialize)]
struct Named<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Cow<'a, str>>,
}

impl Unwrapped {
    /// Refuses messages of more than `most` bytes.
    pub(super) fn new(most: usize) -> Self {
        Self {
            reader: FrameReader::new(Framing::Messages, most),
        }
    }
}

impl Unwrapper for Unwrapped {
    fn chunk(&mut self, chunk: Bytes, out: &mut BytesMut) -> Result<(), DecodeError> {
        self.reader.push(chunk);
        while let Some(raw) = self.reader.next_frame()? {
            raw.read(|frame| unwrap(frame, out))?;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), DecodeError> {
        match self.reader.leftover() {
            Some(_) => Err(FrameError::CutOff.into()),
            None => Ok(()),
        }
    }
}

/// Writes what a message says as Anthropic sends it.
fn unwrap(frame: Frame<'_>, out: &mut BytesMut) -> Result<(), DecodeError> {
    let Frame::Message {
        kind,
        event,
        payload,
    } = frame
    else {
        return Ok(());
    };
    let Some(json) = content(kind, event, payload)? else {
        return Ok(());
    };
    let named: Named<'_> = parse(json.as_bytes())?;
    let name = named.kind.filter(|kind| !kind.contains(char::is_control));
    let name = name.iter().map(|name| ("event: ", &**name));
    for (field, text) in name.chain(json.lines().map(|line| ("data: ", line))) {
        out.extend_from_slice(field.as_bytes());
        out.extend_from_slice(text.as_bytes());
        out.extend_from_slice(b"\n");
    }
    out.extend_from_slice(b"\n");
    Ok(())
}
