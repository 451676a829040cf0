//! Writes whole answers of the OpenAI API.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::stream::OpenAiEncoder;
use crate::Operation;
use crate::dialect::{Context, Encoder, Voice, to_json};
use crate::fold::{Answer, Choice};
use crate::usage::Usage;
use crate::vector::{VectorForm, WrittenVector};

/// How a request of the OpenAI door wants to be answered.
pub(super) struct OpenAiVoice {
    pub(super) operation: Operation,
    pub(super) form: VectorForm,
    pub(super) include_usage: bool,
}

#[derive(Serialize)]
struct Embeddings<'a> {
    object: &'static str,
    data: Vec<Embedding>,
    model: Option<&'a str>,
    usage: Usage,
}

#[derive(Serialize)]
struct Embedding {
    object: &'static str,
    index: usize,
    #[serde(rename = "embedding")]
    vector: WrittenVector,
}

impl Voice for OpenAiVoice {
    fn plain(&self, answer: Answer, context: &Context) -> Bytes {
        let model = answer.model.as_deref().or(context.model.as_deref());
        if self.operation == Operation::Embeddings {
            let data = answer
                .vectors
                .iter()
                .enumerate()
                .map(|(index, (_, vector))| Embedding {
                    object: "embedding",
                    index,
                    vector: vector.write(self.form),
                });
            return to_json(&Embeddings {
                object: "list",
                data: data.collect(),
                model,
                usage: answer.usage.clone().unwrap_or_default(),
            });
        }
        let chat = self.operation == Operation::Chat;
        let choice = if chat { chat_choice } else { text_choice };
        let mut object = json!({
            "id": answer.id,
            "object": if chat { "chat.completion" } else { "text_completion" },
            "created": answer.created.unwrap_or(context.now),
            "model": model,
            "choices": answer.choices.iter().enumerate().map(|(i, c)| choice(i, c)).collect::<Vec<_>>(),
        });
        if let (Some(usage), Some(members)) = (&answer.usage, object.as_object_mut()) {
            members.insert("usage".to_owned(), json!(usage));
        }
        to_json(&object)
    }

    fn stream(self: Box<Self>, context: Context) -> Box<dyn Encoder> {
        Box::new(OpenAiEncoder::new(
            self.operation,
            self.include_usage,
            context,
        ))
    }
}

fn chat_choice(index: usize, choice: &Choice) -> Value {
    let mut message = Map::new();
    message.insert(
        "role".to_owned(),
        json!(choice.role.as_deref().unwrap_or("assistant")),
    );
    message.insert("content".to_owned(), json!(choice.text));
    message.insert("refusal".to_owned(), json!(choice.refusal));
    if !choice.tool_calls.is_empty() {
        let calls = choice.tool_calls.iter().map(|call| {
            json!({"id": call.id, "type": "function",
                   "function": {"name": call.name, "arguments": call.arguments}})
        });
        message.insert("tool_calls".to_owned(), calls.collect());
    }
    json!({
        "index": index, "message": message, "logprobs": null, "finish_reason": choice.finish_reason,
    })
}

fn text_choice(index: usize, choice: &Choice) -> Value {
    json!({
        "text": choice.text.as_deref().unwrap_or_default(),
        "index": index, "logprobs": null, "finish_reason": choice.finish_reason,
    })
}
