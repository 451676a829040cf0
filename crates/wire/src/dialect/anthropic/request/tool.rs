//! Tools and the choice among them.

use super::super::spot::Spot;
use super::{Reading, report_others};
use crate::conversation::{Function, Tool, ToolChoice};
use crate::dialect::Fault;

const READ: [&str; 6] = [
    "type",
    "name",
    "description",
    "input_schema",
    "strict",
    "cache_control",
];

/// Reads the tools. Those that Anthropic defines or runs itself are nothing that another provider's model knows: they are
/// left out and reported by their type.
pub(super) fn list(tools: &Spot<'_>, reading: &mut Reading) -> Result<(), Fault> {
    for tool in tools.items()? {
        tool.members()?;
        match tool.get_text("type")? {
            Some(kind) if kind != "custom" => reading.report.dropped(&format!("tools.{kind}")),
            _ => {
                let function = function(&tool)?;
                reading.asked.tools.push(Tool::Function(function));
                report_others(&tool, "tools", &READ, &mut reading.report);
            }
        }
    }
    Ok(())
}

fn function(tool: &Spot<'_>) -> Result<Function, Fault> {
    let schema = tool.need("input_schema")?;
    schema.members()?;
    Ok(Function {
        name: tool.need_text("name")?,
        description: tool.get_text("description")?,
        parameters: Some(schema.value.clone()),
        strict: tool.get("strict").map(|it| it.truth()).transpose()?,
        cache: tool.get("cache_control").map(|it| it.value.clone()),
    })
}

/// Reads the choice, when all tools are read.
pub(super) fn choice(choice: &Spot<'_>, reading: &mut Reading) -> Result<(), Fault> {
    choice.members()?;
    let asked = &mut reading.asked;
    let has_tools = asked.functions().next().is_some();
    let chosen = match choice.kind()?.as_str() {
        "auto" => ToolChoice::Auto,
        "none" => ToolChoice::None,
        "any" if has_tools => ToolChoice::Required,
        "any" => {
            let why =
                "a call is wanted, but `tools` holds no tool that this endpoint's model can call";
            return Err(choice.fault(why));
        }
        "tool" => {
            let name = choice.need_text("name")?;
            if !asked.functions().any(|it| it.name == name) {
                let why = format!(
                    "`{name}` is not among the `tools` that this endpoint's model can call"
                );
                return Err(choice.fault(why));
            }
            ToolChoice::Named(name)
        }
        _ => return Err(choice.refuse("of the `type` `auto`, `any`, `tool` or `none`")),
    };
    asked.choice = has_tools.then_some(chosen);
    if let Some(single) = choice.get("disable_parallel_tool_use")
        && single.truth()?
        && has_tools
    {
        asked.parallel_calls = Some(false);
    }
    let known = ["type", "name", "disable_parallel_tool_use"];
    report_others(choice, "tool_choice", &known, &mut reading.report);
    Ok(())
}
