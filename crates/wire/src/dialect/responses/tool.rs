//! Tools and the choice among them. Providers know functions; whatever a client runs itself is told to them as such, and calls
//! come back under the client's own names.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::read::{invalid, wrong};
use crate::Translation;
use crate::conversation::{Function, Tool, ToolChoice};
use crate::dialect::Fault;

/// The longest name of a function that all providers take (OpenAI's API reference).
const LONGEST_NAME: usize = 64;

/// The namespace in which OpenAI's models see whatever stands in none; calls do not name it (Codex, `exec` of its code mode).
const USUAL_SPACE: &str = "functions";

/// What the client calls a tool that providers know as a function.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Known {
    /// What kind of tool it is.
    pub(super) form: Form,
    /// The namespace in which it stands.
    pub(super) namespace: Option<String>,
    /// Its name.
    pub(super) name: String,
}

/// Kinds of tools that clients run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// Takes JSON of a schema.
    Function,
    /// Takes a text.
    Custom,
    /// Looks for further tools; the client looks itself.
    Search,
}

/// The tools of one request.
#[derive(Debug, Default)]
pub(super) struct Tools {
    /// What providers are told.
    pub(super) told: Vec<Tool>,
    /// What the functions among them are.
    pub(super) names: Names,
    /// What is not told, or told in another way.
    pub(super) report: Translation,
}

/// What functions are, by the names under which providers know them.
#[derive(Debug, Default)]
pub(super) struct Names {
    known: HashMap<String, Known>,
    told: HashMap<(Option<String>, String), String>,
}

impl Names {
    /// Returns what a function is. What nobody named is a function of that name.
    pub(super) fn find(&self, told: &str) -> Known {
        self.known.get(told).cloned().unwrap_or_else(|| Known {
            form: Form::Function,
            namespace: None,
            name: told.to_owned(),
        })
    }

    /// Returns the name under which providers know a tool, if they do.
    fn told(&self, namespace: Option<&str>, name: &str) -> Option<&str> {
        let key = |space: Option<&str>| (space.map(str::to_owned), name.to_owned());
        let found = self.told.get(&key(namespace));
        // OpenAI gives tools that came late a namespace of their own.
        found
            .or_else(|| self.told.get(&key(None)))
            .map(String::as_str)
    }

    /// Returns the name under which a call of an earlier answer is told.
    pub(super) fn of_call(&self, namespace: Option<&str>, name: &str) -> String {
        let told = self.told(namespace, name).map(str::to_owned);
        told.unwrap_or_else(|| joined(namespace, name))
    }

    /// Names a tool for providers. None: it has been named before.
    fn add(&mut self, known: Known) -> Option<String> {
        let key = (known.namespace.clone(), known.name.clone());
        if self.told.contains_key(&key) {
            return None;
        }
        let wanted = joined(known.namespace.as_deref(), &known.name);
        let numbered = (self.known.len()..).map(|number| format!("{}_{number}", known.name));
        let mut names = std::iter::once(wanted).chain(numbered);
        let name = names.find(|name| !self.known.contains_key(name))?;
        self.told.insert(key, name.clone());
        self.known.insert(name.clone(), known);
        Some(name)
    }
}

/// Puts namespace and name together, where providers take so long a name.
fn joined(namespace: Option<&str>, name: &str) -> String {
    match namespace {
        Some(space) if space.len() + name.len() + 2 <= LONGEST_NAME => format!("{space}__{name}"),
        _ => name.to_owned(),
    }
}

impl Tools {
    /// Adds a list of tools. Those that come while the conversation goes on may have come before.
    pub(super) fn add(&mut self, list: &[Value]) -> Result<(), Fault> {
        list.iter().try_for_each(|tool| self.tool(tool, None))
    }

    /// Returns the names under which tools that were found can be called: their definitions stand among the tools.
    pub(super) fn list(&self, found: &[Value]) -> String {
        let mut names = Vec::new();
        for tool in found {
            let name = tool.get("name").and_then(Value::as_str);
            let inner = tool.get("tools").and_then(Value::as_array);
            for inner in inner.into_iter().flatten() {
                let inner = inner.get("name").and_then(Value::as_str);
                names.extend(inner.map(|inner| self.names.of_call(name, inner)));
            }
            let alone = name.filter(|_| tool.get("tools").is_none());
            names.extend(alone.map(|name| self.names.of_call(None, name)));
        }
        if names.is_empty() {
            "No tools were found.".to_owned()
        } else {
            format!("These tools can be called now: `{}`.", names.join("`, `"))
        }
    }

    fn tool(&mut self, tool: &Value, namespace: Option<&str>) -> Result<(), Fault> {
        let text = |name: &str| tool.get(name).and_then(Value::as_str);
        let kind =
            text("type").ok_or_else(|| wrong("tools", "a list of tools with their `type`s"))?;
        let name =
            || text("name").ok_or_else(|| wrong("tools", "a list of tools with their `name`s"));
        match kind {
            "function" => self.function(tool, namespace, name()?),
            "custom" => self.custom(tool, namespace, name()?),
            "namespace" if namespace.is_none() => return self.namespace(tool, name()?),
            "tool_search" if text("execution") == Some("client") => self.search(tool),
            hosted => self.report.dropped(&format!("tools.{hosted}")),
        }
        Ok(())
    }

    /// Adds the tools of a namespace. What it is for is told with the first of them.
    fn namespace(&mut self, written: &Value, name: &str) -> Result<(), Fault> {
        let tools = written.get("tools").and_then(Value::as_array);
        let tools = tools
            .ok_or_else(|| wrong("tools", "a list of tools, with `tools` in each namespace"))?;
        let first = self.told.len();
        for tool in tools {
            self.tool(tool, Some(name).filter(|name| *name != USUAL_SPACE))?;
        }
        let purpose = description(written).filter(|purpose| !purpose.is_empty());
        if let (Some(purpose), Some(Tool::Function(function))) = (purpose, self.told.get_mut(first))
        {
            let own = function.description.take().unwrap_or_default();
            function.description = Some(format!("{name}: {purpose}\n\n{own}"));
        }
        Ok(())
    }

    fn function(&mut self, tool: &Value, namespace: Option<&str>, name: &str) {
        let function = Function {
            description: description(tool).map(str::to_owned),
            parameters: member(tool, "parameters").cloned(),
            strict: member(tool, "strict").and_then(Value::as_bool),
            cache: member(tool, "cache_control").cloned(),
            ..Function::default()
        };
        self.tell(Form::Function, namespace, name, function);
    }

    /// Tells a tool that takes a text as a function whose only argument is one.
    fn custom(&mut self, tool: &Value, namespace: Option<&str>, name: &str) {
        let grammar = tool.pointer("/format/definition").and_then(Value::as_str);
        let syntax = tool.pointer("/format/syntax").and_then(Value::as_str);
        let rule = grammar.map(|grammar| {
            format!(
                "`input` must follow this grammar ({}):\n{grammar}",
                syntax.unwrap_or("lark")
            )
        });
        let told: Vec<_> = description(tool)
            .into_iter()
            .chain(rule.as_deref())
            .collect();
        let function = Function {
            description: (!told.is_empty()).then(|| told.join("\n\n")),
            parameters: Some(json!({
                "type": "object",
                "properties": {"input": {"type": "string", "description": "What the tool is given, as plain text."}},
                "required": ["input"],
                "additionalProperties": false,
            })),
            ..Function::default()
        };
        self.report.emulated("custom_tools");
        self.tell(Form::Custom, namespace, name, function);
    }

    fn search(&mut self, tool: &Value) {
        let function = Function {
            description: description(tool).map(str::to_owned),
            parameters: member(tool, "parameters").cloned(),
            ..Function::default()
        };
        self.report.emulated("tool_search");
        self.tell(Form::Search, None, "tool_search", function);
    }

    fn tell(&mut self, form: Form, namespace: Option<&str>, name: &str, function: Function) {
        let named = self.names.add(Known {
            form,
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
        });
        if let Some(name) = named {
            self.told
                .push(Tool::Function(Function { name, ..function }));
        }
    }

    /// Reads a choice among the tools.
    pub(super) fn choice(&mut self, written: &Value) -> Result<Option<ToolChoice>, Fault> {
        let kind = written.as_str().or_else(|| written.get("type")?.as_str());
        let choice = match kind {
            Some("auto") => ToolChoice::Auto,
            Some("none") => ToolChoice::None,
            Some("required") => ToolChoice::Required,
            Some("allowed_tools") => self.allowed(written)?,
            Some("function" | "custom") => {
                let name = self.chosen(written);
                ToolChoice::Named(name.ok_or_else(|| not_among(written))?)
            }
            Some(hosted) if written.is_object() => return Err(not_there(hosted)),
            _ => {
                return Err(wrong(
                    "tool_choice",
                    "`auto`, `none`, `required`, a function or `allowed_tools`",
                ));
            }
        };
        match choice {
            ToolChoice::Auto | ToolChoice::None if self.told.is_empty() => Ok(None),
            ToolChoice::Required if self.told.is_empty() => Err(not_there("required")),
            choice => Ok(Some(choice)),
        }
    }

    fn chosen(&self, written: &Value) -> Option<String> {
        let text = |name: &str| written.get(name)?.as_str();
        let told = self.names.told(text("namespace"), text("name")?);
        told.map(str::to_owned)
    }

    fn allowed(&mut self, written: &Value) -> Result<ToolChoice, Fault> {
        let tools = written.get("tools").and_then(Value::as_array);
        let tools = tools.ok_or_else(|| wrong("tool_choice", "with a list of `tools`"))?;
        let mut names = Vec::new();
        for tool in tools {
            match tool.get("type").and_then(Value::as_str) {
                Some("function" | "custom") => {
                    names.push(self.chosen(tool).ok_or_else(|| not_among(tool))?);
                }
                kind => {
                    let kind = kind.unwrap_or("unknown");
                    self.report.dropped(&format!("tool_choice.{kind}"));
                }
            }
        }
        if names.is_empty() {
            return Err(not_there("allowed_tools"));
        }
        Ok(ToolChoice::Allowed {
            names,
            required: written.get("mode").is_some_and(|mode| mode == "required"),
        })
    }
}

fn member<'a>(tool: &'a Value, name: &str) -> Option<&'a Value> {
    tool.get(name).filter(|value| !value.is_null())
}

fn description(tool: &Value) -> Option<&str> {
    member(tool, "description")?.as_str()
}

fn not_among(written: &Value) -> Fault {
    let name = written.get("name").and_then(Value::as_str).unwrap_or("?");
    let text = format!("`tool_choice` names `{name}`, which is not among `tools`.");
    invalid("tool_choice", text)
}

/// Refuses a choice that nothing could meet.
fn not_there(choice: &str) -> Fault {
    let text = format!(
        "`tool_choice` is `{choice}`, but of `tools` none that it allows can be called here: only functions and custom tools \
         can. Send such tools, or another `tool_choice`."
    );
    invalid("tool_choice", text)
}
