//! Writes request bodies of the OpenAI API from canonical requests.

use serde_json::{Map, Number, Value};

use crate::{EmbeddingsRequest, Message, Sampling};

/// Writes a chat body without its model. `temperature` is already on the provider's scale.
pub fn chat_body(
    messages: Vec<Message>,
    sampling: &Sampling,
    temperature: Option<Number>,
    extra: &Map<String, Value>,
) -> Map<String, Value> {
    let mut body = sampling_members(sampling, temperature);
    let messages = messages
        .into_iter()
        .map(|message| Value::Object(message.0))
        .collect();
    body.insert("messages".to_owned(), messages);
    with_extra(body, extra)
}

/// Writes a completions body without its model.
pub fn completions_body(
    prompt: Value,
    sampling: &Sampling,
    temperature: Option<Number>,
    extra: &Map<String, Value>,
) -> Map<String, Value> {
    let mut body = sampling_members(sampling, temperature);
    body.insert("prompt".to_owned(), prompt);
    with_extra(body, extra)
}

/// Writes an embeddings body without its model.
pub fn embeddings_body(request: &EmbeddingsRequest) -> Map<String, Value> {
    let body = [("input".to_owned(), request.input.clone())]
        .into_iter()
        .collect();
    with_extra(body, &request.extra)
}

fn sampling_members(sampling: &Sampling, temperature: Option<Number>) -> Map<String, Value> {
    let members = [
        ("temperature", temperature.map(Value::Number)),
        ("n", sampling.n.clone().map(Value::Number)),
        ("stop", sampling.stop.clone()),
        ("max_tokens", sampling.max_tokens.clone().map(Value::Number)),
        ("stream", sampling.stream.map(Value::Bool)),
    ];
    members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}

fn with_extra(mut body: Map<String, Value>, extra: &Map<String, Value>) -> Map<String, Value> {
    body.extend(
        extra
            .iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    body
}
