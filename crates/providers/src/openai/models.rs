//! What the names of models tell: which API serves them, and whether they reason.
//!
//! Source: OpenAI's pages on its models and on deprecations, as sampled in November 2026.

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

/// Models that think before they answer.
const REASON: &[&str] = &["codex-mini-*", "gpt-5*", "o1*", "o3*", "o4*"];

/// The exceptions among them.
const DO_NOT_REASON: &[&str] = &["gpt-5*-chat", "gpt-5*-chat-*"];

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
    model.is_some_and(|model| is_among(model, REASON) && !is_among(model, DO_NOT_REASON))
}

fn is_among(model: &str, patterns: &[&str]) -> bool {
    let base = model
        .strip_prefix("ft:")
        .map_or(model, |rest| rest.split(':').next().unwrap_or(rest));
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
            ("gpt-5.1-chat-latest", false, false),
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
