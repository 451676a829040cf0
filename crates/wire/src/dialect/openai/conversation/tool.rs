//! Tools and the choice among them.

use serde_json::Value;

use super::{invalid, wrong};
use crate::conversation::{Conversation, Function, Tool, ToolChoice};
use crate::dialect::Fault;

/// Reads the list of tools, and the list of functions of the time before tools.
pub(super) fn list(tools: Option<Value>, functions: Option<Value>) -> Result<Vec<Tool>, Fault> {
    let mut read = Vec::new();
    for tool in items("tools", tools)? {
        let is_function = tool.get("type").is_some_and(|kind| kind == "function");
        read.push(match tool.get("function") {
            Some(written) if is_function => {
                let mut function = function("tools", written)?;
                function.cache = tool.get("cache_control").cloned();
                Tool::Function(function)
            }
            _ if tool.is_object() => Tool::Own(tool),
            _ => return Err(wrong("tools", "a list of tools")),
        });
    }
    for written in items("functions", functions)? {
        read.push(Tool::Function(function("functions", &written)?));
    }
    Ok(read)
}

fn items(name: &'static str, list: Option<Value>) -> Result<Vec<Value>, Fault> {
    match list {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(wrong(name, "a list")),
    }
}

fn function(list: &'static str, written: &Value) -> Result<Function, Fault> {
    let member = |name: &str| written.get(name).filter(|it| !it.is_null());
    let text = |name: &str| member(name)?.as_str().map(str::to_owned);
    let name = text("name").ok_or_else(|| wrong(list, "a list of functions with their `name`s"))?;
    Ok(Function {
        name,
        description: text("description"),
        parameters: member("parameters").cloned(),
        strict: member("strict").and_then(Value::as_bool),
        cache: None,
    })
}

/// Reads a choice.
pub(super) fn choice(written: &Value) -> Result<ToolChoice, Fault> {
    let named = |path: &str| written.pointer(path).and_then(Value::as_str);
    let kind = written.as_str().or(named("/type"));
    let choice = match kind {
        Some("auto") => Some(ToolChoice::Auto),
        Some("none") => Some(ToolChoice::None),
        Some("required" | "any") => Some(ToolChoice::Required),
        Some("allowed_tools") => allowed(written.get("allowed_tools").unwrap_or(written)),
        _ => named("/function/name")
            .or(named("/name"))
            .map(|name| ToolChoice::Named(name.to_owned())),
    };
    choice.ok_or_else(|| {
        wrong(
            "tool_choice",
            "`auto`, `none`, `required`, a function or `allowed_tools`",
        )
    })
}

/// Refuses a choice of functions that are not among the tools. Tools in the provider's own form may have any name.
pub(super) fn check(asked: &Conversation) -> Result<(), Fault> {
    let names = match &asked.choice {
        Some(ToolChoice::Named(name)) => std::slice::from_ref(name),
        Some(ToolChoice::Allowed { names, .. }) => names.as_slice(),
        _ => return Ok(()),
    };
    let own = |tool: &Tool| matches!(tool, Tool::Own(_));
    let known = asked.functions().any(|it| names.contains(&it.name));
    if known || asked.tools.iter().any(own) {
        return Ok(());
    }
    let names = names.join("`, `");
    let text = format!("`tool_choice` names `{names}`, which is not among `tools`.");
    Err(invalid("tool_choice", text))
}

fn allowed(written: &Value) -> Option<ToolChoice> {
    let tools = written.get("tools")?.as_array()?;
    let names = tools.iter().filter_map(|tool| {
        let name = tool.pointer("/function/name").or_else(|| tool.get("name"));
        name?.as_str().map(str::to_owned)
    });
    Some(ToolChoice::Allowed {
        names: names.collect(),
        required: written.get("mode").is_some_and(|mode| mode == "required"),
    })
}
