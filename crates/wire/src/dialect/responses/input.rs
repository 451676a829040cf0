//! Items of the input as turns: what the model said in a row is one turn, whatever else stands in the input is one each.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::part;
use super::read::invalid;
use super::tool::Tools;
use crate::conversation::{
    Call, CallResult, Content, Conversation, InstructionPlace, Part, Speaker, Turn,
};
use crate::dialect::Fault;
use crate::dialect::envelope::{self, Sealed};
use crate::dialect::openai::arguments;
use crate::dialect::seals::Found;

/// Members of messages that are read, or that tell a model nothing.
const READ: [&str; 8] = [
    "type",
    "id",
    "status",
    "role",
    "content",
    "name",
    "phase",
    "internal_chat_message_metadata_passthrough",
];

/// How many unread members are named.
const MOST_UNREAD: usize = 16;

/// Reads the items of the input.
pub(super) struct Input<'a> {
    /// What was read so far.
    conversation: &'a mut Conversation,
    /// The tools; the input may bring more.
    tools: &'a mut Tools,
    /// What the model says at the moment.
    said: Vec<Part>,
    /// Signatures found in what it says.
    found: Found,
    /// Names of functions by the ids of their calls.
    made: HashMap<String, String>,
}

/// An item and where it stands.
#[derive(Clone, Copy)]
struct Item<'a> {
    position: usize,
    members: &'a Map<String, Value>,
}

impl<'a> Input<'a> {
    /// Begins after the instructions.
    pub(super) fn new(conversation: &'a mut Conversation, tools: &'a mut Tools) -> Self {
        Self {
            conversation,
            tools,
            said: Vec::new(),
            found: Found::default(),
            made: HashMap::new(),
        }
    }

    /// Reads a text or a list of items.
    pub(super) fn read(mut self, input: &Value) -> Result<(), Fault> {
        match input {
            Value::String(text) => self.user(vec![Part::text(text.as_str())], None),
            Value::Array(items) => {
                for (position, item) in items.iter().enumerate() {
                    let members = item.as_object().ok_or_else(|| {
                        let text = format!("Invalid 'input[{position}]': it must be an object.");
                        invalid("input", text)
                    })?;
                    self.item(Item { position, members })?;
                }
            }
            _ => {
                let text = "Invalid type for 'input': it must be a text or a list of items.";
                return Err(invalid("input", text.to_owned()));
            }
        }
        self.close();
        Ok(())
    }

    fn item(&mut self, item: Item<'_>) -> Result<(), Fault> {
        let kind = item.text("type");
        match kind {
            Some("message") => self.message(item),
            None if item.text("role").is_some() => self.message(item),
            Some("reasoning") => self.reasoning(item),
            Some("function_call" | "custom_tool_call" | "tool_search_call") => self.call(item),
            Some("function_call_output" | "custom_tool_call_output" | "tool_search_output") => {
                self.result(item)
            }
            Some("additional_tools") => self.tools.add(item.list("tools")?),
            Some("item_reference") => Err(stored(
                "input",
                "an item that `item_reference` names",
                CONVERSATION,
            )),
            Some(other) => Err(item.unknown(other)),
            None => Err(item.refuse("type", "the name of the item's kind")),
        }
    }

    fn message(&mut self, item: Item<'_>) -> Result<(), Fault> {
        item.note_unread(&mut self.conversation.unread);
        let parts =
            part::content(item.member("content")).map_err(|want| item.refuse("content", &want))?;
        match item.text("role") {
            Some("assistant") => self.said.extend(parts),
            Some("user") => self.user(parts, item.text("name")),
            Some("system" | "developer") => {
                self.close();
                instruct(self.conversation, parts);
            }
            _ => {
                let roles = "one of `user`, `assistant`, `system` and `developer`";
                return Err(item.refuse("role", roles));
            }
        }
        Ok(())
    }

    fn user(&mut self, parts: Vec<Part>, name: Option<&str>) {
        self.close();
        self.conversation.turns.push(Turn {
            speaker: Speaker::User,
            parts,
            name: name.map(str::to_owned),
        });
    }

    /// Ends what the model says in a row.
    fn close(&mut self) {
        let mut parts = std::mem::take(&mut self.said);
        if !std::mem::take(&mut self.found).put(&mut parts) {
            self.tools.report.dropped("reasoning.encrypted_content");
        }
        if !parts.is_empty() {
            self.conversation.turns.push(Turn {
                speaker: Speaker::Assistant,
                parts,
                name: None,
            });
        }
    }

    fn reasoning(&mut self, item: Item<'_>) -> Result<(), Fault> {
        let text = thought(item.list("content")?, "");
        let text = text.or(thought(item.list("summary")?, "\n\n"));
        let sealed = item.text("encrypted_content").unwrap_or_default();
        let opened = envelope::open(sealed);
        if let Sealed::Redacted(data) = opened {
            let content = Content::Redacted(data.to_owned());
            self.said.push(Part::new(content));
            return Ok(());
        }
        let envelope = self.found.keep(opened, self.said.len());
        let signature = (!envelope && !sealed.is_empty()).then(|| sealed.to_owned());
        if text.is_some() || signature.is_some() {
            let content = Content::Reasoning(text.unwrap_or_default());
            self.said.push(Part {
                signature,
                ..Part::new(content)
            });
        }
        Ok(())
    }

    fn call(&mut self, item: Item<'_>) -> Result<(), Fault> {
        let id = item.need("call_id", "the id of the call")?.to_owned();
        let (name, arguments) = match item.text("type") {
            Some("tool_search_call") => ("tool_search", self.arguments(item)?),
            Some("custom_tool_call") => {
                let input = item.need("input", "the text that the tool was given")?;
                (item.need("name", "the tool's name")?, alone("input", input))
            }
            _ => (
                item.need("name", "the function's name")?,
                self.arguments(item)?,
            ),
        };
        let name = self.tools.names.of_call(item.text("namespace"), name);
        self.made.insert(id.clone(), name.clone());
        self.said.push(Part::new(Content::Call(Call {
            id,
            name,
            arguments,
        })));
        Ok(())
    }

    /// Reads what a function was called with. A model may write JSON that is none; agents tell it so, and send both back.
    fn arguments(&mut self, item: Item<'_>) -> Result<Map<String, Value>, Fault> {
        let written = item.member("arguments");
        match (arguments(written), written) {
            (Some(arguments), _) => Ok(arguments),
            (None, Some(Value::String(text))) => {
                self.tools.report.emulated("malformed_arguments");
                Ok(alone("arguments", text))
            }
            _ => Err(item.refuse("arguments", "the JSON text of an object")),
        }
    }

    fn result(&mut self, item: Item<'_>) -> Result<(), Fault> {
        let id = item.need("call_id", "the id of the call whose result this is")?;
        let content = if item.text("type") == Some("tool_search_output") {
            let tools = item.list("tools")?;
            self.tools.add(tools)?;
            vec![Part::text(self.tools.list(tools))]
        } else {
            part::content(item.member("output")).map_err(|want| item.refuse("output", &want))?
        };
        let result = CallResult {
            call_id: id.to_owned(),
            name: self.made.get(id).cloned(),
            content,
            failed: false,
        };
        self.user(vec![Part::new(Content::Result(result))], None);
        Ok(())
    }
}

impl<'a> Item<'a> {
    fn member(self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    fn text(self, name: &str) -> Option<&'a str> {
        self.member(name)?.as_str()
    }

    fn need(self, name: &str, what: &str) -> Result<&'a str, Fault> {
        self.text(name).ok_or_else(|| self.refuse(name, what))
    }

    fn list(self, name: &str) -> Result<&'a [Value], Fault> {
        match self.member(name) {
            None => Ok(&[]),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(self.refuse(name, "a list")),
        }
    }

    /// Notes members of a message that say something and are not read.
    fn note_unread(self, unread: &mut Vec<String>) {
        for (name, value) in self.members {
            let read = READ.contains(&name.as_str()) || value.is_null();
            if !read && unread.len() < MOST_UNREAD && !unread.contains(name) {
                unread.push(name.clone());
            }
        }
    }

    fn refuse(self, member: &str, want: &str) -> Fault {
        let position = self.position;
        let text = format!("Invalid 'input[{position}].{member}': it must be {want}.");
        invalid("input", text)
    }

    /// Refuses an item that only the provider that made it understands.
    fn unknown(self, kind: &str) -> Fault {
        let position = self.position;
        let text = format!(
            "'input[{position}]' is of type `{kind}`, which this endpoint's provider cannot be told. Leave it out, or call an \
             endpoint whose provider speaks the Responses API."
        );
        Fault::invalid(400, text)
            .with_code("unsupported_content")
            .with_param("input")
    }
}

/// Adds instructions in their place.
pub(super) fn instruct(conversation: &mut Conversation, parts: Vec<Part>) {
    conversation.places.push(InstructionPlace {
        turns: conversation.turns.len(),
        parts: parts.len(),
    });
    conversation.instructions.extend(parts);
}

/// What to do where an earlier answer is asked for.
pub(super) const CONVERSATION: &str = "send the whole conversation in `input`";

/// Refuses what only a store could answer, and says what to do instead.
pub(super) fn stored(param: &'static str, what: &str, instead: &str) -> Fault {
    let text = format!(
        "This request needs {what}, but this endpoint's provider keeps no state: {instead}."
    );
    Fault::invalid(400, text)
        .with_code("unsupported_stored_state")
        .with_param(param)
}

/// Returns an object of one text.
fn alone(name: &str, text: &str) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), Value::from(text))])
}

/// Puts the texts of a thought together.
fn thought(parts: &[Value], between: &str) -> Option<String> {
    let texts = parts.iter().filter_map(|part| part.get("text")?.as_str());
    let texts: Vec<_> = texts.filter(|text| !text.is_empty()).collect();
    (!texts.is_empty()).then(|| texts.join(between))
}
