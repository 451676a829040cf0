//! A message of the OpenAI API as answers hold it, whole or as a delta; members that no field names are kept.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::words;

/// A message, or what a chunk adds to one.
#[derive(Default)]
pub(super) struct Message {
    pub(super) role: Option<String>,
    pub(super) content: Option<Value>,
    pub(super) refusal: Option<String>,
    /// Under either of its names.
    pub(super) reasoning: Option<String>,
    /// The same as blocks, some of them signed or sealed.
    pub(super) blocks: Vec<Value>,
    /// The signature under the text.
    pub(super) signature: Option<String>,
    pub(super) tool_calls: Option<Vec<ToolCall>>,
    /// Texts, lists and objects that are not empty. Numbers are about a chunk, not about the message.
    pub(super) others: Vec<(String, Value)>,
}

#[derive(Deserialize)]
pub(super) struct ToolCall {
    pub(super) index: Option<u32>,
    pub(super) id: Option<String>,
    pub(super) function: Option<Function>,
    pub(super) extra_content: Option<Value>,
}

#[derive(Deserialize, Default)]
pub(super) struct Function {
    pub(super) name: Option<String>,
    pub(super) arguments: Option<Value>,
}

impl ToolCall {
    /// True where the function's name is told.
    pub(super) fn is_named(&self) -> bool {
        let function = self.function.as_ref();
        let name = function.and_then(|function| function.name.as_deref());
        name.is_some_and(|name| !name.is_empty())
    }
}

/// A member's name, borrowed unless it holds escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// By hand, because a derived `flatten` gathers all members in a tree of its own first.
impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Message;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a message")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Message, A::Error> {
                let mut message = Message::default();
                while let Some(Name(name)) = members.next_key()? {
                    match &*name {
                        "role" => message.role = members.next_value()?,
                        "content" => message.content = members.next_value()?,
                        "refusal" => message.refusal = members.next_value()?,
                        "tool_calls" => message.tool_calls = members.next_value()?,
                        _ => message.other(name.into_owned(), members.next_value()?),
                    }
                }
                Ok(message)
            }
        }

        deserializer.deserialize_map(Members)
    }
}

impl Message {
    fn other(&mut self, name: String, value: Value) {
        match (name.as_str(), value) {
            ("reasoning_content" | "reasoning", Value::String(text)) => {
                self.reasoning.get_or_insert(text);
            }
            (words::BLOCKS, Value::Array(blocks)) => self.blocks = blocks,
            (words::EXTRA, Value::Object(extra)) if words::signed(&extra).is_some() => {
                self.signature = words::signed(&extra).map(str::to_owned);
            }
            (_, value) if says_something(&value) => self.others.push((name, value)),
            _ => {}
        }
    }
}

/// True for texts, lists and objects that are not empty.
pub(super) fn says_something(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
