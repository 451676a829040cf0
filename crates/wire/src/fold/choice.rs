//! One of the answers to a request, put together.

use serde_json::{Map, Value};

use super::slot;
use crate::event::{Event, Signed};

/// One of the answers to a request.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Who speaks.
    pub role: Option<String>,
    /// The text; `None` when the provider gave none (tool calls only).
    pub text: Option<String>,
    /// The provider's signature under the text.
    pub signature: Option<String>,
    /// A refusal in place of an answer.
    pub refusal: Option<String>,
    /// What the model thought, in order.
    pub thoughts: Vec<Thought>,
    /// Tool calls in order.
    pub tool_calls: Vec<ToolCall>,
    /// Further members of the message, in order.
    pub members: Map<String, Value>,
    /// Log probabilities in the form of the OpenAI API.
    pub logprobs: Option<Value>,
    /// Why it ended.
    pub finish_reason: Option<String>,
    /// Further facts, in order.
    pub notes: Vec<(&'static str, String)>,
}

/// A stretch of what the model thought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thought {
    /// Words, and the signature under them.
    Said {
        /// The words.
        text: String,
        /// The provider's signature.
        signature: Option<String>,
    },
    /// Thought that only the provider can read.
    Redacted(String),
}

/// A call that the model wants made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolCall {
    /// Its id.
    pub id: String,
    /// The function's name.
    pub name: String,
    /// The arguments: JSON text.
    pub arguments: String,
    /// The provider's signature under it.
    pub signature: Option<String>,
}

impl Choice {
    /// Gathers one event that is about this choice.
    pub(super) fn add(&mut self, event: Event) {
        match event {
            Event::Role { role, .. } => self.role = Some(role),
            Event::Text { text, .. } => self.text.get_or_insert_default().push_str(&text),
            Event::Refusal { text, .. } => self.refusal.get_or_insert_default().push_str(&text),
            Event::Reasoning { text, .. } => self.think(&text),
            Event::Redacted { data, .. } => self.thoughts.push(Thought::Redacted(data)),
            Event::Signature { of, signature, .. } => self.sign(of, &signature),
            Event::ToolCall {
                index, id, name, ..
            } => {
                if let Some(call) = slot(&mut self.tool_calls, index) {
                    (call.id, call.name) = (id, name);
                }
            }
            Event::ToolArguments { index, json, .. } => {
                if let Some(call) = slot(&mut self.tool_calls, index) {
                    call.arguments.push_str(&json);
                }
            }
            Event::Member { name, value, .. } => join(self.members.entry(name), value),
            Event::Logprobs { logprobs, .. } => {
                merge(self.logprobs.get_or_insert(Value::Null), logprobs);
            }
            Event::Noted { name, text, .. } => {
                self.notes.retain(|(known, _)| *known != name);
                self.notes.push((name, text));
            }
            Event::Finished { reason, .. } => self.finish_reason = Some(reason),
            Event::Started { .. }
            | Event::Named { .. }
            | Event::Usage(_)
            | Event::Embedding { .. }
            | Event::Silence { .. } => {}
        }
    }

    fn think(&mut self, piece: &str) {
        match self.thoughts.last_mut() {
            Some(Thought::Said {
                text,
                signature: None,
            }) => text.push_str(piece),
            _ => self.thoughts.push(Thought::Said {
                text: piece.to_owned(),
                signature: None,
            }),
        }
    }

    fn sign(&mut self, of: Signed, piece: &str) {
        let signature = match of {
            Signed::Text => Some(&mut self.signature),
            Signed::Call(index) => {
                slot(&mut self.tool_calls, index).map(|call| &mut call.signature)
            }
            Signed::Reasoning => {
                if !matches!(self.thoughts.last(), Some(Thought::Said { .. })) {
                    self.think("");
                }
                match self.thoughts.last_mut() {
                    Some(Thought::Said { signature, .. }) => Some(signature),
                    _ => None,
                }
            }
        };
        if let Some(signature) = signature {
            signature.get_or_insert_default().push_str(piece);
        }
    }
}

/// Puts a piece of a member behind what is there.
fn join(entry: serde_json::map::Entry<'_>, piece: Value) {
    merge(entry.or_insert(Value::Null), piece);
}

/// Puts a piece behind what is there: lists behind lists, texts behind texts, members of objects likewise.
fn merge(there: &mut Value, piece: Value) {
    match (there, piece) {
        (Value::Array(items), Value::Array(more)) => items.extend(more),
        (Value::String(text), Value::String(more)) => text.push_str(&more),
        (Value::Object(members), Value::Object(more)) => {
            for (name, value) in more {
                join(members.entry(name), value);
            }
        }
        (_, Value::Null) => {}
        (there, piece) => *there = piece,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn thoughts_end_with_their_signatures() {
        let mut choice = Choice::default();
        let said = |text: &str| Event::Reasoning {
            choice: 0,
            text: text.to_owned(),
        };
        let signed = |signature: &str| Event::Signature {
            choice: 0,
            of: Signed::Reasoning,
            signature: signature.to_owned(),
        };
        let redacted = Event::Redacted {
            choice: 0,
            data: "r".to_owned(),
        };
        for event in [
            said("a"),
            said("b"),
            signed("s"),
            signed("t"),
            said("c"),
            redacted,
            signed("u"),
        ] {
            choice.add(event);
        }
        let thought = |text: &str, signature: Option<&str>| Thought::Said {
            text: text.to_owned(),
            signature: signature.map(str::to_owned),
        };
        assert_eq!(
            choice.thoughts,
            [
                thought("ab", Some("st")),
                thought("c", None),
                Thought::Redacted("r".to_owned()),
                thought("", Some("u"))
            ]
        );
    }

    #[test]
    fn pieces_of_members_belong_together() {
        let mut there = Value::Null;
        for piece in [
            json!({"a": [1], "t": "x"}),
            json!({"a": [2], "t": "y", "n": 1}),
            json!({"n": 2, "a": null}),
        ] {
            merge(&mut there, piece);
        }
        assert_eq!(there, json!({"a": [1, 2], "t": "xy", "n": 2}));
    }
}
