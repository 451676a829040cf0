//! Log probabilities in the form of the OpenAI API.

use serde::Deserialize;
use serde_json::{Value, json};
use tidegate_wire::event::Event;

/// A piece of text and its tokens.
#[derive(Debug, Deserialize)]
pub(super) struct Item {
    text: Option<String>,
    logprobs: Option<Vec<f64>>,
}

/// Tells pieces of an answer. A piece of several tokens is told as one, whose probability is that of all of them.
pub(super) fn told(items: impl IntoIterator<Item = Item>) -> Option<Event> {
    let content: Vec<Value> = items.into_iter().filter_map(written).collect();
    (!content.is_empty()).then(|| Event::Logprobs {
        choice: 0,
        logprobs: json!({"content": content, "refusal": null}),
    })
}

fn written(item: Item) -> Option<Value> {
    let (text, probabilities) = (item.text?, item.logprobs?);
    let sum: f64 = probabilities.iter().sum();
    let known = !probabilities.is_empty();
    known.then(
        || json!({"token": text, "logprob": sum, "bytes": text.as_bytes(), "top_logprobs": []}),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_told_as_tokens() {
        let items = json!([
            {"text": "né", "token_ids": [1, 2], "logprobs": [-0.5, -0.25]},
            {"text": "", "token_ids": []},
            {"token_ids": [3], "logprobs": [-1.0]},
            {"text": ".", "token_ids": [4], "logprobs": [0.0]},
        ]);
        let items: Vec<Item> = serde_json::from_value(items).unwrap();
        let Some(Event::Logprobs { logprobs, .. }) = told(items) else {
            panic!("nothing is told")
        };
        let want = json!({"refusal": null, "content": [
            {"token": "né", "logprob": -0.75, "bytes": [110, 195, 169], "top_logprobs": []},
            {"token": ".", "logprob": 0.0, "bytes": [46], "top_logprobs": []},
        ]});
        assert_eq!(logprobs, want);
        assert!(told(Vec::new()).is_none());
    }
}
