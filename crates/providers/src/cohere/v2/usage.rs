//! What a chat answer cost. Numbers may be floats.

use serde::Deserialize;
use serde_json::Number;
use tidegate_wire::{Counts, Usage};

use crate::support::decode::count;

/// What an answer tells of its costs.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Costs {
    /// What the model read and wrote.
    tokens: Option<Tokens>,
    /// What is paid for: less, as the provider's own prompt is free.
    billed_units: Option<Tokens>,
    cached_tokens: Option<Number>,
}

#[derive(Debug, Default, Deserialize)]
#[expect(
    clippy::struct_field_names,
    reason = "they are named as Cohere names them"
)]
struct Tokens {
    input_tokens: Option<Number>,
    output_tokens: Option<Number>,
    reasoning_tokens: Option<Number>,
}

impl Costs {
    /// Returns the counts in OpenAI's form; nothing where none are told.
    pub(super) fn usage(self) -> Option<Usage> {
        let told = |it: &Tokens| it.input_tokens.is_some() || it.output_tokens.is_some();
        let tokens = self.tokens.filter(told).or(self.billed_units)?;
        Counts {
            prompt: count(tokens.input_tokens),
            completion: count(tokens.output_tokens),
            cached: count(self.cached_tokens),
            reasoning: count(tokens.reasoning_tokens),
            ..Counts::default()
        }
        .usage()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Costs;

    #[test]
    fn counts_what_the_model_read_and_wrote() {
        for (told, want) in [
            (json!({}), Value::Null),
            (json!({"billed_units": {"search_units": 1}}), Value::Null),
            (
                json!({"billed_units": {"input_tokens": 4.0, "output_tokens": 2}, "tokens": {}}),
                json!({"prompt_tokens": 4, "completion_tokens": 2, "total_tokens": 6}),
            ),
            (
                json!({"billed_units": {"input_tokens": 4, "output_tokens": 2}, "cached_tokens": 64.0,
                       "tokens": {"input_tokens": 70.0, "output_tokens": 9, "reasoning_tokens": 5}}),
                json!({"prompt_tokens": 70, "completion_tokens": 9, "total_tokens": 79,
                       "prompt_tokens_details": {"cached_tokens": 64},
                       "completion_tokens_details": {"reasoning_tokens": 5}}),
            ),
        ] {
            let costs: Costs = serde_json::from_value(told.clone()).unwrap();
            assert_eq!(json!(costs.usage()), want, "{told}");
        }
    }
}
