//! The standard parameters as data: validation and the OpenAPI document read the same table.

use crate::{Operation, Words};

use super::Era;

/// One standard parameter.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name on the wire.
    pub name: &'static str,
    /// What it may be.
    pub kind: FieldType,
    /// True when a request is invalid without it.
    pub required: bool,
    /// True when `null` means absent.
    pub nullable: bool,
    /// One sentence for people.
    pub doc: &'static str,
}

/// The type of a standard parameter, with its range.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldType {
    /// A number between 0 and this.
    Temperature {
        /// Top of the range.
        most: f64,
    },
    /// A whole number.
    Integer {
        /// Smallest value.
        least: i64,
        /// Largest value, if bounded.
        most: Option<i64>,
        /// Used when absent.
        default: Option<i64>,
    },
    /// A list of at least one text.
    Texts,
    /// A truth value.
    Boolean,
    /// A text.
    Text,
    /// A list of at least one message.
    Messages,
    /// A text or a list of texts (newer releases: of tokens too).
    Input,
    /// Never accepted: the endpoint decides.
    Forbidden,
}

/// Returns the standard parameters of an operation, under the names that a request uses, in the order in which MLflow
/// checks them.
pub fn fields(era: Era, operation: Operation, words: Words) -> Vec<Field> {
    let model = Field {
        name: "model",
        kind: FieldType::Forbidden,
        required: false,
        nullable: true,
        doc: "Not accepted: the endpoint already names its model.",
    };
    let subject = match operation {
        Operation::Chat => required("messages", FieldType::Messages, "The conversation so far."),
        Operation::Completions => required("prompt", FieldType::Text, "The text to continue."),
        Operation::Embeddings => {
            return vec![
                model,
                required(words.input(), FieldType::Input, "The texts to embed."),
            ];
        }
    };
    vec![
        Field {
            name: "temperature",
            kind: FieldType::Temperature {
                most: era.hottest(),
            },
            required: false,
            nullable: false,
            doc: "Randomness: 0 gives the likeliest answer. Stretched to the provider's range.",
        },
        Field {
            name: words.count(),
            kind: FieldType::Integer {
                least: 1,
                most: era.most_answers(),
                default: Some(1),
            },
            required: false,
            nullable: false,
            doc: "How many answers to give.",
        },
        optional("stop", FieldType::Texts, "Texts at which the answer ends."),
        optional(
            "max_tokens",
            FieldType::Integer {
                least: 1,
                most: None,
                default: None,
            },
            "The most tokens that the answer may have.",
        ),
        optional(
            "stream",
            FieldType::Boolean,
            "Whether to send the answer as it is made.",
        ),
        model,
        subject,
    ]
}

const fn required(name: &'static str, kind: FieldType, doc: &'static str) -> Field {
    Field {
        name,
        kind,
        required: true,
        nullable: false,
        doc,
    }
}

const fn optional(name: &'static str, kind: FieldType, doc: &'static str) -> Field {
    Field {
        name,
        kind,
        required: false,
        nullable: true,
        doc,
    }
}
