//! Requests to providers that speak OpenAI's dialect with differences of their own.

use bytes::Bytes;
use serde_json::{Map, Value};
use tidegate_wire::Sampling;

use crate::parameters::Parameters;
use crate::provider::{CallHead, ModelEdit};

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
