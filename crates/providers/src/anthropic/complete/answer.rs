//! Reads answers of text completions, plain and streamed.

use serde::Deserialize;
use serde_json::Value;
use tidegate_wire::event::{DecodeError, Decoder, Event};
use tidegate_wire::frame::Frame;

use crate::anthropic::error;
use crate::support::decode::parse;

/// Reads one answer. A stream's pieces are shaped like a whole answer; the piece with a reason to stop is the last.
#[derive(Debug, Default)]
pub(crate) struct CompleteDecoder {
    started: bool,
    done: bool,
}

#[derive(Deserialize)]
struct Completion {
    model: Option<String>,
    #[serde(rename = "completion")]
    text: Option<String>,
    stop_reason: Option<String>,
    error: Option<Value>,
}

impl Decoder for CompleteDecoder {
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        if self.done {
            return Ok(());
        }
        let whole = frame.is_whole();
        let piece: Completion = parse(frame.bytes())?;
        if let Some(error) = &piece.error {
            return Err(error::reported(error));
        }
        let Some(text) = piece.text else {
            return no_text(whole);
        };
        if !self.started {
            self.started = true;
            out.push(Event::Started {
                id: None,
                model: piece.model,
                created: None,
            });
        }
        out.push(Event::Text { choice: 0, text });
        if whole || piece.stop_reason.is_some() {
            self.done = true;
            let reason = finish_reason(piece.stop_reason.as_deref()).to_owned();
            out.push(Event::Finished { choice: 0, reason });
        }
        Ok(())
    }

    fn complete(&self) -> bool {
        self.done
    }
}

/// A stream has events without text, such as `ping`; a whole answer has no excuse.
fn no_text(whole: bool) -> Result<(), DecodeError> {
    if whole {
        Err(DecodeError::Shape("it has no `completion`".to_owned()))
    } else {
        Ok(())
    }
}

/// Returns the reason in OpenAI's words; all but a stop sequence counts as length (spec, providers/anthropic.md).
fn finish_reason(stop_reason: Option<&str>) -> &'static str {
    match stop_reason {
        Some("stop_sequence") => "stop",
        _ => "length",
    }
}
