//! Watches an answer of the OpenAI API that passes through as it is.

use std::borrow::Cow;
use std::fmt;

use bytes::BytesMut;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Endings;
use crate::dialect::{DONE, Observed, StreamError, Tap, Told};
use crate::event::{DecodeError, ReportedError};
use crate::usage::Usage;

/// Watches an answer.
#[derive(Debug, Default)]
pub struct OpenAiTap {
    told: Told,
    endings: Endings,
}

/// The few members that matter; everything else is only checked.
#[derive(Deserialize)]
struct Glance<'a> {
    #[serde(borrow)]
    model: Option<Text<'a>>,
    choices: Option<Choices>,
    usage: Option<Usage>,
    error: Option<Value>,
}

/// A text that is borrowed unless it holds escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
struct Ending<'a> {
    index: Option<u32>,
    #[serde(borrow)]
    finish_reason: Option<&'a RawValue>,
}

impl Ending<'_> {
    /// True where a reason is given. Some servers write an empty one until there is one.
    fn is_told(&self) -> bool {
        self.finish_reason
            .is_some_and(|reason| reason.get() != "\"\"")
    }
}

/// What a list of choices says of their ends.
struct Choices(Endings);

impl<'de> Deserialize<'de> for Choices {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;

        impl<'de> Visitor<'de> for List {
            type Value = Choices;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sequence")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut choices: A) -> Result<Choices, A::Error> {
                let mut endings = Endings::default();
                let mut position = 0;
                while let Some(choice) = choices.next_element::<Ending<'_>>()? {
                    let index = choice.index.unwrap_or(position);
                    endings.note(index, choice.is_told());
                    position = position.saturating_add(1);
                }
                Ok(Choices(endings))
            }
        }

        deserializer.deserialize_seq(List)
    }
}

impl Tap for OpenAiTap {
    fn observe(&mut self, _: &str, data: &str) -> Result<Observed, DecodeError> {
        if data.trim() == "[DONE]" {
            return if self.finished() {
                Ok(Observed::Done)
            } else {
                Err(DecodeError::Unfinished)
            };
        }
        let glance: Glance<'_> = match serde_json::from_str(data) {
            Ok(glance) => glance,
            Err(error) if error.is_data() => {
                // Valid JSON of a form we do not know: the client may know it.
                check(data)?;
                return Ok(Observed::Content);
            }
            Err(error) => return Err(DecodeError::BrokenJson(error.to_string())),
        };
        if let Some(error) = glance.error.filter(|error| !error.is_null()) {
            let known = error.get("message").is_some_and(Value::is_string);
            return Ok(if known {
                Observed::Error
            } else {
                Observed::OddError(ReportedError::read(&error))
            });
        }
        if self.told.model.is_none() {
            self.told.model = glance
                .model
                .map(|name| name.0.into_owned())
                .filter(|name| !name.is_empty());
        }
        self.told.usage = glance.usage.or(self.told.usage.take());
        if let Some(Choices(endings)) = glance.choices {
            self.endings.add(endings);
        }
        Ok(Observed::Content)
    }
    fn inspect(&mut self, body: &[u8]) -> Result<(), DecodeError> {
        self.told = whole(body)?;
        Ok(())
    }

    /// True once every choice that has begun has said why it ended.
    fn finished(&self) -> bool {
        self.endings.all()
    }

    fn end(&mut self, outcome: Result<(), &StreamError>, out: &mut BytesMut) {
        match outcome {
            Ok(()) => out.extend_from_slice(DONE),
            Err(error) => error.write_event(out),
        }
    }

    fn told(&mut self) -> Told {
        std::mem::take(&mut self.told)
    }
}

fn check(data: &str) -> Result<(), DecodeError> {
    serde_json::from_str::<IgnoredAny>(data)
        .map(|_| ())
        .map_err(|error| DecodeError::BrokenJson(error.to_string()))
}

/// Looks at a whole plain answer: valid JSON of the right kind, and what it cost.
fn whole(body: &[u8]) -> Result<Told, DecodeError> {
    #[derive(Deserialize)]
    struct Whole<'a> {
        #[serde(borrow)]
        model: Option<Text<'a>>,
        #[serde(borrow)]
        usage: Option<&'a RawValue>,
        choices: Option<IgnoredAny>,
        data: Option<IgnoredAny>,
        error: Option<Value>,
    }
    // What is skipped is passed on too, so all of it must be text.
    let text =
        std::str::from_utf8(body).map_err(|error| DecodeError::BrokenJson(error.to_string()))?;
    let whole: Whole<'_> =
        serde_json::from_str(text).map_err(|error| DecodeError::from_json(&error))?;
    if whole.choices.is_none() && whole.data.is_none() {
        if let Some(error) = &whole.error {
            return Err(DecodeError::Reported(ReportedError::read(error)));
        }
        return Err(DecodeError::Shape(
            "it has neither `choices` nor `data`".to_owned(),
        ));
    }
    Ok(Told {
        usage: whole
            .usage
            .and_then(|usage| serde_json::from_str(usage.get()).ok()),
        model: whole.model.map(|name| name.0.into_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_reason_ends_a_choice() {
        for (reason, finished) in [("null", false), ("\"\"", false), ("\"stop\"", true)] {
            let mut tap = OpenAiTap::default();
            let data =
                format!(r#"{{"choices":[{{"index":0,"delta":{{}},"finish_reason":{reason}}}]}}"#);
            assert!(tap.observe("", &data).is_ok(), "{reason}");
            assert_eq!(tap.finished(), finished, "{reason}");
        }
    }
}
