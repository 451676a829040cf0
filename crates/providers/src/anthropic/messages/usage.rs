//! Token counts as MLflow tells them.

use tidegate_wire::Usage;
use tidegate_wire::dialect::anthropic::MessagesCounts;

/// Returns what is known, if anything is. Tokens from a cache and into one are told under Anthropic's names; `prompt_tokens`
/// holds none of them.
pub(super) fn of_mlflow(counts: MessagesCounts) -> Option<Usage> {
    if counts.input.is_none() && counts.output.is_none() {
        return None;
    }
    let cached = [
        ("cache_creation_input_tokens", counts.written),
        ("cache_read_input_tokens", counts.read),
    ];
    Some(Usage {
        prompt_tokens: counts.input,
        completion_tokens: counts.output,
        total_tokens: counts
            .input
            .zip(counts.output)
            .map(|(input, output)| input.saturating_add(output)),
        details: cached
            .into_iter()
            .filter_map(|(name, count)| Some((name.to_owned(), count?.into())))
            .collect(),
    })
}
