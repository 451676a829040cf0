//! Token counts.

use tidegate_wire::{Counts, Usage};

use super::shape::TokenUsage;

/// In which form token counts are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counting {
    /// In OpenAI's: the request's tokens include cached ones.
    OpenAi,
    /// In Bedrock's own, which MLflow's doors show.
    Own,
}

impl Counting {
    /// Returns the counts, if anything was counted.
    pub(super) fn of(self, usage: &TokenUsage) -> Option<Usage> {
        match self {
            Self::OpenAi => {
                let prompt = [usage.input, usage.cache_read, usage.cache_write];
                let counts = Counts {
                    prompt: prompt.into_iter().flatten().reduce(u64::saturating_add),
                    completion: usage.output,
                    total: usage.total,
                    cached: usage.cache_read,
                    cache_write: usage.cache_write,
                    ..Counts::default()
                };
                counts.usage()
            }
            Self::Own => {
                let cached = [
                    ("cacheReadInputTokens", usage.cache_read),
                    ("cacheWriteInputTokens", usage.cache_write),
                ];
                let cached = cached.into_iter();
                Some(Usage {
                    prompt_tokens: usage.input,
                    completion_tokens: usage.output,
                    total_tokens: usage.total,
                    details: cached
                        .filter_map(|(name, count)| Some((name.to_owned(), count?.into())))
                        .collect(),
                })
            }
        }
    }
}
