//! Claude: bodies and answers are those of Anthropic's Messages API, but the model stands in the address and the version in
//! the body.
//!
//! Source: Anthropic's page "Claude on Vertex AI", as sampled in November 2026.

use std::sync::Arc;

use http::{HeaderMap, StatusCode, Uri};
use tidegate_wire::conversation::Conversation;
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::conversation;
use tidegate_wire::event::Decoder;
use tidegate_wire::{ChatRequest, Request};

use super::address::Place;
use crate::anthropic::{MessagesDecoder, chat};
use crate::auth::{Auth, GoogleAuth};
use crate::call::CallHead;
use crate::encoded::Encoded;
use crate::failure::Failure;
use crate::gemini::error;
use crate::provider::{Provider, UpstreamHead};
use crate::support::fault::{at_the_door, not_served};
use crate::support::temperature::Scale;

/// How names of Claude's models begin.
pub(super) const NAME: &str = "claude-";

/// Who publishes it.
pub(super) const PUBLISHER: &str = "anthropic";

/// The version of the Messages API that Vertex AI serves.
const VERSION: &str = "vertex-2023-10-16";

/// Claude's temperatures run from 0 to 1.
const SCALE: Scale = Scale::to(1.0);

/// One model of Claude on Vertex AI.
struct Claude {
    model: String,
    predict: Uri,
    stream: Uri,
    auth: GoogleAuth,
}

/// Builds a model at its place.
pub(super) fn build(place: &Place<'_>, auth: GoogleAuth) -> Result<Arc<dyn Provider>, String> {
    Ok(Arc::new(Claude {
        model: place.model.to_owned(),
        predict: place.method("rawPredict", &[])?,
        stream: place.method("streamRawPredict", &[])?,
        auth,
    }))
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
    fn head(&self, call: &CallHead) -> UpstreamHead {
        let uri = if call.streams {
            &self.stream
        } else {
            &self.predict
        };
        UpstreamHead::http(uri, &HeaderMap::new())
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
        let version = ("anthropic_version".to_owned(), VERSION.into());
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
