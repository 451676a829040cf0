//! What a model can do, as far as its name tells and a request depends on it.

/// A model by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Model {
    /// How it is told how much to think.
    pub(super) thinking: Thinking,
    /// True when it takes functions and the form of an answer in one request. Older ones refuse that: "Function calling
    /// with a response mime type: 'application/json' is unsupported".
    pub(super) forms_beside_functions: bool,
    /// True when its calls must come back with their signatures; without one the request is refused.
    pub(super) wants_signatures: bool,
}

/// How a model is told how much to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thinking {
    /// Not at all: it does not think, or its name says nothing.
    Never,
    /// By a number of tokens, from the least to the most. A least number of 0 means that it can be kept from thinking.
    Budget(u32, u32),
    /// By a level, of which this is the least.
    Level(&'static str),
}

/// Budgets of Gemini 2.5, by the beginnings of names; the longer stand first (Google's page "Gemini thinking").
const BUDGETS: [(&str, u32, u32); 2] = [("gemini-2.5-pro", 128, 32_768), ("gemini-2.5", 0, 24_576)];

/// The first release whose models are told a level, sign their calls and form answers beside functions.
const NEWER: u32 = 3;

impl Model {
    /// Reads a name. `gemini-flash-latest` and its like, which tell no release, are of the newest.
    pub(crate) fn named(name: &str) -> Self {
        let name = name.rsplit('/').next().unwrap_or(name);
        let Some(rest) = name.strip_prefix("gemini-") else {
            return Self {
                thinking: Thinking::Never,
                forms_beside_functions: true,
                wants_signatures: false,
            };
        };
        let release = rest.split(['.', '-']).next();
        let newer = release
            .and_then(|number| number.parse().ok())
            .is_none_or(|number: u32| number >= NEWER);
        let budget = BUDGETS.iter().find(|(begin, ..)| name.starts_with(begin));
        Self {
            thinking: match budget {
                Some((_, least, most)) => Thinking::Budget(*least, *most),
                None if !newer => Thinking::Never,
                None if name.contains("-pro") => Thinking::Level("low"),
                None => Thinking::Level("minimal"),
            },
            forms_beside_functions: newer,
            wants_signatures: newer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_abilities() {
        for (name, thinking, newer) in [
            ("gemini-1.5-flash", Thinking::Never, false),
            ("gemini-2.0-flash-001", Thinking::Never, false),
            ("gemini-2.5-pro", Thinking::Budget(128, 32_768), false),
            ("gemini-2.5-flash-lite", Thinking::Budget(0, 24_576), false),
            (
                "models/gemini-2.5-flash",
                Thinking::Budget(0, 24_576),
                false,
            ),
            ("gemini-3-pro-preview", Thinking::Level("low"), true),
            ("gemini-3.1-pro-preview", Thinking::Level("low"), true),
            ("gemini-3-flash-preview", Thinking::Level("minimal"), true),
            ("gemini-10-flash", Thinking::Level("minimal"), true),
            ("gemini-flash-latest", Thinking::Level("minimal"), true),
        ] {
            let want = Model {
                thinking,
                forms_beside_functions: newer,
                wants_signatures: newer,
            };
            assert_eq!(Model::named(name), want, "{name}");
        }
        let other = Model::named("gemma-3-27b-it");
        assert_eq!(other.thinking, Thinking::Never);
        assert!(other.forms_beside_functions && !other.wants_signatures);
    }
}
