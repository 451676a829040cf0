//! The same answers word by word.

use bytes::Bytes;
use serde_json::{Value, json};
use tidegate_wire::Operation;

use super::draft::{Draft, DraftChoice};
use super::words;

/// Writes the chunks of a stream: role, words, reason, usage if asked for, terminator.
pub(super) fn chunks(draft: &Draft, operation: Operation, body: &Value) -> Vec<Bytes> {
    let writer = Writer {
        draft,
        chat: operation == Operation::Chat,
        usage: body.pointer("/stream_options/include_usage") == Some(&Value::Bool(true)),
    };
    let mut out = Vec::new();
    for (index, choice) in draft.choices.iter().enumerate() {
        if writer.chat {
            writer.chat(index, choice, &mut out);
        } else {
            writer.text(index, choice, &mut out);
        }
    }
    if writer.usage {
        out.push(writer.chunk(&json!([]), &draft.usage));
    }
    out.push(Bytes::from_static(b"data: [DONE]\n\n"));
    out
}

struct Writer<'a> {
    draft: &'a Draft,
    chat: bool,
    usage: bool,
}

impl Writer<'_> {
    fn chunk(&self, choices: &Value, usage: &Value) -> Bytes {
        let mut chunk = json!({
            "id": self.draft.id,
            "object": if self.chat { "chat.completion.chunk" } else { "text_completion" },
            "created": self.draft.created,
            "model": self.draft.model,
            "choices": choices,
        });
        if let (true, Some(members)) = (self.usage, chunk.as_object_mut()) {
            members.insert("usage".to_owned(), usage.clone());
        }
        Bytes::from(format!("data: {chunk}\n\n"))
    }

    fn text(&self, index: usize, choice: &DraftChoice, out: &mut Vec<Bytes>) {
        let mut push = |text: &str, reason: Option<&str>| {
            let choice =
                json!([{"text": text, "index": index, "logprobs": null, "finish_reason": reason}]);
            out.push(self.chunk(&choice, &Value::Null));
        };
        for word in words::pieces(&choice.text) {
            push(word, None);
        }
        push("", Some(choice.reason));
    }

    fn chat(&self, index: usize, choice: &DraftChoice, out: &mut Vec<Bytes>) {
        let mut push = |delta: Value, reason: Option<&str>| {
            let choice = json!([{"index": index, "delta": delta, "logprobs": null, "finish_reason": reason}]);
            out.push(self.chunk(&choice, &Value::Null));
        };
        match &choice.call {
            None => {
                push(
                    json!({"role": "assistant", "content": "", "refusal": null}),
                    None,
                );
                for word in words::pieces(&choice.text) {
                    push(json!({"content": word}), None);
                }
            }
            Some((name, arguments)) => {
                let call = json!({"index": 0, "id": self.draft.call_id(index), "type": "function",
                                  "function": {"name": name, "arguments": ""}});
                push(
                    json!({"role": "assistant", "content": null, "tool_calls": [call]}),
                    None,
                );
                for piece in words::pieces(arguments) {
                    let call = json!({"index": 0, "function": {"arguments": piece}});
                    push(json!({"tool_calls": [call]}), None);
                }
            }
        }
        push(json!({}), Some(choice.reason));
    }
}
