//! Messages as turns.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::super::message::says_something;
use super::super::words;
use super::{invalid, part};
use crate::conversation::{
    Call, CallResult, Content, Conversation, InstructionPlace, Part, Speaker, Turn,
};
use crate::dialect::Fault;

type Members = Map<String, Value>;

/// Members of messages that are read, or that tell a model nothing.
const READ: [&str; 14] = [
    "annotations",
    "cache_control",
    "content",
    words::EXTRA,
    "function_call",
    "name",
    "provider_specific_fields",
    "reasoning",
    words::REASONING,
    "refusal",
    "role",
    words::BLOCKS,
    "tool_call_id",
    "tool_calls",
];

/// How many unread members are named.
const MOST_UNREAD: usize = 16;

/// Reads the message at a position and adds what it says.
pub(super) fn read(
    position: usize,
    message: &Members,
    made: &mut Made,
    conversation: &mut Conversation,
) -> Result<(), Fault> {
    let place = Place { position, message };
    place.note_unread(&mut conversation.unread);
    let role = place.text("role").unwrap_or_default();
    let (speaker, parts) = match role {
        "system" | "developer" => {
            let parts = place.content()?;
            conversation.places.push(InstructionPlace {
                turns: conversation.turns.len(),
                parts: parts.len(),
            });
            conversation.instructions.extend(parts);
            return Ok(());
        }
        "user" => (Speaker::User, place.content()?),
        "assistant" => {
            let parts = place.assistant(made)?;
            made.note(&parts);
            (Speaker::Assistant, parts)
        }
        "tool" | "function" => {
            let result = place.result(role, made)?;
            (Speaker::User, vec![result])
        }
        _ => {
            return Err(place.refuse(
                "role",
                "one of `system`, `developer`, `user`, `assistant` and `tool`",
            ));
        }
    };
    let named = place
        .text("name")
        .filter(|_| !matches!(role, "tool" | "function"));
    conversation.turns.push(Turn {
        speaker,
        parts,
        name: named.map(str::to_owned),
    });
    Ok(())
}

/// The calls made so far, so that no message need be searched for them.
#[derive(Default)]
pub(super) struct Made {
    /// Names of functions by the ids of their calls.
    names: HashMap<String, String>,
    /// How often a function was called, and the id of its last call.
    functions: HashMap<String, (usize, String)>,
}

impl Made {
    fn note(&mut self, parts: &[Part]) {
        for part in parts {
            if let Content::Call(Call { id, name, .. }) = &part.content {
                self.names.insert(id.clone(), name.clone());
                let (times, last) = self.functions.entry(name.clone()).or_default();
                *times += 1;
                last.clone_from(id);
            }
        }
    }
}

/// A message and where it stands.
struct Place<'a> {
    position: usize,
    message: &'a Members,
}

impl Place<'_> {
    fn member(&self, name: &str) -> Option<&Value> {
        self.message.get(name).filter(|value| !value.is_null())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.member(name)?.as_str()
    }

    /// Notes members that say something and are not read.
    fn note_unread(&self, unread: &mut Vec<String>) {
        for (name, value) in self.message {
            let read = READ.contains(&name.as_str()) || !says_something(value);
            if !read && unread.len() < MOST_UNREAD && !unread.contains(name) {
                unread.push(name.clone());
            }
        }
    }

    fn refuse(&self, member: &str, want: &str) -> Fault {
        let position = self.position;
        let text = format!("Invalid 'messages[{position}].{member}': it must be {want}.");
        invalid("messages", text)
    }

    /// Reads what a message says: a text, or a list of parts.
    fn content(&self) -> Result<Vec<Part>, Fault> {
        let parts = match self.member("content") {
            None => return Ok(Vec::new()),
            Some(Value::String(text)) => vec![Part::text(text.as_str())],
            Some(Value::Array(parts)) => parts
                .iter()
                .map(part::read)
                .collect::<Result<_, _>>()
                .map_err(|want| self.refuse("content", &want))?,
            Some(_) => return Err(self.refuse("content", "a text or a list of parts")),
        };
        Ok(self.marked(parts))
    }

    /// A mark on the message marks its end.
    fn marked(&self, mut parts: Vec<Part>) -> Vec<Part> {
        if let (Some(mark), Some(last)) = (self.member("cache_control"), parts.last_mut()) {
            last.cache.get_or_insert(mark.clone());
        }
        parts
    }

    /// Reads what the model said: what it thought, its words, its calls.
    fn assistant(&self, before: &Made) -> Result<Vec<Part>, Fault> {
        let mut parts = self.thoughts();
        let mut said = self.content()?;
        if let (Some(signature), Some(last)) = (words::signature(self.message), said.last_mut()) {
            last.signature = Some(signature.to_owned());
        }
        parts.append(&mut said);
        if let Some(refusal) = self.text("refusal") {
            parts.push(Part::new(Content::Refusal(refusal.to_owned())));
        }
        match self.member("tool_calls") {
            None => {}
            Some(Value::Array(calls)) => {
                for call in calls {
                    parts.push(self.call(call)?);
                }
            }
            Some(_) => return Err(self.refuse("tool_calls", "a list of calls")),
        }
        if let Some(call) = self.member("function_call") {
            parts.push(self.legacy(call, before)?);
        }
        Ok(parts)
    }

    /// Reads what the model thought: as blocks where there are such, else as one text.
    fn thoughts(&self) -> Vec<Part> {
        if let Some(Value::Array(blocks)) = self.member(words::BLOCKS) {
            return blocks.iter().filter_map(part::thought).collect();
        }
        let text = self.text(words::REASONING).or(self.text("reasoning"));
        let text = text.filter(|text| !text.is_empty());
        text.map(|text| Part::new(Content::Reasoning(text.to_owned())))
            .into_iter()
            .collect()
    }

    fn call(&self, written: &Value) -> Result<Part, Fault> {
        let id = written.get("id").and_then(Value::as_str);
        let id = id.ok_or_else(|| self.refuse("tool_calls", "a list of calls with their `id`s"))?;
        let function = written.get("function").unwrap_or(&Value::Null);
        let mut call = self.function(id.to_owned(), function)?;
        let signature = written.as_object().and_then(words::signature);
        call.signature = signature.map(str::to_owned);
        call.cache = written.get("cache_control").cloned();
        Ok(call)
    }

    /// Reads a call of the time before `tool_calls`, which had no id. Providers want one that no other call has.
    fn legacy(&self, function: &Value, before: &Made) -> Result<Part, Fault> {
        let name = function.get("name").and_then(Value::as_str);
        let name = name.unwrap_or_default();
        let id = match before.functions.get(name) {
            None => name.to_owned(),
            Some((times, _)) => format!("{name}_{}", times + 1),
        };
        self.function(id, function)
    }

    fn function(&self, id: String, function: &Value) -> Result<Part, Fault> {
        let name = function.get("name").and_then(Value::as_str);
        let name = name.ok_or_else(|| {
            self.refuse(
                "tool_calls",
                "a list of calls with their functions' `name`s",
            )
        })?;
        let arguments = arguments(function.get("arguments")).ok_or_else(|| {
            self.refuse(
                "tool_calls",
                "a list of calls whose `arguments` are the JSON text of an object, as the answer gave them",
            )
        })?;
        Ok(Part::new(Content::Call(Call {
            id,
            name: name.to_owned(),
            arguments,
        })))
    }

    /// Reads what a call gave. The function's name is looked up in the calls before.
    fn result(&self, role: &str, before: &Made) -> Result<Part, Fault> {
        let (id, called) = if role == "tool" {
            let id = self.text("tool_call_id").ok_or_else(|| {
                self.refuse("tool_call_id", "the id of the call whose result this is")
            })?;
            (id, before.names.get(id).map(String::as_str))
        } else {
            // The last call of the function: these had no ids.
            let name = self.text("name").unwrap_or_default();
            let last = before.functions.get(name);
            (last.map_or(name, |(_, id)| id), Some(name))
        };
        let name = called.or(self.text("name"));
        let mut content = self.content()?;
        let cache = content.last_mut().and_then(|last| last.cache.take());
        let mut part = Part::new(Content::Result(CallResult {
            call_id: id.to_owned(),
            name: name.map(str::to_owned),
            content,
            failed: false,
        }));
        part.cache = cache;
        Ok(part)
    }
}

/// Reads the arguments of a call: JSON text of an object, or the object itself; nothing stands for no arguments.
pub(in crate::dialect) fn arguments(written: Option<&Value>) -> Option<Members> {
    match written {
        None | Some(Value::Null) => Some(Members::new()),
        Some(Value::String(text)) if text.trim().is_empty() => Some(Members::new()),
        Some(Value::String(text)) => serde_json::from_str(text).ok(),
        Some(Value::Object(members)) => Some(members.clone()),
        Some(_) => None,
    }
}
