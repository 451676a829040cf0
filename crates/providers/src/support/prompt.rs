//! Texts for providers that take nothing else.

use serde_json::Value;
use tidegate_wire::Message;
use tidegate_wire::dialect::Fault;

use crate::call::CallHead;
use crate::support::fault::unsupported;

/// Returns the prompt as one text: a text, or a list that holds one (the OpenAI door allows it).
pub(crate) fn text(prompt: &Value) -> Result<&str, Fault> {
    let only = match prompt {
        Value::Array(list) => match list.as_slice() {
            [only] => only,
            _ => prompt,
        },
        _ => prompt,
    };
    only.as_str().ok_or_else(|| {
        let message = "This endpoint's provider takes one text as `prompt`, not several and no tokens. Send one request for each.";
        unsupported("prompt", message)
    })
}

/// Returns the texts of an embeddings request as a list: one text becomes a list of it.
pub(crate) fn texts(call: CallHead, input: &Value) -> Result<Value, Fault> {
    let refused = || {
        let name = call.words.input();
        let message = format!(
            "This endpoint's provider takes texts as `{name}`, no tokens. Send a text or a list of texts."
        );
        unsupported(name, message)
    };
    match input {
        Value::String(_) => Ok(Value::Array(vec![input.clone()])),
        Value::Array(list) if list.iter().all(Value::is_string) => Ok(input.clone()),
        _ => Err(refused()),
    }
}

/// Returns who speaks. OpenAI's newer name of the system counts on its door only: MLflow knows no `developer`.
pub(crate) fn speaker(call: CallHead, message: &Message) -> &str {
    match message.role() {
        "developer" if call.faithful => "system",
        role => role,
    }
}

/// Returns a message's text. Parts that are none (images) are left out where the door allows it, else refused.
pub(crate) fn words(call: CallHead, message: &Message) -> Result<String, Fault> {
    let parts = message.0.get("content").and_then(Value::as_array);
    let is_text = |part: &Value| part.get("text").is_some_and(Value::is_string);
    if call.faithful && !parts.into_iter().flatten().all(is_text) {
        let text = "This endpoint's provider takes messages of text only. Leave out images, audio and files.";
        return Err(unsupported("messages", text));
    }
    Ok(message.text())
}
