//! Gemini: bodies and answers are those of its own API; vectors are asked for otherwise.

use std::sync::Arc;

use http::{HeaderMap, StatusCode, Uri};
use tidegate_wire::conversation::Conversation;
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::Decoder;
use tidegate_wire::{Operation, Request};

use super::address::Place;
use super::embeddings;
use crate::auth::{Auth, GoogleAuth};
use crate::call::CallHead;
use crate::encoded::Encoded;
use crate::failure::Failure;
use crate::gemini::error;
use crate::gemini::generate::{self, Model};
use crate::provider::{Provider, UpstreamHead};
use crate::support::decode::Plain;

/// One model of Gemini on Vertex AI.
struct Gemini {
    model: Model,
    /// Where the paths of the API begin.
    base: Uri,
    generate: Uri,
    stream: Uri,
    predict: Uri,
    auth: GoogleAuth,
}

/// Builds a model at its place.
pub(super) fn build(place: &Place<'_>, auth: GoogleAuth) -> Result<Arc<dyn Provider>, String> {
    Ok(Arc::new(Gemini {
        model: Model::named(place.model),
        base: place.root()?,
        generate: place.method("generateContent", &[])?,
        stream: place.method("streamGenerateContent", &[("alt", "sse")])?,
        predict: place.method("predict", &[])?,
        auth,
    }))
}

impl Provider for Gemini {
    fn head(&self, call: &CallHead) -> UpstreamHead {
        let uri = match (call.operation, call.streams) {
            (Operation::Embeddings, _) => &self.predict,
            (_, false) => &self.generate,
            (_, true) => &self.stream,
        };
        UpstreamHead::http(uri, &HeaderMap::new())
    }

    fn base(&self) -> Option<UpstreamHead> {
        Some(UpstreamHead::http(&self.base, &HeaderMap::new()))
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        match request {
            Request::Chat(chat) => generate::chat(*call, &self.model, chat),
            Request::Completions(asked) => generate::completions(*call, &self.model, asked),
            Request::Embeddings(asked) => embeddings::encode(*call, asked),
        }
    }

    fn converse(&self, _: &CallHead, asked: Conversation) -> Result<Encoded, Fault> {
        generate::converse(&self.model, asked)
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        match call.operation {
            Operation::Embeddings => Box::new(Plain::new(embeddings::read)),
            _ => generate::reader(*call),
        }
    }

    fn failure(&self, call: &CallHead, status: StatusCode, _: &HeaderMap, body: &[u8]) -> Failure {
        error::read(*call, status, body)
    }

    fn auth(&self) -> Option<Auth> {
        Some(Auth::Google(self.auth.clone()))
    }
}
