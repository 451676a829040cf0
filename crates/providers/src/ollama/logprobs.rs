//! Log probabilities in the form of the OpenAI API, whose tokens look the same.

use serde_json::{Value, json};
use tidegate_wire::event::Event;

/// Tells the probabilities of a piece of the answer.
pub(super) fn told(mut tokens: Vec<Value>) -> Option<Event> {
    for token in &mut tokens {
        if let Some(members) = token.as_object_mut() {
            // Without others to compare with the list is left out.
            members.entry("top_logprobs").or_insert_with(|| json!([]));
        }
    }
    (!tokens.is_empty()).then(|| Event::Logprobs {
        choice: 0,
        logprobs: json!({"content": tokens, "refusal": null}),
    })
}
