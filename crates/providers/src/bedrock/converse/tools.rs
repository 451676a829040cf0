//! Tools: what the model may call, and whether it must.

use std::collections::HashSet;

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Content, Conversation, Function, Tool, ToolChoice};

use super::super::abilities::{Abilities, Bound, Forced};
use super::super::model::{Family, Model};
use super::{ADDITIONAL, content, schema};
use crate::carriage::put;
use crate::emulation::parameters;

/// What is offered, and what must come of it.
struct Offer<'a> {
    tools: Vec<&'a Tool>,
    choice: Choice<'a>,
}

/// `toolConfig.toolChoice`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Choice<'a> {
    /// Not said.
    Open,
    Auto,
    Any,
    Named(&'a str),
}

impl<'a> Choice<'a> {
    /// Returns OpenAI's name of it.
    const fn name(self) -> &'a str {
        match self {
            Self::Open | Self::Auto => "auto",
            Self::Any => "required",
            Self::Named(name) => name,
        }
    }
}

/// Writes `toolConfig`. Returns true where the model must call something.
pub(super) fn write(
    model: &Model,
    asked: &Conversation,
    body: &mut Map<String, Value>,
    report: &mut Translation,
) -> bool {
    let able = model.abilities();
    let offer = offer(able, asked, report);
    let mut listed = Vec::new();
    for tool in &offer.tools {
        match tool {
            Tool::Function(function) => {
                listed.push(spec(able, function, report));
                let mark = function.cache.as_ref();
                listed.extend(mark.and_then(|mark| content::mark_of_tools(able, mark, report)));
            }
            Tool::Own(own) if own.get("type").is_none() => listed.push(own.clone()),
            Tool::Own(own) => own_of_the_model(model, own, body, report),
        }
    }
    let mut choice = offer.choice;
    if listed.is_empty() {
        if matches!(choice, Choice::Any | Choice::Named(_)) {
            report.dropped("tool_choice");
        }
        choice = Choice::Open;
        listed = remembered(asked);
        if !listed.is_empty() {
            report.emulated("tools");
        }
    } else if asked.parallel_calls == Some(false) {
        choice = lone_call(able, choice, body, report);
    }
    if listed.is_empty() {
        return false;
    }
    put(body, "toolConfig.tools", Value::Array(listed));
    let told = match choice {
        Choice::Open => None,
        Choice::Auto => Some(json!({"auto": {}})),
        Choice::Any => Some(json!({"any": {}})),
        Choice::Named(name) => Some(json!({"tool": {"name": name}})),
    };
    if let Some(told) = told {
        put(body, "toolConfig.toolChoice", told);
    }
    matches!(choice, Choice::Any | Choice::Named(_))
}

/// Finds what to offer so that the choice comes as near to what is asked as the model can be told.
fn offer<'a>(able: Abilities, asked: &'a Conversation, report: &mut Translation) -> Offer<'a> {
    let all = || asked.tools.iter().collect::<Vec<_>>();
    let mut offer = |tools, wanted| match (wanted, able.forced) {
        (Choice::Auto, Forced::No) => Offer {
            tools,
            choice: Choice::Open,
        },
        (Choice::Any | Choice::Named(_), Forced::No) => {
            report.clamped("tool_choice", &wanted.name(), &"auto");
            let choice = Choice::Open;
            Offer { tools, choice }
        }
        (choice, _) => Offer { tools, choice },
    };
    match &asked.choice {
        None => offer(all(), Choice::Open),
        Some(ToolChoice::Auto) => offer(all(), Choice::Auto),
        Some(ToolChoice::Required) => offer(all(), Choice::Any),
        Some(ToolChoice::Named(name)) => match able.forced {
            Forced::Named => offer(all(), Choice::Named(name)),
            // The only tool is the one that must be called.
            Forced::Any => offer(only(asked, |it| it == name), Choice::Any),
            Forced::No => offer(only(asked, |it| it == name), Choice::Named(name)),
        },
        Some(ToolChoice::Allowed { names, required }) => {
            let allowed = only(asked, |it| names.iter().any(|name| name == it));
            let wanted = if *required { Choice::Any } else { Choice::Auto };
            offer(allowed, wanted)
        }
        // Bedrock has no word for it. It refuses conversations that hold calls without tools.
        Some(ToolChoice::None) if asked.has_calls() && !asked.tools.is_empty() => {
            report.clamped("tool_choice", &"none", &"auto");
            Offer {
                tools: all(),
                choice: Choice::Open,
            }
        }
        Some(ToolChoice::None) => offer(Vec::new(), Choice::Open),
    }
}

/// Returns the functions of these names; all tools where there is none of them.
fn only(asked: &Conversation, wanted: impl Fn(&str) -> bool) -> Vec<&Tool> {
    let tools = asked.tools.iter();
    let named: Vec<_> = tools
        .filter(|tool| matches!(tool, Tool::Function(function) if wanted(&function.name)))
        .collect();
    if named.is_empty() {
        asked.tools.iter().collect()
    } else {
        named
    }
}

fn spec(able: Abilities, function: &Function, report: &mut Translation) -> Value {
    let mut spec = Map::from_iter([("name".to_owned(), function.name.as_str().into())]);
    let description = function.description.as_deref();
    if let Some(text) = description.filter(|text| !text.trim().is_empty()) {
        spec.insert("description".to_owned(), text.into());
    }
    let schema = parameters(function);
    let closed = match function.strict {
        Some(true) if able.bound == Bound::Calls => schema::closed(&schema),
        _ => None,
    };
    let strict = closed.is_some();
    if function.strict == Some(true) && !strict {
        report.dropped("tools.strict");
    }
    let schema = closed.unwrap_or(schema);
    spec.insert("inputSchema".to_owned(), json!({"json": schema}));
    if strict {
        spec.insert("strict".to_owned(), true.into());
    }
    json!({"toolSpec": spec})
}

/// Tells Claude of a tool in Anthropic's form: Bedrock passes these on.
fn own_of_the_model(
    model: &Model,
    own: &Value,
    body: &mut Map<String, Value>,
    report: &mut Translation,
) {
    if !model.is_of(Family::Anthropic) {
        report.dropped("tools");
        return;
    }
    let place = body.entry(ADDITIONAL).or_insert_with(|| json!({}));
    match place.get_mut("tools").and_then(Value::as_array_mut) {
        Some(tools) => tools.push(own.clone()),
        None => put(body, &format!("{ADDITIONAL}.tools"), json!([own])),
    }
}

/// Tells the model to make one call at a time. Bedrock has no word for it, Claude has; Bedrock refuses Claude's choice
/// beside its own.
fn lone_call<'a>(
    able: Abilities,
    choice: Choice<'a>,
    body: &mut Map<String, Value>,
    report: &mut Translation,
) -> Choice<'a> {
    if !able.lone_calls {
        report.dropped("parallel_tool_calls");
        return choice;
    }
    let (told, choice) = match choice {
        Choice::Open | Choice::Auto => (
            json!({"type": "auto", "disable_parallel_tool_use": true}),
            Choice::Open,
        ),
        forced => (json!({"disable_parallel_tool_use": true}), forced),
    };
    put(body, &format!("{ADDITIONAL}.tool_choice"), told);
    choice
}

/// Returns the functions that were called, for a conversation that holds calls but offers no tools: Bedrock refuses it
/// without any.
fn remembered(asked: &Conversation) -> Vec<Value> {
    let (mut names, mut known) = (Vec::new(), HashSet::new());
    for part in asked.turns.iter().flat_map(|turn| &turn.parts) {
        let name = match &part.content {
            Content::Call(call) => Some(call.name.as_str()),
            Content::Result(result) => result.name.as_deref(),
            _ => None,
        };
        names.extend(name.filter(|name| known.insert(*name)));
    }
    let schema = json!({"json": {"type": "object", "properties": {}}});
    let specs = names.into_iter();
    specs
        .map(|name| json!({"toolSpec": {"name": name, "inputSchema": schema}}))
        .collect()
}
