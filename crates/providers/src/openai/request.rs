//! Canonical requests as bodies of the OpenAI API.

use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{ChatRequest, CompletionsRequest, Message, Request, Words};

use crate::call::CallHead;
use crate::support::extras::{asks, of_the_chat_api};
use crate::support::fault::unsupported;
use crate::support::openai;
use crate::support::temperature::Scale;

/// OpenAI's temperatures run from 0 to 2.
pub(super) const TEMPERATURE: Scale = Scale::to(2.0);

/// Writes the body. `model` is its first member; there is none where the address names the model.
pub(super) fn encode(
    call: CallHead,
    request: &Request,
    model: Option<Value>,
    native_completions: bool,
) -> Result<Map<String, Value>, Fault> {
    check_count(call, request)?;
    let mut body = Map::new();
    if let Some(model) = model {
        body.insert("model".to_owned(), model);
    }
    body.extend(match request {
        Request::Completions(completions) if !native_completions => {
            as_chat(call, completions, TEMPERATURE)?
        }
        request => openai::body(request, TEMPERATURE),
    });
    Ok(body)
}

/// Refuses the newer name of the count where MLflow 2.8 is imitated: 2.8.1 answers 422 for chat and 400 for completions,
/// for this provider only (spec, request-response-schemas §1).
pub(super) fn check_count(call: CallHead, request: &Request) -> Result<(), Fault> {
    let status = match request {
        Request::Chat(_) => 422,
        Request::Completions(_) => 400,
        Request::Embeddings(_) => return Ok(()),
    };
    if call.words != Words::Mlflow28 || !request.extra().contains_key("n") {
        return Ok(());
    }
    let text = format!(
        "Invalid parameter `n`. Use `{}` instead.",
        call.words.count()
    );
    Err(Fault::invalid(status, text).with_param("n"))
}

/// Asks a chat model to complete: the prompt becomes one user message (decisions D17 and N17).
pub(crate) fn as_chat(
    call: CallHead,
    request: &CompletionsRequest,
    scale: Scale,
) -> Result<Map<String, Value>, Fault> {
    let chat = chat_of(call, request)?;
    Ok(openai::body(&Request::Chat(chat), scale))
}

/// Returns the chat that stands for a completion.
pub(super) fn chat_of(call: CallHead, request: &CompletionsRequest) -> Result<ChatRequest, Fault> {
    let prompt = match &request.prompt {
        Value::Array(prompts) => match prompts.as_slice() {
            [only @ Value::String(_)] => only.clone(),
            _ => return Err(refuse("prompt", "several prompts or tokens in one request")),
        },
        Value::String(text) => Value::String(text.clone()),
        _ => return Err(refuse("prompt", "a prompt that is no text")),
    };
    // Others that a chat cannot say are told as left out; these would change what the answer is (decision N17).
    for name in ["echo", "suffix"] {
        if asks(call, &request.extra, name) {
            return Err(refuse(name, &format!("`{name}`")));
        }
    }
    Ok(ChatRequest {
        messages: vec![Message::new("user", prompt)],
        sampling: request.sampling.clone(),
        extra: of_the_chat_api(call, &request.extra).into_owned(),
    })
}

fn refuse(param: &'static str, what: &str) -> Fault {
    let message = format!(
        "This endpoint's model is a chat model, which cannot take {what}. Send one text as `prompt`, or use an endpoint whose model has the completions API."
    );
    unsupported(param, message)
}
