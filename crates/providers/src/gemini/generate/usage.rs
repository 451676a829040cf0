//! What an answer cost. Counts that are 0 are left out.

use serde::Deserialize;
use serde_json::Number;
use tidegate_wire::{Counts, Usage};

use crate::support::decode::count;

/// Counts as an answer tells them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Told {
    prompt_token_count: Option<Number>,
    /// What tools of the provider gave the model to read.
    tool_use_prompt_token_count: Option<Number>,
    candidates_token_count: Option<Number>,
    thoughts_token_count: Option<Number>,
    cached_content_token_count: Option<Number>,
    total_token_count: Option<Number>,
    prompt_tokens_details: Option<Vec<Detail>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    /// A word, or a number.
    modality: Option<serde_json::Value>,
    token_count: Option<Number>,
}

impl Told {
    /// Returns the counts in OpenAI's form: what is left out is 0. Nothing for a later piece that counts nothing.
    pub(super) fn read(self, first: bool) -> Option<Usage> {
        let prompt = count(self.prompt_token_count);
        let tools = count(self.tool_use_prompt_token_count);
        let candidates = count(self.candidates_token_count);
        let thoughts = count(self.thoughts_token_count);
        let total = count(self.total_token_count);
        let told = [prompt, tools, candidates, thoughts, total];
        if !first && told.iter().all(Option::is_none) {
            return None;
        }
        let sum = |one: Option<u64>, other: Option<u64>| {
            one.unwrap_or(0).saturating_add(other.unwrap_or(0))
        };
        let details = self.prompt_tokens_details.unwrap_or_default();
        let audio = details.into_iter().find(|detail| {
            let modality = detail.modality.as_ref();
            modality.is_some_and(|modality| modality == "AUDIO")
        });
        Counts {
            prompt: Some(sum(prompt, tools)),
            completion: Some(sum(candidates, thoughts)),
            total,
            cached: count(self.cached_content_token_count),
            audio: audio.and_then(|detail| count(detail.token_count)),
            reasoning: thoughts,
            ..Counts::default()
        }
        .usage()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Told;

    #[test]
    fn what_is_read_and_what_is_said() {
        let blocked =
            || serde_json::from_value::<Told>(json!({"trafficType": "ON_DEMAND"})).unwrap();
        assert_eq!(blocked().read(false), None);
        for (told, want) in [
            (
                json!({"trafficType": "ON_DEMAND"}),
                json!({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}),
            ),
            (
                json!({"promptTokenCount": 8, "totalTokenCount": 8}),
                json!({"prompt_tokens": 8, "completion_tokens": 0, "total_tokens": 8}),
            ),
            (
                json!({"promptTokenCount": 91, "toolUsePromptTokenCount": 898, "candidatesTokenCount": 159,
                       "thoughtsTokenCount": 265, "cachedContentTokenCount": 5, "totalTokenCount": 1413,
                       "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 80}, {"modality": "AUDIO", "tokenCount": 11}]}),
                json!({"prompt_tokens": 989, "completion_tokens": 424, "total_tokens": 1413,
                       "prompt_tokens_details": {"cached_tokens": 5, "audio_tokens": 11},
                       "completion_tokens_details": {"reasoning_tokens": 265}}),
            ),
        ] {
            let read = serde_json::from_value::<Told>(told).unwrap().read(true);
            assert_eq!(json!(read), want);
        }
    }
}
