//! The tree of a YAML document, every node with its place in the file.

use std::rc::Rc;

use crate::Span;

/// A point in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    /// Line, counted from 1.
    pub(crate) line: usize,
    /// Column in characters, counted from 0.
    pub(crate) column: usize,
}

/// A stretch of the file, its end excluded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Region {
    /// First character.
    pub(crate) start: Mark,
    /// Character after the last.
    pub(crate) end: Mark,
}

impl Region {
    /// Returns the part on the first line, for underlining. A region that goes on beyond its line reaches "to the end
    /// of the line", which the excerpt clips.
    pub(crate) fn span(self) -> Span {
        let length = if self.end.line == self.start.line {
            self.end.column.saturating_sub(self.start.column)
        } else {
            usize::MAX
        };
        Span {
            line: self.start.line,
            column: self.start.column.saturating_add(1),
            length,
        }
    }
}

/// A node. Shared, because an alias is the same node in a second place.
#[derive(Debug)]
pub(crate) struct Node {
    /// Where it stands; for an alias, where the anchored node stands.
    pub(crate) region: Region,
    /// A scalar's text without quotes, as YAML reads it; empty for collections.
    pub(crate) text: String,
    /// What it is.
    pub(crate) value: Value,
    /// Number of nodes in this tree with aliases written out.
    pub(crate) size: usize,
    /// Levels of nesting in this tree: 1 for a scalar.
    pub(crate) height: usize,
}

impl Node {
    /// Returns true for `null`, `~` and nothing at all.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// Returns the text if this is a string.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self.value {
            Value::Text => Some(&self.text),
            _ => None,
        }
    }

    /// Names the kind of the value for messages, e.g. `a list`.
    pub(crate) fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing (null)",
            Value::Boolean(_) => "a truth value",
            Value::Integer(_) => "a whole number",
            Value::Number(_) => "a number",
            Value::Date => "a date",
            Value::Text => "a text",
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a mapping",
        }
    }
}

/// What a node is under YAML 1.1. The text of a scalar stands in its node.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// Nothing.
    Null,
    /// A truth value.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number, and whole numbers beyond 64 bits.
    Number(f64),
    /// A date or a point in time.
    Date,
    /// A string.
    Text,
    /// A list.
    Sequence(Vec<Rc<Node>>),
    /// A mapping: merge keys applied, repeated keys removed.
    Mapping(Vec<Entry>),
}

/// One key of a mapping with its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The key, always a scalar.
    pub(crate) key: Rc<Node>,
    /// The value.
    pub(crate) value: Rc<Node>,
}
