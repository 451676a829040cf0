//! What a chat answer cost. Cohere has told it in three places over the years; its numbers may be floats.

use serde::Deserialize;
use serde_json::Number;
use tidegate_wire::Usage;

use crate::support::decode::count;

/// The oldest place.
#[derive(Deserialize)]
#[expect(
    clippy::struct_field_names,
    reason = "they are named as Cohere names them"
)]
pub(super) struct TokenCount {
    prompt_tokens: Option<Number>,
    response_tokens: Option<Number>,
    total_tokens: Option<Number>,
}

/// The place of newer answers.
#[derive(Deserialize)]
pub(super) struct Meta {
    /// What the model read and wrote.
    tokens: Option<Tokens>,
    /// What is paid for: less, as Cohere's own prompt is free.
    billed_units: Option<Tokens>,
}

#[derive(Deserialize)]
struct Tokens {
    input_tokens: Option<Number>,
    output_tokens: Option<Number>,
}

/// Returns the costs from the first of the three places that tells any.
pub(super) fn told(oldest: Option<TokenCount>, meta: Option<Meta>) -> Option<Usage> {
    let oldest = oldest.and_then(|it| usage(it.prompt_tokens, it.response_tokens, it.total_tokens));
    let newer = || {
        let meta = meta?;
        [meta.tokens, meta.billed_units]
            .into_iter()
            .flatten()
            .find_map(|tokens| usage(tokens.input_tokens, tokens.output_tokens, None))
    };
    oldest.or_else(newer)
}

/// Returns the costs, the sum worked out where it is not told; nothing where there are none.
fn usage(prompt: Option<Number>, response: Option<Number>, total: Option<Number>) -> Option<Usage> {
    let prompt_tokens = count(prompt);
    let completion_tokens = count(response);
    let sum = || prompt_tokens?.checked_add(completion_tokens?);
    let total_tokens = count(total).or_else(sum);
    let told = [prompt_tokens, completion_tokens, total_tokens];
    told.iter().any(Option::is_some).then(|| Usage {
        prompt_tokens,
        completion_tokens,
        total_tokens,
        ..Usage::default()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::told;

    #[test]
    fn finds_the_counts_wherever_they_stand() {
        let meta = json!({"tokens": {"input_tokens": 69.0, "output_tokens": 81},
                          "billed_units": {"input_tokens": 7, "output_tokens": 80}});
        for (answer, counts) in [
            (json!({}), None),
            (json!({"token_count": null, "meta": null}), None),
            (json!({"meta": {"billed_units": {"search_units": 1}}}), None),
            (
                json!({"token_count": {"prompt_tokens": 20, "response_tokens": 3, "total_tokens": 23, "billed_tokens": 10}, "meta": meta}),
                Some((Some(20), Some(3), Some(23))),
            ),
            (
                json!({"token_count": {"response_tokens": 3}}),
                Some((None, Some(3), None)),
            ),
            (json!({"meta": meta}), Some((Some(69), Some(81), Some(150)))),
            (
                json!({"meta": {"tokens": null, "billed_units": {"input_tokens": 5, "output_tokens": 3.0}}}),
                Some((Some(5), Some(3), Some(8))),
            ),
            (
                json!({"meta": {"tokens": {"input_tokens": -1, "output_tokens": 1e300}}}),
                None,
            ),
        ] {
            let [count, meta] = ["token_count", "meta"].map(|name| answer[name].clone());
            let found = told(
                serde_json::from_value(count).unwrap(),
                serde_json::from_value(meta).unwrap(),
            );
            let found = found.map(|it| (it.prompt_tokens, it.completion_tokens, it.total_tokens));
            assert_eq!(found, counts, "{answer}");
        }
    }
}
