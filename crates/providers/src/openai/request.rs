//! Canonical requests as bodies of the OpenAI API.

use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::{chat_body, completions_body, embeddings_body};
use tidegate_wire::{CompletionsRequest, Message, Request};

use crate::provider::{CallHead, Encoded};
use crate::support::temperature::Scale;

/// OpenAI's temperatures run from 0 to 2.
const TEMPERATURE: Scale = Scale::to(2.0);

/// A member's name, and whether a value of it asks for nothing.
type Idle = (&'static str, fn(&Value) -> bool);

/// Members of a completions request that chat completions cannot say.
const COMPLETIONS_ONLY: [Idle; 4] = [
    ("echo", |value| {
        matches!(value, Value::Null | Value::Bool(false))
    }),
    ("suffix", Value::is_null),
    ("logprobs", Value::is_null),
    ("best_of", |value| {
        value.is_null() || value.as_u64() == Some(1)
    }),
];

/// Writes the body. `model` is its first member; there is none where the address names the model.
pub(super) fn encode(
    call: CallHead,
    request: &Request,
    model: Option<Value>,
    native_completions: bool,
) -> Result<Encoded, Fault> {
    let mut body = Map::new();
    if let Some(model) = model {
        body.insert("model".to_owned(), model);
    }
    body.extend(match request {
        Request::Chat(chat) => {
            let temperature = TEMPERATURE.apply(chat.sampling.temperature.as_ref());
            chat_body(
                chat.messages.clone(),
                &chat.sampling,
                temperature,
                &chat.extra,
            )
        }
        Request::Completions(completions) if native_completions => {
            let temperature = TEMPERATURE.apply(completions.sampling.temperature.as_ref());
            let CompletionsRequest {
                prompt,
                sampling,
                extra,
            } = completions;
            completions_body(prompt.clone(), sampling, temperature, extra)
        }
        Request::Completions(completions) => as_chat(call, completions)?,
        Request::Embeddings(embeddings) => embeddings_body(embeddings),
    });
    Ok(Encoded::json(body))
}

/// Asks a chat model to complete: the prompt becomes one user message (decisions D17 and N17).
fn as_chat(call: CallHead, request: &CompletionsRequest) -> Result<Map<String, Value>, Fault> {
    let prompt = match &request.prompt {
        Value::Array(prompts) => match prompts.as_slice() {
            [only @ Value::String(_)] => only.clone(),
            _ => return Err(refuse("prompt", "several prompts or tokens in one request")),
        },
        Value::String(text) => Value::String(text.clone()),
        _ => return Err(refuse("prompt", "a prompt that is no text")),
    };
    let asked = |(name, idle): &&Idle| request.extra.get(*name).is_some_and(|value| !idle(value));
    if let Some((name, _)) = COMPLETIONS_ONLY
        .iter()
        .find(asked)
        .filter(|_| call.faithful)
    {
        return Err(refuse(name, &format!("`{name}`")));
    }
    let temperature = TEMPERATURE.apply(request.sampling.temperature.as_ref());
    let message = Message::new("user", prompt);
    let mut extra = request.extra.clone();
    if call.faithful {
        extra.retain(|name, _| COMPLETIONS_ONLY.iter().all(|(only, _)| only != name));
    }
    Ok(chat_body(
        vec![message],
        &request.sampling,
        temperature,
        &extra,
    ))
}

fn refuse(param: &'static str, what: &str) -> Fault {
    let message = format!(
        "This endpoint's model is a chat model, which cannot take {what}. Send one text as `prompt`, or use an endpoint whose model has the completions API."
    );
    Fault::invalid(400, message)
        .with_code("unsupported_parameter")
        .with_param(param)
}
