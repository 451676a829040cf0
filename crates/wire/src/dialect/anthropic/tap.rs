//! Watches an answer of the Messages API that passes through as it is.

use std::borrow::Cow;

use bytes::BytesMut;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::counts::MessagesCounts;
use super::error;
use crate::dialect::{Observed, StreamError, Tap, Told, write_event};
use crate::event::{DecodeError, ReportedError};
use crate::usage::{Counts, count};

/// Watches a message.
#[derive(Debug, Default)]
pub struct AnthropicTap {
    model: Option<String>,
    counts: MessagesCounts,
    /// True once the message has said why it ended.
    stopped: bool,
}

/// The few members that matter; everything else is only checked.
#[derive(Deserialize)]
struct Glance<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Cow<'a, str>>,
    message: Option<Start>,
    delta: Option<Delta>,
    usage: Option<Value>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Start {
    model: Option<String>,
    usage: Option<Value>,
}

#[derive(Deserialize)]
struct Delta {
    stop_reason: Option<IgnoredAny>,
}

impl AnthropicTap {
    fn count(&mut self, usage: Option<Value>) {
        if let Some(usage) = usage {
            self.counts.add(&usage);
        }
    }
}

impl Tap for AnthropicTap {
    fn observe(&mut self, event: &str, data: &str) -> Result<Observed, DecodeError> {
        let glance: Glance<'_> = match serde_json::from_str(data) {
            Ok(glance) => glance,
            Err(error) if error.is_data() => {
                // Valid JSON of a form we do not know: the client may know it.
                check(data)?;
                return Ok(Observed::Content);
            }
            Err(error) => return Err(DecodeError::BrokenJson(error.to_string())),
        };
        let kind = glance.kind.as_deref().unwrap_or(event);
        if let Some(error) = glance.error.filter(|error| !error.is_null()) {
            let known = kind == "error" && error.get("message").is_some_and(Value::is_string);
            return Ok(if known {
                Observed::Error
            } else {
                Observed::OddError(ReportedError::read(&error))
            });
        }
        match kind {
            "message_start" => {
                let Some(message) = glance.message else {
                    return Ok(Observed::Content);
                };
                self.model = message.model.filter(|name| !name.is_empty());
                self.count(message.usage);
            }
            "message_delta" => {
                let stopped = glance.delta.and_then(|delta| delta.stop_reason);
                self.stopped |= stopped.is_some();
                self.count(glance.usage);
            }
            "message_stop" if self.stopped => return Ok(Observed::Done),
            "message_stop" => return Err(DecodeError::Unfinished),
            _ => {}
        }
        Ok(Observed::Content)
    }

    fn inspect(&mut self, body: &[u8]) -> Result<(), DecodeError> {
        #[derive(Deserialize)]
        struct Whole {
            model: Option<String>,
            content: Option<IgnoredAny>,
            usage: Option<Value>,
            error: Option<Value>,
        }
        let whole: Whole = parse(body)?;
        if whole.content.is_none() {
            return Err(refusal(whole.error, "`content`"));
        }
        self.model = whole.model;
        self.count(whole.usage);
        Ok(())
    }

    /// True once the message has said why it ended.
    fn finished(&self) -> bool {
        self.stopped
    }

    fn end(&mut self, outcome: Result<(), &StreamError>, out: &mut BytesMut) {
        match outcome {
            Ok(()) => write_event(out, "message_stop", &json!({"type": "message_stop"})),
            Err(error) => write_event(out, "error", &error::of_stream(error)),
        }
    }

    fn told(&mut self) -> Told {
        Told {
            usage: self.counts.usage(),
            model: self.model.take(),
        }
    }
}

/// Watches a count of tokens, which is never streamed.
#[derive(Debug, Default)]
pub struct CountTap {
    told: Told,
}

impl Tap for CountTap {
    fn observe(&mut self, _: &str, data: &str) -> Result<Observed, DecodeError> {
        check(data)?;
        Ok(Observed::Content)
    }

    fn inspect(&mut self, body: &[u8]) -> Result<(), DecodeError> {
        #[derive(Deserialize)]
        struct Whole {
            input_tokens: Option<serde_json::Number>,
            error: Option<Value>,
        }
        let whole: Whole = parse(body)?;
        let Some(counted) = count(whole.input_tokens) else {
            return Err(refusal(whole.error, "`input_tokens`"));
        };
        self.told.usage = Counts {
            prompt: Some(counted),
            ..Counts::default()
        }
        .usage();
        Ok(())
    }

    fn finished(&self) -> bool {
        false
    }

    fn end(&mut self, outcome: Result<(), &StreamError>, out: &mut BytesMut) {
        if let Err(error) = outcome {
            write_event(out, "error", &error::of_stream(error));
        }
    }

    fn told(&mut self) -> Told {
        std::mem::take(&mut self.told)
    }
}

/// Reads a whole answer. What is skipped is passed on too, so all of it must be text.
fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, DecodeError> {
    let text =
        std::str::from_utf8(body).map_err(|error| DecodeError::BrokenJson(error.to_string()))?;
    serde_json::from_str(text).map_err(|error| DecodeError::from_json(&error))
}

/// Says why a whole answer is none.
fn refusal(error: Option<Value>, lacks: &str) -> DecodeError {
    match error.filter(|error| !error.is_null()) {
        Some(error) => DecodeError::Reported(ReportedError::read(&error)),
        None => DecodeError::Shape(format!("it has no {lacks}")),
    }
}

fn check(data: &str) -> Result<(), DecodeError> {
    serde_json::from_str::<IgnoredAny>(data)
        .map(|_| ())
        .map_err(|error| DecodeError::BrokenJson(error.to_string()))
}

#[cfg(test)]
mod tests;
