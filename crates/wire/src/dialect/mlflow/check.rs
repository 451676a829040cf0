//! Checks the standard parameters: validation entries as FastAPI writes them, coercions as pydantic makes them.

use serde_json::{Map, Number, Value, json};

use super::schema::{Field, FieldType};
use super::{Era, number};

/// Checks one item of a list.
type ItemCheck = fn(&mut Check, Vec<Value>, &Value);

/// What a member means. Where entries were collected, it means nothing.
pub(super) enum Checked {
    /// It is not there, or counts for nothing.
    Absent,
    /// What was sent.
    AsSent,
    /// This instead of what was sent.
    Coerced(Value),
}

impl From<Option<Value>> for Checked {
    fn from(value: Option<Value>) -> Self {
        value.map_or(Self::Absent, Self::Coerced)
    }
}

/// The most entries that the items of one list give.
const MOST_ENTRIES: usize = 1000;

/// Collects pydantic's entries while it coerces values.
pub(super) struct Check {
    era: Era,
    pub(super) entries: Vec<Value>,
}

impl Check {
    pub(super) fn new(era: Era) -> Self {
        Self {
            era,
            entries: Vec::new(),
        }
    }

    /// Checks one member.
    pub(super) fn field(&mut self, field: &Field, members: &Map<String, Value>) -> Checked {
        let loc = vec!["body".into(), field.name.into()];
        let value = match members.get(field.name) {
            None if field.required => {
                self.entries
                    .push(missing(loc, &Value::Object(members.clone())));
                return Checked::Absent;
            }
            None => return default_of(&field.kind).into(),
            Some(Value::Null) if field.nullable => return Checked::Absent,
            Some(value) => value,
        };
        match &field.kind {
            FieldType::Temperature { most } => return self.temperature(loc, value, *most).into(),
            FieldType::Integer { least, most, .. } => {
                return self.integer(loc, value, *least, *most).into();
            }
            FieldType::Boolean => return self.boolean(loc, value).into(),
            // MLflow 2.8 looks only whether a model is there.
            FieldType::Forbidden if self.era == Era::Candidates => return Checked::Absent,
            FieldType::Forbidden => {
                self.text(|| loc, value);
                return Checked::Absent;
            }
            FieldType::Texts => self.texts(&loc, value),
            FieldType::Text => self.text(|| loc, value),
            FieldType::Messages => self.messages(&loc, value),
            FieldType::Input => self.input(&loc, value),
        }
        Checked::AsSent
    }

    /// True when the items of one list have given enough entries: each is larger than the item that it is about.
    fn said_enough(&self, start: usize) -> bool {
        self.entries.len() >= start + MOST_ENTRIES
    }

    fn refuse(&mut self, kind: &str, loc: Vec<Value>, message: &str, input: &Value) {
        self.entries
            .push(json!({"type": kind, "loc": loc, "msg": message, "input": input}));
    }

    fn out_of_range(
        &mut self,
        kind: &str,
        loc: Vec<Value>,
        words: &str,
        input: &Value,
        ctx: Value,
    ) {
        let bound = kind == "greater_than_equal";
        let message = format!(
            "Input should be {} than or equal to {words}",
            if bound { "greater" } else { "less" }
        );
        self.entries.push(json!({
            "type": kind, "loc": loc, "msg": message, "input": input,
            "ctx": {if bound { "ge" } else { "le" }: ctx},
        }));
    }

    fn temperature(&mut self, loc: Vec<Value>, value: &Value, most: f64) -> Option<Value> {
        let number = match number::float(value) {
            Ok(number) => number,
            Err((kind, message)) => {
                self.refuse(kind, loc, message, value);
                return None;
            }
        };
        if number < 0.0 {
            self.out_of_range("greater_than_equal", loc, "0", value, json!(0.0));
            return None;
        }
        if number > most {
            self.out_of_range(
                "less_than_equal",
                loc,
                &most.to_string(),
                value,
                json!(most),
            );
            return None;
        }
        Number::from_f64(number).map(Value::Number)
    }

    fn integer(
        &mut self,
        loc: Vec<Value>,
        value: &Value,
        least: i64,
        most: Option<i64>,
    ) -> Option<Value> {
        let number = match number::integer(value) {
            Ok(number) => number,
            Err((kind, message)) => {
                self.refuse(kind, loc, message, value);
                return None;
            }
        };
        if number < least {
            self.out_of_range(
                "greater_than_equal",
                loc,
                &least.to_string(),
                value,
                least.into(),
            );
            return None;
        }
        if let Some(most) = most.filter(|most| number > *most) {
            self.out_of_range(
                "less_than_equal",
                loc,
                &most.to_string(),
                value,
                most.into(),
            );
            return None;
        }
        Some(match value {
            // A number beyond 64 bits keeps its digits.
            Value::Number(sent) if number == i64::MAX => Value::Number(sent.clone()),
            _ => number.into(),
        })
    }

    fn boolean(&mut self, loc: Vec<Value>, value: &Value) -> Option<Value> {
        let read = number::boolean(value);
        if read.is_none() {
            let message = "Input should be a valid boolean, unable to interpret input";
            self.refuse("bool_parsing", loc, message, value);
        }
        read.map(Value::Bool)
    }

    /// Checks a text; only a wrong one needs its place.
    fn text(&mut self, loc: impl FnOnce() -> Vec<Value>, value: &Value) {
        if !value.is_string() {
            self.refuse(
                "string_type",
                loc(),
                "Input should be a valid string",
                value,
            );
        }
    }

    /// Returns the items of a list that must have at least one.
    fn list<'v>(&mut self, loc: &[Value], value: &'v Value) -> Option<&'v Vec<Value>> {
        let Value::Array(items) = value else {
            self.refuse(
                "list_type",
                loc.to_vec(),
                "Input should be a valid list",
                value,
            );
            return None;
        };
        if items.is_empty() {
            self.entries.push(json!({
                "type": "too_short", "loc": loc,
                "msg": "List should have at least 1 item after validation, not 0",
                "input": value,
                "ctx": {"field_type": "List", "min_length": 1, "actual_length": 0},
            }));
            return None;
        }
        Some(items)
    }

    fn texts(&mut self, loc: &[Value], value: &Value) {
        let start = self.entries.len();
        for (index, item) in self.list(loc, value).into_iter().flatten().enumerate() {
            if self.said_enough(start) {
                return;
            }
            self.text(|| below(loc, index), item);
        }
    }

    fn messages(&mut self, loc: &[Value], value: &Value) {
        let start = self.entries.len();
        for (index, item) in self.list(loc, value).into_iter().flatten().enumerate() {
            if self.said_enough(start) {
                return;
            }
            let Value::Object(message) = item else {
                self.entries.push(not_an_object(below(loc, index), item));
                continue;
            };
            let role = || below(&below(loc, index), "role");
            match message.get("role") {
                None => self.entries.push(missing(role(), item)),
                Some(text) => self.text(role, text),
            }
            let content = || below(&below(loc, index), "content");
            self.content(content, item, message.get("content"));
        }
    }

    /// Checks a message's content: a text; where the era is open also null, absent, or a list of parts.
    fn content(&mut self, loc: impl Fn() -> Vec<Value>, message: &Value, content: Option<&Value>) {
        match (content, self.era.is_open()) {
            (Some(Value::String(_)), _) | (None | Some(Value::Null | Value::Array(_)), true) => {}
            (None, false) => self.entries.push(missing(loc(), message)),
            (Some(other), false) => self.text(loc, other),
            (Some(other), true) => {
                let parts = "list[tagged-union[TextContentPart,ImageContentPart,AudioContentPart]]";
                self.text(|| below(&loc(), "str"), other);
                self.refuse(
                    "list_type",
                    below(&loc(), parts),
                    "Input should be a valid list",
                    other,
                );
            }
        }
    }

    /// Checks a union: when no alternative fits, each gives its entries.
    fn input(&mut self, loc: &[Value], value: &Value) {
        let texts = value
            .as_array()
            .is_some_and(|items| items.iter().all(Value::is_string));
        if value.is_string() || texts {
            return;
        }
        let before = self.entries.len();
        let mut alternatives: Vec<(&str, ItemCheck)> =
            vec![("list[str]", |check, loc, item| check.text(|| loc, item))];
        if self.era.is_open() {
            alternatives.push(("list[int]", Self::token));
            alternatives.push(("list[list[int]]", |check, loc, item| {
                check.items(&loc, item, Self::token);
            }));
        }
        self.text(|| below(loc, "str"), value);
        for (name, item) in alternatives {
            let mark = self.entries.len();
            self.items(&below(loc, name), value, item);
            if self.entries.len() == mark {
                self.entries.truncate(before);
                return;
            }
        }
    }

    fn items(&mut self, loc: &[Value], value: &Value, item: ItemCheck) {
        match value {
            Value::Array(items) => {
                let start = self.entries.len();
                for (index, value) in items.iter().enumerate() {
                    if self.said_enough(start) {
                        return;
                    }
                    item(self, below(loc, index), value);
                }
            }
            _ => self.refuse(
                "list_type",
                loc.to_vec(),
                "Input should be a valid list",
                value,
            ),
        }
    }

    fn token(&mut self, loc: Vec<Value>, value: &Value) {
        if let Err((kind, message)) = number::integer(value) {
            self.refuse(kind, loc, message, value);
        }
    }
}

fn default_of(kind: &FieldType) -> Option<Value> {
    match kind {
        FieldType::Temperature { .. } => Some(json!(0.0)),
        FieldType::Integer { default, .. } => default.map(Value::from),
        _ => None,
    }
}

fn below(loc: &[Value], key: impl Into<Value>) -> Vec<Value> {
    loc.iter().cloned().chain([key.into()]).collect()
}

pub(super) fn missing(loc: Vec<Value>, input: &Value) -> Value {
    json!({"type": "missing", "loc": loc, "msg": "Field required", "input": input})
}

pub(super) fn not_an_object(loc: Vec<Value>, input: &Value) -> Value {
    json!({
        "type": "model_attributes_type", "loc": loc,
        "msg": "Input should be a valid dictionary or object to extract fields from",
        "input": input,
    })
}
