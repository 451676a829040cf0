//! Writes a conversation as a chat request of the OpenAI API, in the words in which [`super::conversation()`] reads it again.
//!
//! What these words cannot say: in which order thoughts, words and calls came within a turn of the model; that the user
//! spoke before a call's result in one turn; that a call failed; a choice among no tools.

mod message;
mod part;
mod tool;

use serde_json::{Map, Value, json};

use crate::Translation;
use crate::conversation::{Conversation, Format, Schema};
use crate::dialect::Fault;

/// Writes a body without its model, and tells what could not be said. A piece that OpenAI's API has no form for is refused.
pub fn conversation_body(asked: &Conversation) -> Result<(Map<String, Value>, Translation), Fault> {
    let mut report = Translation::default();
    let mut body = Map::new();
    let messages = message::list(asked, &mut report)?;
    body.insert("messages".to_owned(), messages.into());
    tool::write(asked, &mut body, &mut report);
    if let Some(format) = &asked.format {
        body.insert("response_format".to_owned(), self::format(format));
    }
    let members = asked.members.iter();
    body.extend(members.map(|(name, value)| (name.clone(), value.clone())));
    if let Some(stream) = asked.stream {
        body.insert("stream".to_owned(), stream.into());
    }
    Ok((body, report))
}

fn format(format: &Format) -> Value {
    match format {
        Format::Text => json!({"type": "text"}),
        Format::Json => json!({"type": "json_object"}),
        Format::Schema(schema) => {
            json!({"type": "json_schema", "json_schema": self::schema(schema)})
        }
    }
}

fn schema(schema: &Schema) -> Map<String, Value> {
    let members = [
        ("name", Some(json!(schema.name))),
        (
            "description",
            schema.description.as_ref().map(|it| json!(it)),
        ),
        ("schema", Some(schema.schema.clone())),
        ("strict", schema.strict.map(Value::Bool)),
    ];
    said(members)
}

/// Returns the members that say something.
fn said<const N: usize>(members: [(&str, Option<Value>); N]) -> Map<String, Value> {
    let said = members.into_iter();
    said.filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}

#[cfg(test)]
mod tests;
