//! Watches an answer of the Responses API that passes through as it is.

use std::borrow::Cow;

use bytes::BytesMut;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::encode;
use super::usage;
use crate::dialect::{Observed, StreamError, Tap, Told};
use crate::event::{DecodeError, ReportedError};

/// Watches an answer.
#[derive(Debug, Default)]
pub struct ResponsesTap {
    told: Told,
    /// The response as its first event tells it, to be ended in the same words.
    response: Option<Box<RawValue>>,
    /// The number of the next event.
    next: u64,
}

/// The few members of an event that matter; everything else is only checked.
#[derive(Deserialize)]
struct Glance<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    sequence_number: Option<u64>,
    #[serde(borrow)]
    response: Option<&'a RawValue>,
    error: Option<Value>,
}

/// A text that is borrowed unless it holds escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The few members of a response that matter.
#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow)]
    object: Option<Text<'a>>,
    #[serde(borrow)]
    model: Option<Text<'a>>,
    usage: Option<usage::Told>,
    error: Option<Value>,
}

impl ResponsesTap {
    /// Notes what a response tells of itself.
    fn note(&mut self, response: &Response<'_>) {
        if let Some(Text(model)) = response.model.as_ref().filter(|it| !it.0.is_empty()) {
            self.told.model = Some(model.as_ref().to_owned());
        }
        let usage = response.usage.and_then(usage::Told::read);
        self.told.usage = usage.or(self.told.usage.take());
    }
}

impl Tap for ResponsesTap {
    fn observe(&mut self, event: &str, data: &str) -> Result<Observed, DecodeError> {
        if data.trim() == "[DONE]" {
            return Err(DecodeError::Unfinished);
        }
        let glance: Glance<'_> = match serde_json::from_str(data) {
            Ok(glance) => glance,
            Err(error) if error.is_data() => {
                // Valid JSON of a form we do not know: the client may know it.
                serde_json::from_str::<IgnoredAny>(data)
                    .map_err(|error| DecodeError::from_json(&error))?;
                return Ok(Observed::Content);
            }
            Err(error) => return Err(DecodeError::from_json(&error)),
        };
        let kind = glance.kind.as_ref().map_or(event, |Text(kind)| kind);
        self.next = glance
            .sequence_number
            .unwrap_or(self.next)
            .saturating_add(1);
        if let Some(raw) = glance.response {
            // A response of a form we do not know: the client may know it.
            if let Ok(response) = serde_json::from_str(raw.get()) {
                self.note(&response);
            }
            if self.response.is_none() {
                self.response = Some(raw.to_owned());
            }
        }
        Ok(match kind {
            "response.completed" | "response.incomplete" => Observed::Done,
            "response.failed" | "error" => Observed::Error,
            // Some servers report errors as the chat API does.
            "" => match glance.error.filter(|error| !error.is_null()) {
                Some(error) => Observed::OddError(ReportedError::read(&error)),
                None => Observed::Content,
            },
            _ => Observed::Content,
        })
    }

    fn inspect(&mut self, body: &[u8]) -> Result<(), DecodeError> {
        // What is skipped is passed on too, so all of it must be text.
        let text = std::str::from_utf8(body)
            .map_err(|error| DecodeError::BrokenJson(error.to_string()))?;
        let response: Response<'_> =
            serde_json::from_str(text).map_err(|error| DecodeError::from_json(&error))?;
        let object = response.object.as_ref().map(|Text(object)| object.as_ref());
        if object == Some("response") {
            self.note(&response);
            return Ok(());
        }
        Err(match response.error.filter(|error| !error.is_null()) {
            Some(error) => DecodeError::Reported(ReportedError::read(&error)),
            None => DecodeError::Shape("its `object` is not `response`".to_owned()),
        })
    }

    /// False: a stream ends with an event that says how the response ended.
    fn finished(&self) -> bool {
        false
    }

    fn end(&mut self, outcome: Result<(), &StreamError>, out: &mut BytesMut) {
        let Err(error) = outcome else {
            return;
        };
        let begun = self.response.take();
        let begun = begun.and_then(|raw| serde_json::from_str::<Map<_, _>>(raw.get()).ok());
        let mut response = begun.unwrap_or_else(|| {
            let id = ("id".to_owned(), Value::Null);
            Map::from_iter([id, ("object".to_owned(), json!("response"))])
        });
        response.insert("status".to_owned(), json!("failed"));
        let error = json!({"code": encode::code(error), "message": error.message});
        response.insert("error".to_owned(), error);
        encode::write(
            "response.failed",
            self.next,
            json!({"response": response}),
            out,
        );
    }

    fn told(&mut self) -> Told {
        std::mem::take(&mut self.told)
    }
}
