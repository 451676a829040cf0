//! The canonical event stream: what a provider answers, in one vocabulary.
//!
//! A plain answer and a streamed one give the same events. Laws: `Started` comes once and before all but silence;
//! arguments follow their tool call; each choice finishes at most once and then says nothing more.

use serde_json::Value;

use crate::frame::{Frame, FrameError};
use crate::usage::Usage;
use crate::vector::Vector;

/// One step of an answer.
#[derive(Clone, Debug)]
pub enum Event {
    /// The answer begins.
    Started {
        /// The provider's id of the answer.
        id: Option<String>,
        /// The model that answers, as the provider names it.
        model: Option<String>,
        /// Unix seconds.
        created: Option<u64>,
    },
    /// The answer's id, from a provider that tells it only after the beginning.
    Named {
        /// The provider's id of the answer.
        id: String,
    },
    /// Who speaks in a choice; nearly always `assistant`.
    Role {
        /// Index of the choice.
        choice: u32,
        /// The role as the provider writes it.
        role: String,
    },
    /// A piece of text.
    Text {
        /// Index of the choice.
        choice: u32,
        /// The piece; may be empty.
        text: String,
    },
    /// A piece of a refusal.
    Refusal {
        /// Index of the choice.
        choice: u32,
        /// The piece.
        text: String,
    },
    /// A piece of what the model thought.
    Reasoning {
        /// Index of the choice.
        choice: u32,
        /// The piece. An empty one behind a signature begins another thought.
        text: String,
    },
    /// The provider's signature under what came before. Clients send it back with the next turn.
    Signature {
        /// Index of the choice.
        choice: u32,
        /// What is signed.
        of: Signed,
        /// The signature; several pieces for one thing belong together.
        signature: String,
    },
    /// Thought that only the provider can read. Clients send it back with the next turn.
    Redacted {
        /// Index of the choice.
        choice: u32,
        /// The thought, as the provider sealed it.
        data: String,
    },
    /// A tool call begins.
    ToolCall {
        /// Index of the choice.
        choice: u32,
        /// Index of the call within the choice.
        index: u32,
        /// The call's id.
        id: String,
        /// The function's name.
        name: String,
    },
    /// A piece of a tool call's arguments.
    ToolArguments {
        /// Index of the choice.
        choice: u32,
        /// Index of the call within the choice.
        index: u32,
        /// A piece of JSON text.
        json: String,
    },
    /// A choice is complete.
    Finished {
        /// Index of the choice.
        choice: u32,
        /// Why, in the words of OpenAI's `finish_reason`; unknown ones survive.
        reason: String,
    },
    /// A member of a message in the words of the OpenAI API for which no other event has words (`annotations`, `audio`).
    /// Of a stream, members of one name belong together: lists are put behind each other, texts too.
    Member {
        /// Index of the choice.
        choice: u32,
        /// The member's name.
        name: String,
        /// Its value.
        value: Value,
    },
    /// Log probabilities of a piece of a choice, in the form of the OpenAI API.
    Logprobs {
        /// Index of the choice.
        choice: u32,
        /// An object with `content` and `refusal`; of completions, of `tokens` and what belongs to them.
        logprobs: Value,
    },
    /// A fact about a choice for which no other event has words. The candidates shape of MLflow 2.8 shows it, and the
    /// OpenAI API as a member of the choice.
    Noted {
        /// Index of the choice.
        choice: u32,
        /// What is told, e.g. `seed`.
        name: &'static str,
        /// The fact.
        text: String,
    },
    /// Token counts; the last one holds.
    Usage(Usage),
    /// One vector.
    Embedding {
        /// Its place in the request's input.
        index: u32,
        /// The vector.
        vector: Vector,
    },
    /// The provider sent a chunk that said nothing about this choice, or about any. Dialects whose frames mirror the
    /// provider's chunks show it.
    Silence {
        /// Index of the choice, if the chunk named one.
        choice: Option<u32>,
    },
}

/// What a signature stands under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// The reasoning before it, back to the last signature.
    Reasoning,
    /// The text.
    Text,
    /// The tool call of this index.
    Call(u32),
}

impl Event {
    /// Name of the note that tells the provider's own word for why a choice ended.
    pub const NATIVE_REASON: &'static str = "native_finish_reason";

    /// Returns the choice that the event is about, if it is about one and says something.
    pub const fn choice(&self) -> Option<u32> {
        match self {
            Self::Role { choice, .. }
            | Self::Text { choice, .. }
            | Self::Refusal { choice, .. }
            | Self::Reasoning { choice, .. }
            | Self::Signature { choice, .. }
            | Self::Redacted { choice, .. }
            | Self::ToolCall { choice, .. }
            | Self::ToolArguments { choice, .. }
            | Self::Member { choice, .. }
            | Self::Logprobs { choice, .. }
            | Self::Noted { choice, .. }
            | Self::Finished { choice, .. } => Some(*choice),
            Self::Started { .. }
            | Self::Named { .. }
            | Self::Usage(_)
            | Self::Embedding { .. }
            | Self::Silence { .. } => None,
        }
    }

    /// The beginning of an answer of a provider that tells neither id nor model nor time.
    pub const fn nameless() -> Self {
        Self::Started {
            id: None,
            model: None,
            created: None,
        }
    }
}

/// Why an upstream body cannot be understood. The words continue a sentence about the answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes cannot be cut into frames.
    #[error(transparent)]
    Frame(FrameError),
    /// A frame is not the JSON it must be.
    #[error("it is not valid JSON ({0})")]
    BrokenJson(String),
    /// Valid JSON without what an answer must have.
    #[error("it has an unexpected shape: {0}")]
    Shape(String),
    /// The provider reported an error inside a successful answer.
    #[error("{}", .0.message)]
    Reported(ReportedError),
    /// The answer ended before it was complete.
    #[error("it ended before it was complete")]
    CutOff,
    /// The provider said that the answer is over, but not of every choice why it ended.
    #[error("it ended without a reason to finish")]
    Unfinished,
}

impl DecodeError {
    /// Says where the JSON is wrong. The parser's words on a wrong type would repeat the value: a piece of the answer.
    pub fn from_json(error: &serde_json::Error) -> Self {
        if error.is_data() {
            let (line, column) = (error.line(), error.column());
            Self::Shape(format!("a wrong type at line {line} column {column}"))
        } else {
            Self::BrokenJson(error.to_string())
        }
    }
}

impl From<FrameError> for DecodeError {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::CutOff => Self::CutOff,
            other => Self::Frame(other),
        }
    }
}

/// An error that a provider sent in the middle of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedError {
    /// The provider's words.
    pub message: String,
    /// Its type, as the provider names it.
    pub kind: Option<String>,
    /// Its code as JSON text, as the provider gives it.
    pub code: Option<String>,
    /// The HTTP status that the provider gives such an error when it answers with nothing else. It is the client's status
    /// where nothing has been sent to it yet.
    pub status: Option<u16>,
}

impl ReportedError {
    /// Reads an error object, or an error that is only a text.
    pub fn read(error: &Value) -> Self {
        let text = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            message: text("message")
                .or_else(|| error.as_str().map(str::to_owned))
                .unwrap_or_else(|| error.to_string()),
            kind: text("type"),
            code: error
                .get("code")
                .filter(|code| !code.is_null())
                .map(|code| {
                    code.as_str()
                        .map_or_else(|| code.to_string(), str::to_owned)
                }),
            status: None,
        }
    }
}

/// Turns an upstream body into events. A whole body is simply one frame.
pub trait Decoder: Send {
    /// Reads one frame and appends its events.
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError>;

    /// True once the provider has said that nothing follows.
    fn complete(&self) -> bool;

    /// Ends the answer; an error when it was cut off.
    fn end(self: Box<Self>) -> Result<(), DecodeError> {
        if self.complete() {
            Ok(())
        } else {
            Err(DecodeError::CutOff)
        }
    }
}
