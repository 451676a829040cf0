//! A request as its provider gets it.

use serde_json::{Map, Value};
use tidegate_wire::Translation;

/// A body, and what could not be said in it.
#[derive(Clone, Debug, Default)]
pub struct Encoded {
    /// The body.
    pub body: Map<String, Value>,
    /// What was dropped, clamped or emulated.
    pub report: Translation,
    /// True when the answer of a schema comes as a call of a function; the answer is read accordingly.
    pub emulates_schema: bool,
    /// True when vectors are asked for one text only, which some providers take at an address of its own.
    pub lone_text: bool,
}

impl From<Map<String, Value>> for Encoded {
    /// A body that says all that was asked.
    fn from(body: Map<String, Value>) -> Self {
        Self {
            body,
            ..Self::default()
        }
    }
}
