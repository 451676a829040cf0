//! Reads a chat request of the OpenAI API as it is meant. What cannot be understood is refused by name; what is merely
//! unknown is kept.

mod message;
mod part;
mod tool;

use serde_json::{Map, Value};

pub(in crate::dialect) use message::arguments;
pub(in crate::dialect) use part::{bytes, source};

use crate::ChatRequest;
use crate::conversation::{Conversation, Format, Schema};
use crate::dialect::Fault;

/// The newer name of `max_tokens`.
const MAX_COMPLETION_TOKENS: &str = "max_completion_tokens";

/// Reads a request.
pub fn conversation(request: &ChatRequest) -> Result<Conversation, Fault> {
    let mut read = Conversation {
        members: members(request),
        stream: request.sampling.stream,
        ..Conversation::default()
    };
    let mut made = message::Made::default();
    for (position, message) in request.messages.iter().enumerate() {
        message::read(position, &message.0, &mut made, &mut read)?;
    }
    let mut take = |name: &str| read.members.shift_remove(name).filter(|it| !it.is_null());
    let (tools, functions) = (take("tools"), take("functions"));
    let (choice, call) = (take("tool_choice"), take("function_call"));
    let (format, parallel) = (take("response_format"), take("parallel_tool_calls"));
    read.tools = tool::list(tools, functions)?;
    read.choice = choice.or(call).map(|it| tool::choice(&it)).transpose()?;
    tool::check(&read)?;
    read.format = format.map(self::format).transpose()?;
    read.parallel_calls = parallel.map(truth).transpose()?;
    Ok(read)
}

/// Returns all members beside messages and `stream`, under one name each, without what says nothing.
fn members(request: &ChatRequest) -> Map<String, Value> {
    let sampling = &request.sampling;
    let temperature = sampling.temperature.as_ref().map(|it| it.value.clone());
    let standard = [
        ("temperature", temperature.map(Value::Number)),
        ("n", sampling.n.clone().map(Value::Number)),
        ("stop", sampling.stop.clone()),
        ("max_tokens", sampling.max_tokens.clone().map(Value::Number)),
    ];
    let mut members: Map<String, Value> = standard
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
    for (name, value) in &request.extra {
        match name.as_str() {
            _ if value.is_null() => {}
            MAX_COMPLETION_TOKENS => drop(members.insert("max_tokens".to_owned(), value.clone())),
            _ => drop(members.insert(name.clone(), value.clone())),
        }
    }
    members
}

fn truth(value: Value) -> Result<bool, Fault> {
    let wrong = || wrong("parallel_tool_calls", "true or false");
    value.as_bool().ok_or_else(wrong)
}

fn format(value: Value) -> Result<Format, Fault> {
    let kind = value.get("type").and_then(Value::as_str);
    match kind {
        Some("text") => Ok(Format::Text),
        Some("json_object") => Ok(Format::Json),
        Some("json_schema") => schema(value.get("json_schema")).map(Format::Schema),
        _ => Err(wrong(
            "response_format",
            "an object whose `type` is `text`, `json_object` or `json_schema`",
        )),
    }
}

fn schema(written: Option<&Value>) -> Result<Schema, Fault> {
    let member = |name: &str| written?.get(name).filter(|it| !it.is_null());
    let text = |name: &str| member(name)?.as_str().map(str::to_owned);
    let Some(schema) = member("schema") else {
        return Err(wrong(
            "response_format",
            "with a JSON Schema in `json_schema.schema`",
        ));
    };
    Ok(Schema {
        name: text("name").unwrap_or_else(|| "answer".to_owned()),
        description: text("description"),
        schema: schema.clone(),
        strict: member("strict").and_then(Value::as_bool),
    })
}

/// Refuses a value of the wrong kind.
fn wrong(name: &'static str, want: &str) -> Fault {
    invalid(
        name,
        format!("Invalid type for '{name}': it must be {want}."),
    )
}

/// Refuses what cannot be understood.
fn invalid(name: &'static str, text: String) -> Fault {
    Fault::invalid(400, text)
        .with_code("invalid_value")
        .with_param(name)
}

#[cfg(test)]
mod tests;
