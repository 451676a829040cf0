//! An answer before it is known whether it comes whole or as a stream.

use serde_json::{Value, json};
use tidegate_wire::Operation;

use super::words;

/// An answer.
pub(super) struct Draft {
    pub(super) id: String,
    pub(super) created: u64,
    pub(super) model: String,
    pub(super) choices: Vec<DraftChoice>,
    pub(super) usage: Value,
}

/// One choice of an answer.
pub(super) struct DraftChoice {
    pub(super) text: String,
    /// Name and arguments of a forced call; then there is no text.
    pub(super) call: Option<(String, String)>,
    pub(super) reason: &'static str,
}

impl Draft {
    /// Writes the answer whole.
    pub(super) fn write(&self, operation: Operation) -> Value {
        let chat = operation == Operation::Chat;
        let choices: Vec<Value> = self
            .choices
            .iter()
            .enumerate()
            .map(|(index, choice)| {
                if chat {
                    json!({"index": index, "message": self.message(index, choice),
                           "logprobs": null, "finish_reason": choice.reason})
                } else {
                    json!({"text": choice.text, "index": index, "logprobs": null,
                           "finish_reason": choice.reason})
                }
            })
            .collect();
        json!({
            "id": self.id,
            "object": if chat { "chat.completion" } else { "text_completion" },
            "created": self.created,
            "model": self.model,
            "choices": choices,
            "usage": self.usage,
        })
    }

    fn message(&self, index: usize, choice: &DraftChoice) -> Value {
        match &choice.call {
            None => json!({"role": "assistant", "content": choice.text, "refusal": null}),
            Some((name, arguments)) => json!({
                "role": "assistant", "content": null, "refusal": null,
                "tool_calls": [{"id": self.call_id(index), "type": "function",
                                "function": {"name": name, "arguments": arguments}}],
            }),
        }
    }

    /// Returns the id of a choice's tool call.
    pub(super) fn call_id(&self, index: usize) -> String {
        format!(
            "call_{:016x}",
            words::digest(format!("{}/{index}", self.id).as_bytes())
        )
    }
}
