//! Token counts under the names of the Responses API.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Counts, Usage};

/// Token counts as the API tells them.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct Told {
    input_tokens: Option<u64>,
    #[serde(default)]
    input_tokens_details: Option<Details>,
    output_tokens: Option<u64>,
    #[serde(default)]
    output_tokens_details: Option<Details>,
    total_tokens: Option<u64>,
}

/// Counts of a kind of tokens.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct Details {
    #[serde(rename = "cached_tokens")]
    cached: Option<u64>,
    #[serde(rename = "cache_write_tokens")]
    cache_write: Option<u64>,
    #[serde(rename = "reasoning_tokens")]
    reasoning: Option<u64>,
}

impl Told {
    /// Returns them in the canonical form.
    pub(super) fn read(self) -> Option<Usage> {
        let input = self.input_tokens_details.unwrap_or_default();
        let output = self.output_tokens_details.unwrap_or_default();
        Counts {
            prompt: self.input_tokens,
            completion: self.output_tokens,
            total: self.total_tokens,
            cached: input.cached,
            cache_write: input.cache_write,
            reasoning: output.reasoning,
            ..Counts::default()
        }
        .usage()
    }
}

/// Writes token counts. The API's clients expect all of these members; what was not counted is 0.
pub(super) fn write(usage: &Usage) -> Value {
    let input = usage.prompt_tokens.unwrap_or_default();
    let output = usage.completion_tokens.unwrap_or_default();
    let reasoning = usage.detail("completion_tokens_details", "reasoning_tokens");
    let written = usage.detail("prompt_tokens_details", "cache_write_tokens");
    json!({
        "input_tokens": input,
        "input_tokens_details": {
            "cached_tokens": usage.cached().unwrap_or_default(),
            "cache_write_tokens": written.unwrap_or_default(),
        },
        "output_tokens": output,
        "output_tokens_details": {"reasoning_tokens": reasoning.unwrap_or_default()},
        "total_tokens": usage.total_tokens.unwrap_or(input.saturating_add(output)),
    })
}
