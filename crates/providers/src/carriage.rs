//! What becomes of a request's members at a provider that has an API of its own, on doors that alter nothing in silence:
//! tables that encoders obey, reports tell and the page "What is carried where" prints.

mod members;

use serde_json::{Map, Number, Value};
use tidegate_wire::conversation::{Conversation, Format, ToolChoice};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{Operation, Translation};

pub(crate) use members::asks_nothing;
pub use members::{CHAT_MEMBERS, EMBEDDINGS_MEMBERS};

/// The row of a provider that takes instructions where they stand in the conversation.
pub(crate) const LATER_SYSTEM: &str = "messages.system";

/// One operation's table.
#[derive(Debug)]
pub struct Carriage {
    /// What it is about.
    pub operation: Operation,
    /// The models or the API for which it holds, where a provider has several tables for an operation.
    pub only: Option<&'static str>,
    /// What becomes of OpenAI's members. One that asks for something and has no row is dropped.
    pub members: &'static [(&'static str, Carried)],
    /// What becomes of what messages hold besides text. A kind without a row is refused: an answer to half of what was
    /// said would be none.
    pub contents: &'static [(Kind, &'static str)],
    /// What becomes of members that OpenAI's API does not know and that have no row.
    pub others: Others,
}

/// What becomes of a member.
#[derive(Clone, Copy, Debug)]
pub enum Carried {
    /// Sent under this name. A dot steps into an object: `generationConfig.topP`.
    As(&'static str),
    /// Sent under this name; a number outside of the range becomes its nearer end.
    Within(&'static str, f64, f64),
    /// Sent under this name as a list of at most so many texts; further ones are left out.
    List(&'static str, usize),
    /// Sent in a form of the provider's own, by code. The words are for the page.
    Apart(&'static str),
    /// Done by the gateway itself; the provider need not know.
    Here,
}

/// Where members go that OpenAI's API does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// Into the body, as they are.
    Body,
    /// Into this object of the body.
    Within(&'static str),
}

/// What messages may hold besides text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A picture in the request.
    InlineImage,
    /// A picture at an address.
    LinkedImage,
    /// A recording.
    Audio,
    /// A document in the request.
    InlineFile,
    /// A document at an address, or with the provider.
    LinkedFile,
    /// A piece in a form that OpenAI's API does not know.
    Own,
}

impl Kind {
    /// All kinds, in the order of the page.
    pub const ALL: [Self; 6] = [
        Self::InlineImage,
        Self::LinkedImage,
        Self::Audio,
        Self::InlineFile,
        Self::LinkedFile,
        Self::Own,
    ];

    /// Returns its name, for messages and the page.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InlineImage => "images as data URLs",
            Self::LinkedImage => "images by URL",
            Self::Audio => "audio",
            Self::InlineFile => "files as data",
            Self::LinkedFile => "files by id or URL",
            Self::Own => "parts of the provider's own",
        }
    }
}

impl Carriage {
    /// Refuses a piece that the provider cannot be told.
    pub(crate) fn admit(&self, kind: Kind) -> Result<(), Fault> {
        if self.contents.iter().any(|(known, _)| *known == kind) {
            return Ok(());
        }
        let taken = self.contents.iter().map(|(kind, _)| kind.name());
        let taken: Vec<_> = ["text"].into_iter().chain(taken).collect();
        let text = format!(
            "This endpoint's provider cannot take {} in messages. It takes {}.",
            kind.name(),
            taken.join(", ")
        );
        Err(Fault::invalid(400, text)
            .with_code("unsupported_content")
            .with_param("messages"))
    }

    /// Writes members into a body and reports what could not be written as it was asked. Members that have rows of the
    /// kind [`Carried::Apart`] are left to the encoder.
    pub(crate) fn write(
        &self,
        members: &Map<String, Value>,
        body: &mut Map<String, Value>,
        report: &mut Translation,
    ) {
        for (name, value) in members {
            match self.row(name) {
                Some(Carried::As(path)) => put(body, path, value.clone()),
                Some(Carried::Within(path, least, most)) => {
                    put(body, path, within(name, value, (least, most), report));
                }
                Some(Carried::List(path, most)) => put(body, path, list(name, value, most, report)),
                Some(Carried::Apart(_) | Carried::Here) => {}
                None if self.known().contains(&name.as_str()) => {
                    if !asks_nothing(name, value) {
                        report.dropped(name);
                    }
                }
                None => match self.others {
                    Others::Body => put(body, name, value.clone()),
                    Others::Within(path) => {
                        let Value::Object(inner) =
                            body.entry(path).or_insert_with(|| Map::new().into())
                        else {
                            continue;
                        };
                        inner.insert(name.clone(), value.clone());
                    }
                },
            }
        }
    }

    /// Reports what a conversation asks of tools and forms for which the table has no row, so that the encoder need not
    /// look at it.
    pub(crate) fn report_apart(&self, asked: &Conversation, report: &mut Translation) {
        let told = [
            ("tools", !asked.tools.is_empty()),
            (
                "tool_choice",
                !matches!(asked.choice, None | Some(ToolChoice::Auto)),
            ),
            ("parallel_tool_calls", asked.parallel_calls == Some(false)),
            (
                "response_format",
                !matches!(asked.format, None | Some(Format::Text)),
            ),
            (
                "messages.name",
                asked.turns.iter().any(|turn| turn.name.is_some()),
            ),
        ];
        for (name, asks) in told {
            if asks && self.row(name).is_none() {
                report.dropped(name);
            }
        }
        for name in &asked.unread {
            report.dropped(&format!("messages.{name}"));
        }
        // Most providers are told instructions apart, before all else.
        let later = asked.places.iter().any(|place| place.turns > 0);
        if later && self.row(LATER_SYSTEM).is_none() {
            report.clamped(LATER_SYSTEM, &"later", &"first");
        }
        // Nothing can be called, so that no call can be made.
        if asked.tools.is_empty() && asked.choice == Some(ToolChoice::Required) {
            report.dropped("tool_choice");
        }
    }

    /// Returns what becomes of a member, if the table has a row for it.
    pub(crate) fn row(&self, name: &str) -> Option<Carried> {
        let mut rows = self.members.iter();
        rows.find(|(known, _)| *known == name).map(|(_, it)| *it)
    }

    fn known(&self) -> &'static [&'static str] {
        match self.operation {
            Operation::Embeddings => &EMBEDDINGS_MEMBERS,
            Operation::Chat | Operation::Completions => &CHAT_MEMBERS,
        }
    }
}

/// Puts a value at a path into an object. Dots step into objects, which are made where they are missing.
pub(crate) fn put(object: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => drop(object.insert(path.to_owned(), value)),
        Some((outer, rest)) => {
            let there = object
                .entry(outer)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = there {
                put(inner, rest, value);
            }
        }
    }
}

/// Brings a number into a range. What is no number passes, for the provider to judge.
pub(crate) fn within(
    name: &str,
    value: &Value,
    (least, most): (f64, f64),
    report: &mut Translation,
) -> Value {
    let Some(number) = value.as_f64() else {
        return value.clone();
    };
    let clamped = number.clamp(least, most);
    if (least..=most).contains(&number) {
        return value.clone();
    }
    let nearest = written(clamped);
    report.clamped(name, value, &nearest);
    nearest
}

/// Writes a bound without a needless `.0`.
fn written(number: f64) -> Value {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "bounds are small; whole ones lose nothing"
    )]
    let whole = number as i64;
    if number.fract() == 0.0 {
        Value::from(whole)
    } else {
        Number::from_f64(number).map_or(Value::Null, Value::Number)
    }
}

/// Makes a list of a lone text and cuts a list to its limit.
fn list(name: &str, value: &Value, most: usize, report: &mut Translation) -> Value {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        lone => std::slice::from_ref(lone),
    };
    if items.len() > most {
        report.clamped(name, &items.len(), &most);
    }
    items.iter().take(most).cloned().collect()
}

#[cfg(test)]
mod tests;
