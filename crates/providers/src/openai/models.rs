//! The models that only complete: they have no chat API (OpenAI's deprecations page, sampled November 2026).

/// Names, or beginnings of names where a `*` ends them.
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

/// True for a model that must be called at `/completions`. A fine-tuned model is judged by its base.
pub(super) fn completes_only(model: &str) -> bool {
    let base = model
        .strip_prefix("ft:")
        .map_or(model, |rest| rest.split(':').next().unwrap_or(rest));
    COMPLETION_ONLY
        .iter()
        .any(|known| match known.strip_suffix('*') {
            Some(stem) => base.starts_with(stem),
            None => base == *known,
        })
}

#[cfg(test)]
mod tests {
    use super::completes_only;

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
}
