//! Whole answers in the choices shape (O), the candidates shape (C), or both (spec, request-response-schemas §6, §7).

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Shape;
use super::stream::MlflowEncoder;
use crate::dialect::{Context, Encoder, Voice, to_json};
use crate::fold::{Answer, Choice};
use crate::vector::{Vector, VectorForm, WrittenVector};
use crate::{Operation, Usage};

/// How an MLflow request wants to be answered.
pub(super) struct MlflowVoice {
    pub(super) operation: Operation,
    pub(super) shape: Shape,
    /// The form in which the request wants its vectors.
    pub(super) form: VectorForm,
}

impl Voice for MlflowVoice {
    fn plain(&self, answer: Answer, context: &Context) -> Bytes {
        if self.operation == Operation::Embeddings {
            return self.embeddings(&answer, context);
        }
        let mut object = Map::new();
        if self.shape != Shape::Candidates {
            choices_shape(self.operation, &answer, context, &mut object);
        }
        if self.shape != Shape::Choices {
            candidates_shape(self.operation, &answer, context, &mut object);
        }
        to_json(&object)
    }

    fn stream(self: Box<Self>, context: Context) -> Box<dyn Encoder> {
        Box::new(MlflowEncoder::new(self.operation, context))
    }
}

/// The choices shape of embeddings.
#[derive(Serialize)]
struct EmbeddingList<'a> {
    object: &'static str,
    data: Vec<EmbeddingItem>,
    model: Option<&'a str>,
    usage: EmbeddingUsage,
}

#[derive(Serialize)]
struct EmbeddingItem {
    object: &'static str,
    embedding: WrittenVector,
    index: u32,
}

#[derive(Serialize)]
struct EmbeddingUsage {
    prompt_tokens: Option<u64>,
    total_tokens: Option<u64>,
}

/// The candidates shape of embeddings.
#[derive(Serialize)]
struct EmbeddingVectors {
    embeddings: Vec<WrittenVector>,
    metadata: Value,
}

impl MlflowVoice {
    fn embeddings(&self, answer: &Answer, context: &Context) -> Bytes {
        let written = |(index, vector): &(u32, Vector)| (*index, vector.write_floats(self.form));
        let mut vectors: Vec<_> = answer.vectors.iter().map(written).collect();
        if self.shape == Shape::Candidates {
            // Here the place alone tells whose vector it is.
            vectors.sort_by_key(|(index, _)| *index);
            let metadata = metadata(self.operation, answer, context);
            return to_json(&EmbeddingVectors {
                embeddings: vectors.into_iter().map(|(_, vector)| vector).collect(),
                metadata,
            });
        }
        let usage = answer.usage.as_ref();
        to_json(&EmbeddingList {
            object: "list",
            data: vectors
                .into_iter()
                .map(|(index, embedding)| EmbeddingItem {
                    object: "embedding",
                    embedding,
                    index,
                })
                .collect(),
            model: model(answer, context),
            usage: EmbeddingUsage {
                prompt_tokens: usage.and_then(|usage| usage.prompt_tokens),
                total_tokens: usage.and_then(|usage| usage.total_tokens),
            },
        })
    }
}

fn model<'a>(answer: &'a Answer, context: &'a Context) -> Option<&'a str> {
    answer.model.as_deref().or(context.model.as_deref())
}

fn choices_shape(
    operation: Operation,
    answer: &Answer,
    context: &Context,
    object: &mut Map<String, Value>,
) {
    let usage = answer.usage.as_ref();
    let prompt = usage.and_then(|usage| usage.prompt_tokens);
    let total = usage.and_then(|usage| usage.total_tokens);
    let mut put = |key: &str, value: Value| drop(object.insert(key.to_owned(), value));
    let chat = operation == Operation::Chat;
    put("id", json!(answer.id));
    put(
        "object",
        json!(if chat {
            "chat.completion"
        } else {
            "text_completion"
        }),
    );
    put("created", json!(answer.created.unwrap_or(context.now)));
    put("model", json!(model(answer, context)));
    let choice = if chat { chat_choice } else { text_choice };
    put(
        "choices",
        answer
            .choices
            .iter()
            .enumerate()
            .map(|(i, c)| choice(i, c))
            .collect(),
    );
    let completion = usage.and_then(|usage| usage.completion_tokens);
    put(
        "usage",
        json!({"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total}),
    );
}

fn chat_choice(index: usize, choice: &Choice) -> Value {
    let calls: Vec<_> = choice
        .tool_calls
        .iter()
        .map(|call| {
            json!({"id": call.id, "type": "function",
                   "function": {"name": call.name, "arguments": call.arguments}})
        })
        .collect();
    json!({
        "index": index,
        "message": {
            "role": role(choice),
            "content": choice.text,
            "tool_calls": (!calls.is_empty()).then_some(calls),
            "refusal": null,
        },
        "finish_reason": choice.finish_reason,
    })
}

fn text_choice(index: usize, choice: &Choice) -> Value {
    json!({
        "index": index,
        "text": choice.text.as_deref().unwrap_or_default(),
        "finish_reason": choice.finish_reason,
    })
}

fn role(choice: &Choice) -> &str {
    choice.role.as_deref().unwrap_or("assistant")
}

fn candidates_shape(
    operation: Operation,
    answer: &Answer,
    context: &Context,
    object: &mut Map<String, Value>,
) {
    let candidate = if operation == Operation::Chat {
        chat_candidate
    } else {
        text_candidate
    };
    object.insert(
        "candidates".to_owned(),
        answer.choices.iter().map(candidate).collect(),
    );
    object.insert("metadata".to_owned(), metadata(operation, answer, context));
}

fn metadata(operation: Operation, answer: &Answer, context: &Context) -> Value {
    let usage = answer.usage.clone().unwrap_or_default();
    json!({
        "input_tokens": usage.prompt_tokens,
        "output_tokens": output_tokens(operation, &usage),
        "total_tokens": usage.total_tokens,
        "model": model(answer, context),
        "route_type": operation.route_type(),
    })
}

/// Embeddings make no tokens: 0 where the provider counts at all.
fn output_tokens(operation: Operation, usage: &Usage) -> Option<u64> {
    match operation {
        Operation::Embeddings => usage.prompt_tokens.map(|_| 0),
        Operation::Chat | Operation::Completions => usage.completion_tokens,
    }
}

fn chat_candidate(choice: &Choice) -> Value {
    json!({
        "message": {"role": role(choice), "content": choice.text},
        "metadata": {"finish_reason": choice.finish_reason},
    })
}

fn text_candidate(choice: &Choice) -> Value {
    let mut metadata = Map::new();
    if let Some(reason) = &choice.finish_reason {
        metadata.insert("finish_reason".to_owned(), json!(reason));
    }
    for (name, text) in &choice.notes {
        metadata.insert((*name).to_owned(), json!(text));
    }
    json!({"text": choice.text.as_deref().unwrap_or_default(), "metadata": metadata})
}
