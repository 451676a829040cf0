//! What a call cost, in tokens.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Number, Value};

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

impl Usage {
    /// Returns a count that stands inside a group of [`Self::details`].
    pub fn detail(&self, group: &str, name: &str) -> Option<u64> {
        self.details.get(group)?.get(name)?.as_u64()
    }

    /// Returns how many tokens of the request were read from a cache, under OpenAI's name or one of those that look-alikes of
    /// its API have beside the other counts (spec, providers/mapping.md).
    pub fn cached(&self) -> Option<u64> {
        let beside = |name: &&str| self.details.get(*name)?.as_u64();
        self.detail("prompt_tokens_details", "cached_tokens")
            .or_else(|| CACHED.iter().find_map(beside))
    }
}

/// Names of the count of cached tokens where it stands beside the others.
const CACHED: [&str; 3] = [
    "prompt_cache_hit_tokens",
    "cached_tokens",
    "num_cached_tokens",
];

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

/// Token counts of a provider that counts in a form of its own; [`Counts::usage`] writes them in OpenAI's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tokens of the request, cached ones among them.
    pub prompt: Option<u64>,
    /// Tokens of the answer, those of reasoning among them.
    pub completion: Option<u64>,
    /// Their sum, where the provider tells another one than the two give.
    pub total: Option<u64>,
    /// Tokens of the request that were read from a cache.
    pub cached: Option<u64>,
    /// Tokens of the request that were written to a cache.
    pub cache_write: Option<u64>,
    /// Sound of the request.
    pub audio: Option<u64>,
    /// Tokens of the answer that were spent on reasoning.
    pub reasoning: Option<u64>,
}

impl Counts {
    /// Returns the counts in OpenAI's form; nothing where nothing was counted.
    pub fn usage(self) -> Option<Usage> {
        if self.prompt.is_none() && self.completion.is_none() && self.total.is_none() {
            return None;
        }
        let details = [
            (
                "prompt_tokens_details",
                group([
                    ("cached_tokens", self.cached),
                    ("cache_write_tokens", self.cache_write),
                    ("audio_tokens", self.audio),
                ]),
            ),
            (
                "completion_tokens_details",
                group([("reasoning_tokens", self.reasoning)]),
            ),
        ];
        let told = details.into_iter().filter(|(_, group)| !group.is_empty());
        let (prompt, completion) = (self.prompt, self.completion);
        let sum = || match (prompt, completion) {
            (Some(prompt), Some(completion)) => Some(prompt.saturating_add(completion)),
            (one, other) => one.or(other),
        };
        Some(Usage {
            prompt_tokens: prompt,
            completion_tokens: completion,
            total_tokens: self.total.or_else(sum),
            details: told
                .map(|(name, group)| (name.to_owned(), Value::Object(group)))
                .collect(),
        })
    }
}

/// Returns a count of tokens, which may be written as a float; what is none is left out.
pub fn count(number: Option<Number>) -> Option<u64> {
    let number = number?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked"
    )]
    let float = |count: f64| {
        (0.0..=1.0e15)
            .contains(&count)
            .then(|| count.round() as u64)
    };
    number.as_u64().or_else(|| float(number.as_f64()?))
}

fn group<const N: usize>(counts: [(&str, Option<u64>); N]) -> Map<String, Value> {
    counts
        .into_iter()
        .filter_map(|(name, count)| Some((name.to_owned(), count?.into())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Counts, Usage};

    #[test]
    fn cached_tokens_have_several_names() {
        for (written, want) in [
            (r#"{"prompt_tokens": 9}"#, None),
            (
                r#"{"prompt_tokens_details": null, "cached_tokens": 4}"#,
                Some(4),
            ),
            (
                r#"{"prompt_cache_hit_tokens": 5, "prompt_cache_miss_tokens": 4}"#,
                Some(5),
            ),
            (r#"{"num_cached_tokens": 6}"#, Some(6)),
            (
                r#"{"prompt_tokens_details": {"cached_tokens": 7}, "num_cached_tokens": 6}"#,
                Some(7),
            ),
            (r#"{"cached_tokens": "many"}"#, None),
        ] {
            let usage: Usage = serde_json::from_str(written).unwrap();
            assert_eq!(usage.cached(), want, "{written}");
        }
    }

    #[test]
    fn counts_are_written_as_openai_does() {
        for (counts, want) in [
            (Counts::default(), None),
            (
                Counts {
                    prompt: Some(3),
                    cached: Some(2),
                    completion: Some(4),
                    reasoning: Some(1),
                    ..Counts::default()
                },
                Some(
                    r#"{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7,"prompt_tokens_details":{"cached_tokens":2},"completion_tokens_details":{"reasoning_tokens":1}}"#,
                ),
            ),
            (
                Counts {
                    prompt: Some(3),
                    total: Some(9),
                    ..Counts::default()
                },
                Some(r#"{"prompt_tokens":3,"total_tokens":9}"#),
            ),
        ] {
            let written = counts
                .usage()
                .map(|usage| serde_json::to_string(&usage).unwrap());
            assert_eq!(written.as_deref(), want);
        }
    }

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
