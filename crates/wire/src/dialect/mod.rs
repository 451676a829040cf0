//! Dialects: how clients and providers write the canonical words as JSON.

pub mod anthropic;
mod envelope;
pub mod mlflow;
pub mod openai;
pub mod responses;
mod seals;
mod tap;

use bytes::{BufMut as _, Bytes, BytesMut};
use serde_json::Value;

use crate::event::Event;
use crate::fold::Answer;
use crate::{Asked, Operation, Translation, Words};

pub use tap::{Observed, Tap, Told};

/// A dialect in which clients ask and are answered.
pub trait Dialect: Send + Sync {
    /// Reads a request body and says how it wants to be answered.
    fn decode(&self, operation: Operation, body: &[u8]) -> Result<Decoded, Fault>;

    /// Writes an error as a whole answer: status and JSON body.
    fn error(&self, fault: &Fault) -> (u16, Bytes);

    /// Returns the watcher of one answer that passes as it is, if providers speak this dialect too.
    fn tap(&self) -> Option<Box<dyn Tap>> {
        None
    }
}

/// A request and the voice in which its answer is to be given.
pub struct Decoded {
    /// What is asked.
    pub asked: Asked,
    /// What of it has no place in the canonical words.
    pub report: Translation,
    /// The names that the client uses.
    pub words: Words,
    /// How to answer.
    pub voice: Box<dyn Voice>,
}

/// How one request wants to be answered.
pub trait Voice: Send + Sync {
    /// Writes a whole answer as JSON.
    fn plain(&self, answer: Answer, context: &Context) -> Bytes;

    /// Starts a streamed answer.
    fn stream(self: Box<Self>, context: Context) -> Box<dyn Encoder>;
}

/// What an answer needs to know besides the provider's words.
#[derive(Clone, Debug)]
pub struct Context {
    /// Unix seconds, for providers that give no time.
    pub now: u64,
    /// The configured model, for providers that name none.
    pub model: Option<String>,
    /// The call's id, from which ids of answers are made where the provider gives none; not shown by the MLflow doors.
    pub id: String,
}

/// Writes a stream in the client's dialect.
pub trait Encoder: Send {
    /// Writes the events of one upstream frame.
    fn events(&mut self, batch: Vec<Event>, out: &mut BytesMut);

    /// Returns how many bytes of the answer are kept, to be told later or again.
    fn kept(&self) -> usize {
        0
    }

    /// Ends the stream, once: the dialect's terminator, or one typed error.
    fn end(self: Box<Self>, outcome: Result<(), &StreamError>, out: &mut BytesMut);
}

/// Why a stream that has begun cannot be completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamError {
    /// For a person.
    pub message: String,
    /// For a program, e.g. `upstream_error`.
    pub kind: String,
    /// For a program, e.g. `stream_interrupted`.
    pub code: Option<String>,
}

impl StreamError {
    /// Writes the error object that the OpenAI API puts into an event; MLflow's doors use the same.
    pub fn write_event(&self, out: &mut BytesMut) {
        let error = serde_json::json!({"error": {
            "message": self.message, "type": self.kind, "param": null, "code": self.code,
        }});
        write_data(out, &error);
    }
}

/// Why a call is answered with an error. Each dialect writes it in its own form.
#[derive(Clone, Debug)]
pub struct Fault {
    /// HTTP status.
    pub status: u16,
    /// For a person: names the thing and says what to do.
    pub message: String,
    /// What kind of fault, with what its form needs.
    pub origin: Origin,
}

/// Where a fault comes from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// The request does not fit its schema: pydantic's entries, all at once.
    Schema(Vec<Value>),
    /// Tidegate refuses or fails.
    Gateway {
        /// For a program, in OpenAI's words, e.g. `invalid_request_error`.
        kind: &'static str,
        /// For a program, e.g. `model_not_found`.
        code: Option<&'static str>,
        /// The request's member that is to blame.
        param: Option<&'static str>,
    },
    /// The rate limit of the endpoint is used up.
    RateLimit,
    /// The provider answered with an error, or with something that is no answer.
    Upstream {
        /// Its content type.
        content_type: Option<String>,
        /// Its body, with keys masked.
        body: Bytes,
    },
}

impl Fault {
    /// Returns a refusal for which the client is to blame.
    pub fn invalid(status: u16, message: impl Into<String>) -> Self {
        Self::gateway(status, "invalid_request_error", message)
    }

    /// Returns a fault of Tidegate's own.
    pub fn gateway(status: u16, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            origin: Origin::Gateway {
                kind,
                code: None,
                param: None,
            },
        }
    }

    /// Adds a code for programs.
    #[must_use]
    pub fn with_code(mut self, new: &'static str) -> Self {
        if let Origin::Gateway { code, .. } = &mut self.origin {
            *code = Some(new);
        }
        self
    }

    /// Adds the request's member that is to blame.
    #[must_use]
    pub fn with_param(mut self, new: &'static str) -> Self {
        if let Origin::Gateway { param, .. } = &mut self.origin {
            *param = Some(new);
        }
        self
    }
}

/// Writes `event: {name}`, `data: {json}` and a blank line.
pub(crate) fn write_event(out: &mut BytesMut, name: &str, value: &impl serde::Serialize) {
    out.extend_from_slice(b"event: ");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\n");
    write_data(out, value);
}

/// Writes `data: {json}` and a blank line.
pub(crate) fn write_data(out: &mut BytesMut, value: &impl serde::Serialize) {
    let begun = out.len();
    out.extend_from_slice(b"data: ");
    if serde_json::to_writer((&mut *out).writer(), value).is_err() {
        out.truncate(begun);
        out.extend_from_slice(b"data: null");
    }
    out.extend_from_slice(b"\n\n");
}

/// Writes compact JSON.
pub(crate) fn to_json(value: &impl serde::Serialize) -> Bytes {
    serde_json::to_vec(value).map_or_else(|_| Bytes::from_static(b"null"), Bytes::from)
}

/// The terminator of OpenAI's streams, which the MLflow doors use too (decision N9).
pub(crate) const DONE: &[u8] = b"data: [DONE]\n\n";
