//! A request as its provider gets it.

use serde_json::{Map, Value};
use tidegate_wire::{Request, Translation};

use crate::call::CallHead;
use crate::support::extras::{self, Member};

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

impl Encoded {
    /// A body of an API that knows less than OpenAI's, and not the members `also` either: tells what was left out of it.
    pub(crate) fn of_older_api(
        call: CallHead,
        request: &Request,
        body: Map<String, Value>,
        also: &[Member],
    ) -> Self {
        Self {
            body,
            report: extras::report(call, request.extra(), also),
            ..Self::default()
        }
    }
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
