//! Token counts of the Messages API.

use serde_json::Value;
use tidegate_wire::{Counts as Told, Usage};

use crate::support::decode::count;

/// Counts that are passed on under Anthropic's names; `input_tokens` holds none of these tokens.
const CACHE: [&str; 2] = ["cache_creation_input_tokens", "cache_read_input_tokens"];

/// Counts as they come: a stream tells some at its beginning and some at its end.
#[derive(Debug, Default)]
pub(super) struct Counts {
    input: Option<u64>,
    output: Option<u64>,
    cache: [Option<u64>; CACHE.len()],
    thinking: Option<u64>,
}

impl Counts {
    /// Takes in an object of counts; later numbers replace earlier ones.
    pub(super) fn add(&mut self, counts: &Value) {
        let take = |name: &str, known: &mut Option<u64>| {
            let told = counts.get(name).and_then(Value::as_number);
            *known = count(told.cloned()).or(*known);
        };
        take("input_tokens", &mut self.input);
        take("output_tokens", &mut self.output);
        let details = counts.get("output_tokens_details");
        let thinking = details.and_then(|it| it.get("thinking_tokens"));
        let thinking = thinking.and_then(Value::as_number);
        self.thinking = count(thinking.cloned()).or(self.thinking);
        for (name, known) in CACHE.iter().zip(&mut self.cache) {
            take(name, known);
        }
    }

    /// Returns what is known in OpenAI's form: tokens from a cache and into one are tokens of the request too.
    pub(super) fn whole(&self) -> Option<Usage> {
        let [written, read] = self.cache;
        let cached = || written.unwrap_or(0).saturating_add(read.unwrap_or(0));
        Told {
            prompt: self.input.map(|input| input.saturating_add(cached())),
            completion: self.output,
            cached: read,
            cache_write: written,
            reasoning: self.thinking,
            ..Told::default()
        }
        .usage()
    }

    /// Returns what is known as MLflow tells it, if anything is.
    pub(super) fn usage(&self) -> Option<Usage> {
        if self.input.is_none() && self.output.is_none() {
            return None;
        }
        let cached = CACHE.iter().zip(&self.cache);
        Some(Usage {
            prompt_tokens: self.input,
            completion_tokens: self.output,
            total_tokens: self
                .input
                .zip(self.output)
                .map(|(input, output)| input.saturating_add(output)),
            details: cached
                .filter_map(|(name, count)| Some(((*name).to_owned(), (*count)?.into())))
                .collect(),
        })
    }
}
