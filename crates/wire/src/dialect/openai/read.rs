//! Reads request bodies of the OpenAI API. Nothing is added, scaled or dropped (decision N3).

use serde_json::{Map, Number, Value};

use super::not_json;
use crate::dialect::Fault;
use crate::request::{Sampling, Temperature};
use crate::{
    ChatRequest, CompletionsRequest, EmbeddingsRequest, Message, Operation, Request,
    TemperatureScale,
};

/// Reads a body's members; `model`, which names the endpoint, is taken out.
pub(super) fn members(body: &[u8]) -> Result<Map<String, Value>, Fault> {
    let Ok(Value::Object(mut members)) = serde_json::from_slice(body) else {
        return Err(not_json(body));
    };
    members.shift_remove("model");
    Ok(members)
}

/// Reads the members of a chat's body, of which `model` is none.
pub fn chat_request(mut members: Map<String, Value>) -> Result<ChatRequest, Fault> {
    let messages = messages(members.shift_remove("messages"))?;
    let sampling = sampling(&mut members)?;
    Ok(ChatRequest {
        messages,
        sampling,
        extra: members,
    })
}

/// Reads a request.
pub(super) fn request(
    operation: Operation,
    mut members: Map<String, Value>,
) -> Result<Request, Fault> {
    match operation {
        Operation::Chat => chat_request(members).map(Request::Chat),
        Operation::Completions => {
            let prompt = members
                .shift_remove("prompt")
                .ok_or_else(|| missing("prompt"))?;
            let sampling = sampling(&mut members)?;
            Ok(Request::Completions(CompletionsRequest {
                prompt,
                sampling,
                extra: members,
            }))
        }
        Operation::Embeddings => {
            let input = members
                .shift_remove("input")
                .ok_or_else(|| missing("input"))?;
            Ok(Request::Embeddings(EmbeddingsRequest {
                input,
                extra: members,
            }))
        }
    }
}

/// True when a stream is to end with token counts.
pub(super) fn wants_usage(request: &Request) -> bool {
    let options = request.extra().get("stream_options");
    options.and_then(|options| options.get("include_usage")?.as_bool()) == Some(true)
}

fn messages(list: Option<Value>) -> Result<Vec<Message>, Fault> {
    let items = match list {
        Some(Value::Array(items)) => items,
        Some(_) => return Err(wrong("messages", "a list of messages")),
        None => return Err(missing("messages")),
    };
    items
        .into_iter()
        .map(|item| match item {
            Value::Object(members) => Ok(Message(members)),
            _ => Err(wrong("messages", "a list of message objects")),
        })
        .collect()
}

fn sampling(members: &mut Map<String, Value>) -> Result<Sampling, Fault> {
    let temperature = number(members, "temperature")?.map(|value| Temperature {
        value,
        scale: TemperatureScale::Provider,
        sent: true,
    });
    let stream = match members.shift_remove("stream") {
        None | Some(Value::Null) => None,
        Some(Value::Bool(stream)) => Some(stream),
        Some(_) => return Err(wrong("stream", "true or false")),
    };
    Ok(Sampling {
        n: number(members, "n")?,
        temperature,
        max_tokens: number(members, "max_tokens")?,
        stop: members.shift_remove("stop").filter(|stop| !stop.is_null()),
        stream,
    })
}

fn number(members: &mut Map<String, Value>, name: &'static str) -> Result<Option<Number>, Fault> {
    match members.shift_remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => Ok(Some(number)),
        Some(_) => Err(wrong(name, "a number")),
    }
}

fn missing(name: &'static str) -> Fault {
    Fault::invalid(400, format!("Missing required parameter: '{name}'."))
        .with_code("missing_required_parameter")
        .with_param(name)
}

fn wrong(name: &'static str, want: &str) -> Fault {
    Fault::invalid(
        400,
        format!("Invalid type for '{name}': it must be {want}."),
    )
    .with_code("invalid_type")
    .with_param(name)
}
