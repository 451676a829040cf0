//! Requests to providers that speak OpenAI's dialect, as it is or with differences of their own.

use bytes::Bytes;
use serde_json::{Map, Value};
use tidegate_wire::dialect::openai::{chat_body, completions_body, embeddings_body};
use tidegate_wire::{EmbeddingsRequest, Message, Request, Sampling};

use crate::call::CallHead;
use crate::parameters::Parameters;
use crate::provider::ModelEdit;
use crate::support::temperature::Scale;

/// Writes a body of OpenAI's own API without its model: all parameters keep their names.
pub(crate) fn body(request: &Request, scale: Scale) -> Map<String, Value> {
    let scaled = |sampling: &Sampling| scale.apply(sampling.temperature.as_ref());
    match request {
        Request::Chat(it) => {
            let temperature = scaled(&it.sampling);
            chat_body(it.messages.clone(), &it.sampling, temperature, &it.extra)
        }
        Request::Completions(it) => {
            let temperature = scaled(&it.sampling);
            completions_body(it.prompt.clone(), &it.sampling, temperature, &it.extra)
        }
        Request::Embeddings(it) => embeddings_body(it),
    }
}

/// Begins a body: the model, then all parameters as the operation's table says, then whether to stream if the client
/// said so. What is asked is for the caller to add.
pub(crate) fn begin(
    model: Option<&str>,
    table: &Parameters,
    call: CallHead,
    sampling: &Sampling,
    extra: &Map<String, Value>,
) -> Map<String, Value> {
    let mut body = named(model);
    body.extend(table.write(call, sampling, extra));
    if let Some(stream) = sampling.stream {
        body.insert("stream".to_owned(), stream.into());
    }
    body
}

/// Adds the conversation to a body.
pub(crate) fn with_messages(
    mut body: Map<String, Value>,
    messages: Vec<Message>,
) -> Map<String, Value> {
    let messages = messages.into_iter().map(|it| Value::Object(it.0)).collect();
    body.insert("messages".to_owned(), messages);
    body
}

/// Writes an embeddings body.
pub(crate) fn embeddings(model: Option<&str>, request: &EmbeddingsRequest) -> Map<String, Value> {
    let mut body = named(model);
    body.extend(embeddings_body(request));
    body
}

/// Returns a body that holds the model only, or nothing where the config names none.
pub(crate) fn named(model: Option<&str>) -> Map<String, Value> {
    let member = model.map(|name| ("model".to_owned(), name.into()));
    member.into_iter().collect()
}

/// Returns how the configured model gets into a body that passes through. Where the config names none, there is none.
pub(crate) fn model_edit(model: Option<&str>) -> ModelEdit {
    model.map_or(ModelEdit::Remove, |name| {
        ModelEdit::Replace(Bytes::from(Value::from(name).to_string()))
    })
}
