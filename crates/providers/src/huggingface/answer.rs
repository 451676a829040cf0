//! Reads answers of `/generate` and `/generate_stream`.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Number, Value};
use tidegate_wire::event::{DecodeError, Decoder, Event, ReportedError};
use tidegate_wire::frame::Frame;
use tidegate_wire::{Operation, Usage};

use crate::call::CallHead;
use crate::support::decode::{count, parse};

/// The only choice.
const CHOICE: u32 = 0;

/// Reads one answer. A stream has no terminator of its own: the event that holds the whole text, or the details, is the
/// last.
pub(super) struct Generated {
    call: CallHead,
    started: bool,
    spoken: bool,
    done: bool,
}

/// A whole answer, one event of a stream, or an error.
#[derive(Deserialize)]
struct Body {
    token: Option<Token>,
    generated_text: Option<String>,
    details: Option<Details>,
    error: Option<Value>,
    error_type: Option<String>,
}

#[derive(Deserialize)]
struct Token {
    text: Option<String>,
    special: Option<bool>,
}

#[derive(Deserialize)]
struct Details {
    finish_reason: Option<String>,
    generated_tokens: Option<Number>,
    /// Tokens of the prompt; a stream tells only their number.
    input_length: Option<Number>,
    prefill: Option<Vec<IgnoredAny>>,
    seed: Option<Value>,
}

impl Generated {
    pub(super) fn new(call: CallHead) -> Self {
        Self {
            call,
            started: false,
            spoken: false,
            done: false,
        }
    }

    /// True in chat, where the assistant speaks.
    fn chats(&self) -> bool {
        self.call.operation == Operation::Chat
    }

    /// Returns a reason to finish: MLflow's completions show the server's own (`length`, `eos_token`, `stop_sequence`),
    /// chat and the OpenAI door show OpenAI's.
    fn reason(&self, own: &str) -> String {
        let translated = self.chats() || self.call.faithful;
        match own {
            "eos_token" | "stop_sequence" if translated => "stop".to_owned(),
            own => own.to_owned(),
        }
    }

    /// Returns the piece of text that a frame adds. Special tokens are no text.
    fn text(&self, body: &mut Body, whole: bool) -> Result<Option<String>, DecodeError> {
        match body.token.take().filter(|_| !whole) {
            Some(token) => Ok(token.text.filter(|_| token.special != Some(true))),
            None if body.generated_text.is_none() && (whole || body.details.is_none()) => Err(
                DecodeError::Shape("it has neither `generated_text` nor `token`".to_owned()),
            ),
            // The last event repeats the whole text.
            None => Ok(body.generated_text.clone().filter(|_| !self.spoken)),
        }
    }

    fn finish(&self, details: &Details, out: &mut Vec<Event>) {
        let seed = details.seed.as_ref().filter(|seed| !seed.is_null());
        out.push(Event::Noted {
            choice: CHOICE,
            name: "seed",
            text: seed.map_or_else(|| "None".to_owned(), ToString::to_string),
        });
        if let Some(reason) = &details.finish_reason {
            out.push(Event::Finished {
                choice: CHOICE,
                reason: self.reason(reason),
            });
        }
        out.push(Event::Usage(details.usage()));
    }
}

impl Details {
    /// Counts tokens. Servers that keep the prompt's tokens to themselves send an empty list.
    fn usage(&self) -> Usage {
        let listed = self.prefill.as_ref().map(|tokens| tokens.len() as u64);
        let prompt = listed
            .filter(|tokens| *tokens > 0)
            .or_else(|| count(self.input_length.clone()))
            .or(listed);
        let generated = count(self.generated_tokens.clone());
        let sum = |prompt: u64| prompt.checked_add(generated?);
        Usage {
            prompt_tokens: prompt,
            completion_tokens: generated,
            total_tokens: prompt.and_then(sum),
            ..Usage::default()
        }
    }
}

impl Decoder for Generated {
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        if self.done {
            return Ok(());
        }
        let whole = frame.is_whole();
        let mut body: Body = parse(frame.bytes())?;
        if let Some(error) = body.error.as_ref().filter(|error| !error.is_null()) {
            let mut told = ReportedError::read(error);
            told.kind = told.kind.or(body.error_type);
            return Err(DecodeError::Reported(told));
        }
        let text = self.text(&mut body, whole)?;
        if !self.started {
            self.started = true;
            out.push(Event::nameless());
            if self.chats() {
                let role = "assistant".to_owned();
                out.push(Event::Role {
                    choice: CHOICE,
                    role,
                });
            }
        }
        if let Some(text) = text {
            self.spoken = true;
            out.push(Event::Text {
                choice: CHOICE,
                text,
            });
        }
        if let Some(details) = &body.details {
            self.finish(details, out);
        }
        self.done |= whole || body.generated_text.is_some() || body.details.is_some();
        Ok(())
    }

    fn complete(&self) -> bool {
        self.done
    }
}
