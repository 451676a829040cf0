//! Claude: bodies and answers are those of Anthropic's Messages API, but the model stands in the address and the version in
//! the body.
//!
//! Source: Anthropic's page "Claude on Vertex AI", and Google's "Count tokens for Claude models", as sampled in November
//! 2026.

use std::sync::Arc;

use http::{HeaderMap, StatusCode, Uri};
use serde_json::{Map, Value};
use tidegate_wire::conversation::Conversation;
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::anthropic::refuse_threads;
use tidegate_wire::dialect::openai::conversation;
use tidegate_wire::event::Decoder;
use tidegate_wire::{ChatRequest, Operation, Request};

use super::address::Place;
use crate::anthropic::{MessagesDecoder, chat};
use crate::auth::{Auth, GoogleAuth};
use crate::call::CallHead;
use crate::encoded::Encoded;
use crate::failure::Failure;
use crate::gemini::error;
use crate::provider::{ModelEdit, Native, Provider, UpstreamHead};
use crate::support::fault::{at_the_door, not_served};
use crate::support::openai;
use crate::support::temperature::Scale;

/// How names of Claude's models begin.
pub(super) const NAME: &str = "claude-";

/// Who publishes it.
pub(super) const PUBLISHER: &str = "anthropic";

/// What stands in place of a model's name where tokens are counted; the body names the model there.
const COUNT_TOKENS: &str = "count-tokens";

/// The member that names the version.
const VERSION_MEMBER: &str = "anthropic_version";

/// The version of the Messages API that Vertex AI serves.
const VERSION: &str = "vertex-2023-10-16";

/// Claude's temperatures run from 0 to 1.
const SCALE: Scale = Scale::to(1.0);

/// One model of Claude on Vertex AI.
struct Claude {
    model: String,
    /// Where the paths of the API begin.
    base: Uri,
    predict: Uri,
    stream: Uri,
    count_tokens: Uri,
    auth: GoogleAuth,
}

/// Builds a model at its place.
pub(super) fn build(place: &Place<'_>, auth: GoogleAuth) -> Result<Arc<dyn Provider>, String> {
    let counting = Place {
        model: COUNT_TOKENS,
        ..*place
    };
    Ok(Arc::new(Claude {
        model: place.model.to_owned(),
        base: place.root()?,
        predict: place.method("rawPredict", &[])?,
        stream: place.method("streamRawPredict", &[])?,
        count_tokens: counting.method("rawPredict", &[])?,
        auth,
    }))
}

/// True for a member that the address or the gateway tells in the client's place.
fn is_of_envelope(name: &str) -> bool {
    name == "model" || name == VERSION_MEMBER
}

/// Brings a temperature of MLflow's doors to Claude's range. Their default gives way to the model's own.
fn scaled(request: &ChatRequest) -> ChatRequest {
    let mut scaled = request.clone();
    let given = scaled.sampling.temperature.take().filter(|it| it.sent);
    let number = SCALE.apply(given.as_ref());
    scaled.sampling.temperature = given.zip(number).map(|(mut given, number)| {
        given.value = number;
        given
    });
    scaled
}

impl Provider for Claude {
    fn speaks(&self, operation: Operation, native: Native) -> bool {
        let messages = matches!(native, Native::Messages | Native::CountTokens);
        operation == Operation::Chat && messages
    }

    /// Only where tokens are counted does a body pass as it is.
    fn model_edit(&self, _: &CallHead) -> ModelEdit {
        openai::model_edit(Some(&self.model))
    }

    fn needs_adapting(&self, call: &CallHead, _: &[u8]) -> bool {
        call.native == Some(Native::Messages)
    }

    fn adapt(
        &self,
        _: &CallHead,
        body: Map<String, Value>,
        _: &HeaderMap,
    ) -> Result<Encoded, Fault> {
        refuse_threads(&body)?;
        let version = (VERSION_MEMBER.to_owned(), Value::from(VERSION));
        let others = body.into_iter().filter(|(name, _)| !is_of_envelope(name));
        let adapted: Map<_, _> = std::iter::once(version).chain(others).collect();
        Ok(adapted.into())
    }

    fn head(&self, call: &CallHead) -> UpstreamHead {
        let uri = match (call.native, call.streams) {
            (Some(Native::CountTokens), _) => &self.count_tokens,
            (_, true) => &self.stream,
            (_, false) => &self.predict,
        };
        UpstreamHead::http(uri, &HeaderMap::new())
    }

    fn base(&self) -> Option<UpstreamHead> {
        Some(UpstreamHead::http(&self.base, &HeaderMap::new()))
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        let Request::Chat(request) = request else {
            return Err(not_served(call.operation));
        };
        let asked = if call.faithful {
            conversation(request)
        } else {
            conversation(&scaled(request))
        };
        let encoded = asked.and_then(|asked| self.converse(call, asked));
        encoded.map_err(|fault| at_the_door(*call, fault))
    }

    fn converse(&self, _: &CallHead, asked: Conversation) -> Result<Encoded, Fault> {
        let mut encoded = chat::body(asked, Some(&self.model))?;
        let version = (VERSION_MEMBER.to_owned(), VERSION.into());
        encoded.body.extend([version]);
        Ok(encoded)
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        Box::new(MessagesDecoder::new(call.faithful))
    }

    fn failure(&self, call: &CallHead, status: StatusCode, _: &HeaderMap, body: &[u8]) -> Failure {
        error::read(*call, status, body)
    }

    fn auth(&self) -> Option<Auth> {
        Some(Auth::Google(self.auth.clone()))
    }
}
