//! Canonical requests as bodies of model servers. Nothing is renamed or scaled.

use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{Message, Request};

use crate::call::CallHead;
use crate::support::extras::{of_the_chat, of_the_provider};
use crate::support::fault::unsupported;
use crate::support::temperature::Scale;

/// Writes `inputs`, and in `params` all that the client sent besides.
pub(super) fn inputs(call: CallHead, request: &Request) -> Result<Map<String, Value>, Fault> {
    let inputs = match request {
        Request::Chat(chat) => vec![only_text(&chat.messages)?],
        Request::Completions(completions) => prompts(&completions.prompt)?,
        Request::Embeddings(embeddings) => match &embeddings.input {
            Value::Array(list) => list.clone(),
            one => vec![one.clone()],
        },
    };
    let params = params(call, request);
    let mut body = Map::from_iter([("inputs".to_owned(), Value::Array(inputs))]);
    if !params.is_empty() {
        body.insert("params".to_owned(), Value::Object(params));
    }
    Ok(body)
}

fn params(call: CallHead, request: &Request) -> Map<String, Value> {
    let mut params = Map::new();
    let sampling = match request {
        Request::Chat(chat) => Some(of_the_chat(call, chat)),
        Request::Completions(completions) => Some(completions.sampling.clone()),
        Request::Embeddings(_) => None,
    };
    if let Some(sampling) = sampling {
        let temperature = Scale::SAME.apply(sampling.temperature.as_ref());
        let standard = [
            ("temperature", temperature.map(Value::Number)),
            (call.words.count(), sampling.n.map(Value::Number)),
            ("stop", sampling.stop),
            ("max_tokens", sampling.max_tokens.map(Value::Number)),
            ("stream", sampling.stream.map(Value::Bool)),
        ];
        let standard = standard.into_iter();
        params.extend(standard.filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
    params.extend(of_the_provider(call, request.extra(), &[]).into_owned());
    params
}

/// Returns the text of a conversation that has one message; other conversations are refused in MLflow's words.
fn only_text(messages: &[Message]) -> Result<Value, Fault> {
    let [message] = messages else {
        let count = messages.len();
        let text = format!(
            "MLflow chat models are only capable of processing a single query at a time. The request submitted consists of {count} queries."
        );
        return Err(Fault::invalid(422, text).with_param("messages"));
    };
    let is_text = |part: &Value| part.get("text").is_some_and(Value::is_string);
    match message.0.get("content") {
        Some(Value::String(text)) => Ok(text.clone().into()),
        Some(Value::Array(parts)) if parts.iter().all(is_text) => Ok(message.text().into()),
        _ => Err(Fault::invalid(
            422,
            "This endpoint's model takes one text: the `content` of the message must be a text, or a list of text parts.",
        )
        .with_param("messages")),
    }
}

/// Returns the prompts: one text, or a list of texts, which only the OpenAI door lets through. Each gives a choice.
fn prompts(prompt: &Value) -> Result<Vec<Value>, Fault> {
    match prompt {
        Value::String(_) => Ok(vec![prompt.clone()]),
        Value::Array(list) if !list.is_empty() && list.iter().all(Value::is_string) => {
            Ok(list.clone())
        }
        _ => {
            let text =
                "This endpoint's model takes a text or a list of texts as `prompt`, and no tokens.";
            Err(unsupported("prompt", text))
        }
    }
}
