//! What Claude's generations can do, by the model's name.
//!
//! Source: Anthropic's API reference and models page, as sampled in November 2026.

/// A generation: major and minor number. A name that tells none is taken for an old one that is asked for nothing special.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Generation(u32, u32);

impl Generation {
    /// Reads the generation out of a name: `claude-3-5-haiku-20241022`, `claude-sonnet-4-5`, `claude-opus-4-1@20250805`,
    /// `us.anthropic.claude-sonnet-4-20250514-v1:0`.
    pub(crate) fn of(name: &str) -> Self {
        let Some((_, rest)) = name.split_once("claude-") else {
            return Self::default();
        };
        let words = rest.split(['-', '.']);
        let words = words.map(|word| word.split('@').next().unwrap_or(word));
        let mut numbers = words
            .skip_while(|word| number(word).is_none())
            .map_while(number);
        let major = numbers.next().unwrap_or_default();
        Self(major, numbers.next().unwrap_or_default())
    }

    /// True when answers of a schema can be asked for.
    pub(crate) fn has_structured_outputs(self) -> bool {
        self >= Self(4, 5)
    }

    /// True when the model can think before it answers.
    pub(crate) fn thinks(self) -> bool {
        self >= Self(3, 7)
    }

    /// True when the model itself chooses how much to think, by an effort.
    pub(crate) fn adapts(self) -> bool {
        self >= Self(4, 6)
    }

    /// True when what was thought is left out of answers unless it is asked for, and the effort `xhigh` is known.
    pub(crate) fn hides_thoughts(self) -> bool {
        self >= Self(4, 7)
    }

    /// True when temperature, `top_p` and `top_k` are refused.
    pub(crate) fn refuses_sampling(self) -> bool {
        self >= Self(4, 7)
    }

    /// True when temperature and `top_p` exclude each other.
    pub(crate) fn takes_one_of_temperature_and_top_p(self) -> bool {
        self >= Self(4, 1)
    }
}

/// Reads a number of a generation: dates have more digits.
fn number(word: &str) -> Option<u32> {
    (word.len() <= 2).then(|| word.parse().ok()).flatten()
}

/// Beginnings of the names of models that generate at most 4096 tokens, and what is sent when the client names no number:
/// to these, and to all others (decision B17).
const SHORT_MODELS: [&str; 2] = ["claude-2", "claude-3"];
const SHORT_DEFAULT: u64 = 4096;
const DEFAULT: u64 = 8192;

/// Returns the number of tokens that is asked for where the client names none: the API wants one.
pub(crate) fn default_tokens(model: Option<&str>) -> u64 {
    let is_short = |model: &str| SHORT_MODELS.iter().any(|begin| model.starts_with(begin));
    if model.is_some_and(is_short) {
        SHORT_DEFAULT
    } else {
        DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_models_generate_less() {
        for (model, want) in [
            (Some("claude-2.1"), 4096),
            (Some("claude-2"), 4096),
            (Some("claude-3-haiku-20240307"), 4096),
            (Some("claude-3-5-sonnet-latest"), 4096),
            (Some("claude-sonnet-4-5"), 8192),
            (Some("claude-instant-1.2"), 8192),
            (Some("my-model"), 8192),
            (None, 8192),
        ] {
            assert_eq!(default_tokens(model), want, "{model:?}");
        }
    }

    #[test]
    fn names_tell_the_generation() {
        for (name, major, minor) in [
            ("claude-2.1", 2, 1),
            ("claude-instant-1.2", 1, 2),
            ("claude-3-haiku-20240307", 3, 0),
            ("claude-3-5-sonnet-latest", 3, 5),
            ("claude-sonnet-4-20250514", 4, 0),
            ("claude-opus-4-1@20250805", 4, 1),
            ("claude-sonnet-4-5@20250929", 4, 5),
            ("claude-haiku-4-5", 4, 5),
            ("claude-fable-5", 5, 0),
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", 4, 5),
            ("anthropic.claude-3-sonnet-20240229-v1:0", 3, 0),
            ("claude-latest", 0, 0),
            ("my-model", 0, 0),
            ("", 0, 0),
        ] {
            assert_eq!(Generation::of(name), Generation(major, minor), "{name}");
        }
    }
}
