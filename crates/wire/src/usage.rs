//! What a call cost, in tokens.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// Token counts as the provider reported them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Usage {
    /// Tokens of the request.
    pub prompt_tokens: Option<u64>,
    /// Tokens of the answer; providers give none for embeddings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_tokens: Option<u64>,
    /// Their sum, as reported.
    pub total_tokens: Option<u64>,
    /// Further counts under the provider's names (cached, reasoning, audio).
    #[serde(flatten)]
    pub details: Map<String, Value>,
}

/// A member's name, borrowed unless it holds escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// By hand, because a derived `flatten` gathers all members in a tree of its own first.
impl<'de> Deserialize<'de> for Usage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Counts;

        impl<'de> Visitor<'de> for Counts {
            type Value = Usage;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("token counts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Usage, A::Error> {
                let mut usage = Usage::default();
                while let Some(Name(name)) = members.next_key()? {
                    match &*name {
                        "prompt_tokens" => usage.prompt_tokens = members.next_value()?,
                        "completion_tokens" => usage.completion_tokens = members.next_value()?,
                        "total_tokens" => usage.total_tokens = members.next_value()?,
                        _ => drop(
                            usage
                                .details
                                .insert(name.into_owned(), members.next_value()?),
                        ),
                    }
                }
                Ok(usage)
            }
        }

        deserializer.deserialize_map(Counts)
    }
}

#[cfg(test)]
mod tests {
    use super::Usage;

    #[test]
    fn keeps_every_count() {
        for text in [
            r#"{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"details":{"cached":4},"cost":0.10}"#,
            r#"{"prompt_tokens":null,"total_tokens":18446744073709551615}"#,
        ] {
            let usage: Usage = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&usage).unwrap(), text);
            let value = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::from_value::<Usage>(value).unwrap(), usage);
        }
        assert!(serde_json::from_str::<Usage>(r#"{"prompt_tokens":1.5}"#).is_err());
    }
}
