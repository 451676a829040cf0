//! What the names of OpenAI's models tell: which API serves them, and which reason.
//!
//! Source: OpenAI's pages on its models and on deprecations, and its guide to reasoning models, as sampled in November 2026.

/// Models that have no chat API: names, or beginnings of names where a `*` ends them.
const COMPLETION_ONLY: &[&str] = &[
    "ada",
    "babbage",
    "babbage-002",
    "code-cushman-*",
    "code-davinci-*",
    "curie",
    "davinci",
    "davinci-002",
    "davinci-instruct-beta",
    "gpt-3.5-turbo-instruct*",
    "text-ada-*",
    "text-babbage-*",
    "text-curie-*",
    "text-davinci-*",
];

/// Models that chat in the Responses API only; `*` stands for anything.
const RESPONSES_ONLY: &[&str] = &[
    "*-codex",
    "*-codex-*",
    "*-deep-research*",
    "codex-mini-*",
    "computer-use-preview*",
    "gpt-5*-pro",
    "gpt-5*-pro-*",
    "o1-pro*",
    "o3-pro*",
];

/// True for a model that must be called at `/completions`. A fine-tuned model is judged by its base.
pub(super) fn completes_only(model: &str) -> bool {
    is_among(model, COMPLETION_ONLY)
}

/// True for a model that must be called at `/responses`. A fine-tuned model is judged by its base.
pub(super) fn responds_only(model: &str) -> bool {
    is_among(model, RESPONSES_ONLY)
}

/// True for a model that is known to reason.
pub(super) fn reasons(model: Option<&str>) -> bool {
    model.and_then(reasoning).is_some()
}

fn is_among(model: &str, patterns: &[&str]) -> bool {
    let base = base(model);
    patterns.iter().any(|pattern| fits(base, pattern))
}

/// True for a name that a pattern describes; `*` stands for anything.
fn fits(name: &str, pattern: &str) -> bool {
    let Some((stem, rest)) = pattern.split_once('*') else {
        return name == pattern;
    };
    let Some(name) = name.strip_prefix(stem) else {
        return false;
    };
    rest.is_empty()
        || name
            .char_indices()
            .any(|(from, _)| name.get(from..).is_some_and(|name| fits(name, rest)))
}

/// Returns the name of the model that a fine-tuned one was made from.
fn base(model: &str) -> &str {
    let tuned = model.strip_prefix("ft:");
    tuned.map_or(model, |rest| rest.split(':').next().unwrap_or(rest))
}

/// How names of models begin that know `max_tokens` at every version of the API; Azure writes `gpt-35`.
const OLDER: [&str; 4] = ["chatgpt-4o", "gpt-3.5", "gpt-35", "gpt-4"];

/// True for a model whose limit on tokens may be told by its older name; models since then refuse that.
pub(super) fn takes_older_limit(model: &str) -> bool {
    OLDER.iter().any(|stem| base(model).starts_with(stem))
}

/// What a model that reasons can be told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reasoning {
    /// How much it may reason; nothing where that cannot be told.
    efforts: &'static [&'static str],
    /// True where it can be told to make one call at a time.
    pub(super) parallel_calls: bool,
}

/// All efforts, the least first.
const EFFORTS: [&str; 7] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

impl Reasoning {
    /// Returns the nearest effort that the model knows, of two the higher. What is no known effort is left to the model.
    pub(super) fn nearest<'a>(&self, effort: &'a str) -> Option<&'a str> {
        let place = |effort: &str| EFFORTS.iter().position(|known| *known == effort);
        let Some(wanted) = place(effort) else {
            return (!self.efforts.is_empty()).then_some(effort);
        };
        let distance = |known: &&&str| place(known).map(|it| it.abs_diff(wanted));
        let mut nearest = self.efforts.iter().rev();
        nearest.by_ref().min_by_key(distance).copied()
    }
}

/// Returns what a model can be told of its reasoning, if it reasons.
pub(super) fn reasoning(model: &str) -> Option<Reasoning> {
    let base = base(model);
    if base.starts_with("o1-mini") || base.starts_with("o1-preview") {
        return Some(Reasoning {
            efforts: &[],
            parallel_calls: false,
        });
    }
    let generation = |stem: &str| {
        let rest = base.strip_prefix(stem)?;
        let end = rest.find(|it: char| !it.is_ascii_digit() && it != '.');
        let (number, kind) = rest.split_at(end.unwrap_or(rest.len()));
        let (major, minor) = number.split_once('.').unwrap_or((number, "0"));
        Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?, kind))
    };
    if generation("o").is_some() || base.starts_with("codex-mini-") {
        return Some(Reasoning {
            efforts: &["low", "medium", "high"],
            parallel_calls: false,
        });
    }
    let efforts: &[&str] = match generation("gpt-")? {
        (..=4, ..) => return None,
        (5, 0, kind) if kind.starts_with("-chat") => return None,
        (_, _, kind) if kind.starts_with("-chat") => &["medium"],
        (5, 0, _) => &["minimal", "low", "medium", "high"],
        (5, 1, _) => &["none", "low", "medium", "high"],
        _ => &["none", "low", "medium", "high", "xhigh"],
    };
    Some(Reasoning {
        efforts,
        parallel_calls: true,
    })
}

#[cfg(test)]
mod tests {
    use super::{completes_only, reasons, responds_only};

    #[test]
    fn tells_completion_models_from_chat_models() {
        for model in [
            "text-davinci-003",
            "gpt-3.5-turbo-instruct-0914",
            "babbage-002",
            "ft:davinci-002:org::id",
        ] {
            assert!(completes_only(model), "{model}");
        }
        for model in [
            "gpt-4o-mini",
            "gpt-3.5-turbo",
            "text-embedding-ada-002",
            "davinci-like",
            "o3",
        ] {
            assert!(!completes_only(model), "{model}");
        }
    }

    #[test]
    fn tells_models_of_the_responses_api_and_those_that_reason() {
        for (model, responds, thinks) in [
            ("gpt-5-codex", true, true),
            ("gpt-5.1-codex-max-2026-01-01", true, true),
            ("codex-mini-latest", true, true),
            ("o1-pro", true, true),
            ("o1-pro-2025-03-19", true, true),
            ("o3-pro", true, true),
            ("gpt-5-pro-2025-10-06", true, true),
            ("gpt-5.4-pro", true, true),
            ("o4-mini-deep-research", true, true),
            ("computer-use-preview-2025-03-11", true, false),
            ("ft:gpt-5-codex:org::id", true, true),
            ("gpt-5", false, true),
            ("gpt-5-mini", false, true),
            ("o3-mini", false, true),
            ("gpt-5-chat-latest", false, false),
            ("gpt-5.1-chat-latest", false, true),
            ("gpt-4o", false, false),
            ("gpt-4.1-pro", false, false),
            ("code-davinci-002", false, false),
            ("codex", false, false),
        ] {
            assert_eq!(responds_only(model), responds, "{model}");
            assert_eq!(reasons(Some(model)), thinks, "{model}");
        }
        assert!(!reasons(None));
    }
}
