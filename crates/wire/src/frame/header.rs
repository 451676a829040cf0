//! The headers of a message of an AWS event stream.
//!
//! A header is the length of its name (one byte), its name, the type of its value (one byte) and its value. Source: the
//! Amazon Event Stream specification of Smithy 2.0 (`aws/amazon-eventstream`).

use super::{Frame, FrameError, MessageKind};

/// The type of a value that is a text.
const TEXT: u8 = 7;

/// The headers that say what a message is.
#[derive(Debug, Default)]
pub(super) struct Headers<'a> {
    message_type: Option<&'a str>,
    event_type: Option<&'a str>,
    exception_type: Option<&'a str>,
    error_code: Option<&'a str>,
    error_message: Option<&'a str>,
}

impl<'a> Headers<'a> {
    /// Reads all headers; those that say nothing about the message's kind are skipped.
    pub(super) fn read(mut rest: &'a [u8]) -> Result<Self, FrameError> {
        let mut headers = Self::default();
        while !rest.is_empty() {
            let (name, value) =
                header(&mut rest).ok_or(FrameError::Malformed("a header cannot be read"))?;
            let known = match name {
                b":message-type" => &mut headers.message_type,
                b":event-type" => &mut headers.event_type,
                b":exception-type" => &mut headers.exception_type,
                b":error-code" => &mut headers.error_code,
                b":error-message" => &mut headers.error_message,
                _ => continue,
            };
            let text = value.map(std::str::from_utf8).transpose();
            *known = text.map_err(|_| FrameError::NotUtf8)?;
        }
        Ok(headers)
    }

    /// Returns the message. An error may lack its code or its text: it stays an error.
    pub(super) fn message(self, payload: &'a [u8]) -> Result<Frame<'a>, FrameError> {
        let (kind, event) = match self.message_type {
            Some("event") => (MessageKind::Event, self.event_type),
            Some("exception") => (MessageKind::Exception, self.exception_type),
            Some("error") => {
                return Ok(Frame::Message {
                    kind: MessageKind::Error,
                    event: self.error_code.unwrap_or_default(),
                    payload: self.error_message.map_or(payload, str::as_bytes),
                });
            }
            _ => return Err(FrameError::Malformed("a message does not say what it is")),
        };
        let event = event.ok_or(FrameError::Malformed("a message does not say its type"))?;
        Ok(Frame::Message {
            kind,
            event,
            payload,
        })
    }
}

/// Takes one header off: its name and, if it is a text, its value.
fn header<'a>(rest: &mut &'a [u8]) -> Option<(&'a [u8], Option<&'a [u8]>)> {
    let [name_length] = array(rest)?;
    let name = take(rest, name_length.into())?;
    let [kind] = array(rest)?;
    let length = match kind {
        // True and false.
        0 | 1 => 0,
        // Integers of 8, 16, 32 and 64 bits.
        2 => 1,
        3 => 2,
        4 => 4,
        // Eight bytes are a timestamp too.
        5 | 8 => 8,
        // Bytes.
        6 | TEXT => u16::from_be_bytes(array(rest)?).into(),
        // A UUID.
        9 => 16,
        _ => return None,
    };
    let value = take(rest, length)?;
    (!name.is_empty()).then_some((name, (kind == TEXT).then_some(value)))
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}

fn array<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*taken)
}
