//! Watches an answer that passes through as it is: is it whole, is it valid, what did it cost.

use std::borrow::Cow;
use std::fmt;

use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Endings;
use crate::event::{DecodeError, ReportedError};
use crate::usage::Usage;

/// What a passing frame means for the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed {
    /// Pass it on.
    Content,
    /// It is the terminator: pass it on, nothing follows.
    Done,
    /// It reports an error in OpenAI's form: pass it on, and nothing after it.
    Error,
    /// It reports an error in a form that clients do not know: tell it in OpenAI's, and nothing after it.
    OddError(ReportedError),
}

/// Watches a stream.
#[derive(Debug, Default)]
pub struct Tap {
    /// Token counts, once they came.
    pub usage: Option<Usage>,
    /// The model that answers.
    pub model: Option<String>,
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

impl Tap {
    /// True once every choice that has begun has said why it ended.
    pub fn finished(&self) -> bool {
        self.endings.all()
    }

    /// Looks at the data of one frame.
    pub fn observe(&mut self, data: &str) -> Result<Observed, DecodeError> {
        if data.trim() == "[DONE]" {
            return Ok(Observed::Done);
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
        if self.model.is_none() {
            self.model = glance
                .model
                .map(|name| name.0.into_owned())
                .filter(|name| !name.is_empty());
        }
        self.usage = glance.usage.or(self.usage.take());
        if let Some(Choices(endings)) = glance.choices {
            self.endings.add(endings);
        }
        Ok(Observed::Content)
    }
}

fn check(data: &str) -> Result<(), DecodeError> {
    serde_json::from_str::<IgnoredAny>(data)
        .map(|_| ())
        .map_err(|error| DecodeError::BrokenJson(error.to_string()))
}

/// Looks at a whole plain answer: valid JSON of the right kind, and what it cost.
pub fn inspect_answer(body: &[u8]) -> Result<Tap, DecodeError> {
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
    Ok(Tap {
        usage: whole
            .usage
            .and_then(|usage| serde_json::from_str(usage.get()).ok()),
        model: whole.model.map(|name| name.0.into_owned()),
        ..Tap::default()
    })
}

#[cfg(test)]
mod tests {
    use super::Tap;

    #[test]
    fn only_a_reason_ends_a_choice() {
        for (reason, finished) in [("null", false), ("\"\"", false), ("\"stop\"", true)] {
            let mut tap = Tap::default();
            let data =
                format!(r#"{{"choices":[{{"index":0,"delta":{{}},"finish_reason":{reason}}}]}}"#);
            assert!(tap.observe(&data).is_ok(), "{reason}");
            assert_eq!(tap.finished(), finished, "{reason}");
        }
    }
}
