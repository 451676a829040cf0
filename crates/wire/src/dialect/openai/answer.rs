//! Writes whole answers of the OpenAI API.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::stream::OpenAiEncoder;
use super::words;
use crate::Operation;
use crate::dialect::{Context, Encoder, Voice, to_json};
use crate::fold::{Answer, Choice, Thought};
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
            "id": answer.id.as_deref().filter(|id| !id.is_empty()).map_or_else(|| id_of(self.operation, context), str::to_owned),
            "object": if chat { "chat.completion" } else { "text_completion" },
            "created": answer.created.unwrap_or(context.now),
            "model": model,
            "choices": answer.choices.iter().enumerate().map(|(i, c)| noted(choice(i, c), c)).collect::<Vec<_>>(),
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

/// Returns the id of an answer whose provider gives none.
pub(super) fn id_of(operation: Operation, context: &Context) -> String {
    let kind = match operation {
        Operation::Completions => "cmpl",
        Operation::Chat | Operation::Embeddings => "chatcmpl",
    };
    format!("{kind}-{}", context.id)
}

fn chat_choice(index: usize, choice: &Choice) -> Value {
    json!({
        "index": index, "message": message(choice), "logprobs": choice.logprobs,
        "finish_reason": choice.finish_reason,
    })
}

fn message(choice: &Choice) -> Map<String, Value> {
    let mut message = Map::new();
    let mut put = |name: &str, value: Value| drop(message.insert(name.to_owned(), value));
    put("role", json!(choice.role.as_deref().unwrap_or("assistant")));
    // Some answers say nothing at all; a text is what clients expect then.
    let says_else = choice.refusal.is_some() || !choice.tool_calls.is_empty();
    let empty = (!says_else).then_some("");
    put("content", json!(choice.text.as_deref().or(empty)));
    put("refusal", json!(choice.refusal));
    let said = choice.thoughts.iter().filter_map(|thought| match thought {
        Thought::Said { text, .. } => Some(text.as_str()),
        Thought::Redacted(_) => None,
    });
    let said: String = said.collect();
    if !said.is_empty() {
        put(words::REASONING, said.into());
    }
    // Without a signature the blocks say nothing that the text does not.
    let sealed = choice.thoughts.iter().any(|thought| {
        !matches!(
            thought,
            Thought::Said {
                signature: None,
                ..
            }
        )
    });
    if sealed {
        put(
            words::BLOCKS,
            choice.thoughts.iter().map(words::block).collect(),
        );
    }
    if !choice.tool_calls.is_empty() {
        let calls = choice.tool_calls.iter().map(words::call);
        put("tool_calls", calls.map(Value::Object).collect());
    }
    if let Some(signature) = &choice.signature {
        put(words::EXTRA, words::extra_content(signature));
    }
    message.extend(choice.members.clone());
    message
}

fn text_choice(index: usize, choice: &Choice) -> Value {
    json!({
        "text": choice.text.as_deref().unwrap_or_default(),
        "index": index, "logprobs": choice.logprobs, "finish_reason": choice.finish_reason,
    })
}

/// Adds the notes of a choice as members of it.
fn noted(mut written: Value, choice: &Choice) -> Value {
    if let Some(members) = written.as_object_mut() {
        let notes = choice.notes.iter();
        members.extend(notes.map(|(name, text)| ((*name).to_owned(), json!(text))));
    }
    written
}
