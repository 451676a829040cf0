//! Tools: what the model may call, and what it called before.

use serde_json::{Map, Value, json};
use tidegate_wire::Message;
use tidegate_wire::dialect::Fault;

use crate::call::CallHead;
use crate::support::content;
use crate::support::fault::refused;

/// Returns `toolConfig`, if the client offers tools.
pub(super) fn config(
    call: CallHead,
    extra: &Map<String, Value>,
    messages: &[Message],
) -> Result<Option<Value>, Fault> {
    let tools = match extra.get("tools") {
        None => return Ok(None),
        Some(Value::Array(tools)) if tools.is_empty() => return Ok(None),
        Some(Value::Array(tools)) => tools,
        Some(_) => return Err(refused(call, "`tools` must be a list of tools.", "tools")),
    };
    let choice = extra.get("tool_choice");
    if choice.and_then(Value::as_str) == Some("none") {
        return without_tools(call, messages).map(|()| None);
    }
    let specs: Result<Vec<_>, Fault> = tools.iter().map(|tool| spec(call, tool)).collect();
    let mut config = Map::from_iter([("tools".to_owned(), Value::Array(specs?))]);
    if let Some(choice) = choice {
        config.insert("toolChoice".to_owned(), tool_choice(call, choice)?);
    }
    Ok(Some(Value::Object(config)))
}

/// Bedrock has no word for `none`: the tools are left out. It refuses that where the conversation has used some.
fn without_tools(call: CallHead, messages: &[Message]) -> Result<(), Fault> {
    let used = |message: &Message| {
        let calls = message.0.get("tool_calls").and_then(Value::as_array);
        calls.is_some_and(|calls| !calls.is_empty()) || message.role() == "tool"
    };
    if !messages.iter().any(used) {
        return Ok(());
    }
    let text =
        "Amazon Bedrock cannot be told `tool_choice: none` in a conversation that has used tools.";
    Err(refused(call, text, "tool_choice"))
}

fn spec(call: CallHead, tool: &Value) -> Result<Value, Fault> {
    let function = tool.get("function");
    let name = function.and_then(|function| function.get("name")?.as_str());
    let (Some(function), Some(name), Some("function")) =
        (function, name, tool.get("type").and_then(Value::as_str))
    else {
        let text = "Amazon Bedrock takes only tools of the type `function`, with a `function` that has a `name`.";
        return Err(refused(call, text, "tools"));
    };
    let mut spec = Map::from_iter([("name".to_owned(), name.into())]);
    let description = function.get("description").and_then(Value::as_str);
    if let Some(text) = description.filter(|text| !text.is_empty()) {
        spec.insert("description".to_owned(), text.into());
    }
    let schema = content::schema(function.get("parameters").cloned());
    spec.insert("inputSchema".to_owned(), json!({"json": schema}));
    if function.get("strict") == Some(&Value::Bool(true)) {
        spec.insert("strict".to_owned(), Value::Bool(true));
    }
    Ok(json!({"toolSpec": spec}))
}

fn tool_choice(call: CallHead, choice: &Value) -> Result<Value, Fault> {
    let name = choice.pointer("/function/name").and_then(Value::as_str);
    match (choice.as_str(), name) {
        (Some("auto"), _) => Ok(json!({"auto": {}})),
        (Some("required"), _) => Ok(json!({"any": {}})),
        (None, Some(name)) => Ok(json!({"tool": {"name": name}})),
        _ => Err(refused(
            call,
            "`tool_choice` must be `auto`, `none`, `required` or a function by its name.",
            "tool_choice",
        )),
    }
}

/// Returns the calls that an assistant's message made.
pub(super) fn uses(call: CallHead, message: &Message) -> Result<Vec<Value>, Fault> {
    let calls = match message.0.get("tool_calls") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(calls) => calls.as_array(),
    };
    let calls: Option<Vec<Value>> = calls.and_then(|calls| calls.iter().map(tool_use).collect());
    calls.ok_or_else(|| {
        let text = "Each of a message's `tool_calls` needs an `id` and a `function` with a `name` and `arguments` that are a JSON object.";
        refused(call, text, "messages")
    })
}

fn tool_use(tool_call: &Value) -> Option<Value> {
    let function = tool_call.get("function")?;
    let input = content::arguments(function.get("arguments"))?;
    let (id, name) = (
        tool_call.get("id")?.as_str()?,
        function.get("name")?.as_str()?,
    );
    Some(json!({"toolUse": {"toolUseId": id, "name": name, "input": input}}))
}
