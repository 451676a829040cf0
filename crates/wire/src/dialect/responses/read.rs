//! Members of a request by their kinds, and refusals that name them.

use serde_json::{Map, Value};

use crate::dialect::Fault;

/// The members of a request that are not yet read; null stands for absence.
pub(super) struct Members(pub(super) Map<String, Value>);

impl Members {
    /// Takes a member.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.shift_remove(name).filter(|value| !value.is_null())
    }

    /// Takes a text.
    pub(super) fn text(&mut self, name: &'static str) -> Result<Option<String>, Fault> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(wrong(name, "a text")),
        }
    }

    /// Takes true or false.
    pub(super) fn truth(&mut self, name: &'static str) -> Result<Option<bool>, Fault> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(truth)) => Ok(Some(truth)),
            Some(_) => Err(wrong(name, "true or false")),
        }
    }

    /// Takes a number.
    pub(super) fn number(&mut self, name: &'static str) -> Result<Option<Value>, Fault> {
        match self.take(name) {
            Some(value) if !value.is_number() => Err(wrong(name, "a number")),
            value => Ok(value),
        }
    }

    /// Takes a list; none is an empty one.
    pub(super) fn list(&mut self, name: &'static str) -> Result<Vec<Value>, Fault> {
        match self.take(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(wrong(name, "a list")),
        }
    }

    /// Takes an object; none is an empty one.
    pub(super) fn object(&mut self, name: &'static str) -> Result<Members, Fault> {
        match self.take(name) {
            None => Ok(Members(Map::new())),
            Some(Value::Object(members)) => Ok(Members(members)),
            Some(_) => Err(wrong(name, "an object")),
        }
    }
}

/// Refuses a member of the wrong kind.
pub(super) fn wrong(name: &'static str, want: &str) -> Fault {
    let text = format!("Invalid type for '{name}': it must be {want}.");
    Fault::invalid(400, text)
        .with_code("invalid_type")
        .with_param(name)
}

/// Refuses what cannot be understood.
pub(super) fn invalid(name: &'static str, text: String) -> Fault {
    Fault::invalid(400, text)
        .with_code("invalid_value")
        .with_param(name)
}
