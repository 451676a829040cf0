//! What a provider may know about a call besides its content.

use tidegate_wire::{Operation, Words};

use crate::provider::Native;

/// A call without its content.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact about the call by itself"
)]
pub struct CallHead {
    /// What is asked.
    pub operation: Operation,
    /// True when the client wants a stream.
    pub streams: bool,
    /// True when the door promises that nothing is altered in silence: what cannot be carried must be refused.
    pub faithful: bool,
    /// The names that the client uses, for messages to it.
    pub words: Words,
    /// True when the answer of a schema comes as a call of a function ([`crate::Encoded::emulates_schema`]).
    pub emulates_schema: bool,
    /// True when vectors are asked for one text only ([`crate::Encoded::lone_text`]).
    pub lone_text: bool,
    /// Set when the client's body passes as it is, in this dialect.
    pub native: Option<Native>,
}

impl CallHead {
    /// A plain call of an operation, from a door that leaves everything to the provider.
    pub fn of(operation: Operation) -> Self {
        Self {
            operation,
            streams: false,
            faithful: false,
            words: Words::default(),
            emulates_schema: false,
            lone_text: false,
            native: None,
        }
    }
}
