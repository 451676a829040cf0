//! A value of a request and where it stands, so that a refusal can name the place as Anthropic does:
//! `messages.0.content.1.text: …`.

use std::fmt;

use serde_json::{Map, Value};

use crate::dialect::Fault;

/// A value and its place.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) value: &'a Value,
    within: Option<&'a Spot<'a>>,
    step: Step<'a>,
}

/// How a value is reached from what holds it.
#[derive(Clone, Copy)]
enum Step<'a> {
    Member(&'a str),
    Item(usize),
}

impl<'a> Spot<'a> {
    /// A member of the body.
    pub(super) const fn new(name: &'a str, value: &'a Value) -> Self {
        Self {
            value,
            within: None,
            step: Step::Member(name),
        }
    }

    /// Returns a member; nothing where it is null.
    pub(super) fn get<'b>(&'b self, name: &'b str) -> Option<Spot<'b>> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        Some(Spot {
            value,
            within: Some(self),
            step: Step::Member(name),
        })
    }

    /// Returns a member that must be there.
    pub(super) fn need<'b>(&'b self, name: &'b str) -> Result<Spot<'b>, Fault> {
        self.get(name)
            .ok_or_else(|| missing(format_args!("{self}.{name}")))
    }

    /// Returns a text that must be a member.
    pub(super) fn need_text(&self, name: &str) -> Result<String, Fault> {
        Ok(self.need(name)?.text()?.to_owned())
    }

    /// Returns a text that may be a member.
    pub(super) fn get_text(&self, name: &str) -> Result<Option<String>, Fault> {
        let found = self.get(name);
        found.map(|it| it.text().map(str::to_owned)).transpose()
    }

    /// Returns the word in `type`, which must be there.
    pub(super) fn kind(&self) -> Result<String, Fault> {
        self.need_text("type")
    }

    /// Reads a text.
    pub(super) fn text(&self) -> Result<&str, Fault> {
        self.value.as_str().ok_or_else(|| self.refuse("a text"))
    }

    /// Reads true or false.
    pub(super) fn truth(&self) -> Result<bool, Fault> {
        let truth = self.value.as_bool();
        truth.ok_or_else(|| self.refuse("true or false"))
    }

    /// Reads a whole number that is not negative.
    pub(super) fn whole(&self) -> Result<u64, Fault> {
        let whole = self.value.as_u64();
        whole.ok_or_else(|| self.refuse("a whole number that is not negative"))
    }

    /// Reads a number.
    pub(super) fn number(&self) -> Result<&Value, Fault> {
        if self.value.is_number() {
            Ok(self.value)
        } else {
            Err(self.refuse("a number"))
        }
    }

    /// Reads an object.
    pub(super) fn members(&self) -> Result<&Map<String, Value>, Fault> {
        let members = self.value.as_object();
        members.ok_or_else(|| self.refuse("an object"))
    }

    /// Reads a list.
    pub(super) fn items(&self) -> Result<impl Iterator<Item = Spot<'_>>, Fault> {
        let items = self.value.as_array();
        let items = items.ok_or_else(|| self.refuse("a list"))?;
        Ok(items.iter().enumerate().map(move |(place, value)| Spot {
            value,
            within: Some(self),
            step: Step::Item(place),
        }))
    }

    /// Refuses the value: it is not what it must be.
    pub(super) fn refuse(&self, want: &str) -> Fault {
        self.fault(format_args!("it must be {want}"))
    }

    /// Refuses the value for a reason.
    pub(super) fn fault(&self, why: impl fmt::Display) -> Fault {
        Fault::invalid(400, format!("{self}: {why}.")).with_code("invalid_value")
    }
}

impl fmt::Display for Spot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(within) = self.within {
            write!(f, "{within}.")?;
        }
        match self.step {
            Step::Member(name) => f.write_str(name),
            Step::Item(place) => write!(f, "{place}"),
        }
    }
}

/// Refuses a request that lacks a member, in the API's own words.
pub(super) fn missing(place: impl fmt::Display) -> Fault {
    Fault::invalid(400, format!("{place}: Field required")).with_code("missing_required_parameter")
}
