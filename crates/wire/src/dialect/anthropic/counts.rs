//! Token counts of the Messages API.

use serde_json::Value;

use crate::usage::{Counts, Usage, count};

/// Counts as they come: a stream tells some at its beginning and some at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessagesCounts {
    /// `input_tokens`: of the request, without those from a cache and into one.
    pub input: Option<u64>,
    /// `output_tokens`: of the answer, thought among them.
    pub output: Option<u64>,
    /// `cache_creation_input_tokens`: of the request, into a cache.
    pub written: Option<u64>,
    /// `cache_read_input_tokens`: of the request, from a cache.
    pub read: Option<u64>,
    /// `output_tokens_details.thinking_tokens`: of the answer, thought.
    pub thinking: Option<u64>,
}

impl MessagesCounts {
    /// Takes in an object of counts; later numbers replace earlier ones.
    pub fn add(&mut self, counts: &Value) {
        let take = |value: Option<&Value>, known: &mut Option<u64>| {
            let number = value.and_then(Value::as_number);
            *known = count(number.cloned()).or(*known);
        };
        take(counts.get("input_tokens"), &mut self.input);
        take(counts.get("output_tokens"), &mut self.output);
        take(counts.get("cache_creation_input_tokens"), &mut self.written);
        take(counts.get("cache_read_input_tokens"), &mut self.read);
        let details = counts.get("output_tokens_details");
        let thinking = details.and_then(|it| it.get("thinking_tokens"));
        take(thinking, &mut self.thinking);
    }

    /// Returns what is known in OpenAI's form: tokens from a cache and into one are tokens of the request too.
    pub fn usage(self) -> Option<Usage> {
        let cached = [self.written, self.read].into_iter().flatten();
        let cached = cached.fold(0, u64::saturating_add);
        Counts {
            prompt: self.input.map(|input| input.saturating_add(cached)),
            completion: self.output,
            cached: self.read,
            cache_write: self.written,
            reasoning: self.thinking,
            ..Counts::default()
        }
        .usage()
    }
}
