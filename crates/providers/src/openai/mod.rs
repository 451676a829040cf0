//! OpenAI, and the API types `azure` and `azuread` of the same config block.
//!
//! Source: the seed documents and OpenAI's API reference, as sampled in November 2026. Completions go to
//! `/chat/completions` with one user message (decision D17), except for models that only complete.

mod azuread;
mod config;
mod models;
mod request;

use std::sync::Arc;

use http::{HeaderMap, StatusCode, Uri};
use tidegate_config::{ModelConfig, ProviderFields};
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::OpenAiDecoder;
use tidegate_wire::event::Decoder;
use tidegate_wire::{Operation, Request};

use crate::auth::Auth;
use crate::provider::{
    CallHead, Encoded, Failure, ModelEdit, Native, Provider, ProviderSpec, Transport, UpstreamHead,
};
use crate::support::failure;

pub(crate) use config::{ApiType, FIELDS, check_as, prepare};

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "openai",
        aliases: &[],
        enum_name: "OPENAI",
        config_required: true,
        fields: FIELDS,
        check: |model, _| check_as(model, None),
    },
    display: "OpenAI",
    operations: &Operation::ALL,
    streams: &[Operation::Chat, Operation::Completions],
    client_headers: CLIENT_HEADERS,
    parameters: &[],
    build: Some(|model| build_as(model, None)),
};

/// Headers of OpenAI's own API that its clients send.
pub(crate) const CLIENT_HEADERS: &[&str] = &["openai-beta", "openai-project"];

/// Builds a target; `preset` is the API type that the provider's name implies.
pub(crate) fn build_as(
    model: &ModelConfig,
    preset: Option<ApiType>,
) -> Result<Arc<dyn Provider>, String> {
    Ok(Arc::new(prepare(model, preset)?))
}

/// One model at OpenAI or Azure, ready to be called.
pub(crate) struct OpenAi {
    model: Option<String>,
    model_edit: ModelEdit,
    /// True when completions go to `/completions`.
    native_completions: bool,
    headers: HeaderMap,
    auth: Option<Auth>,
    chat: Uri,
    completions: Uri,
    embeddings: Uri,
}

impl OpenAi {
    fn uri(&self, operation: Operation) -> &Uri {
        match operation {
            Operation::Completions if self.native_completions => &self.completions,
            Operation::Chat | Operation::Completions => &self.chat,
            Operation::Embeddings => &self.embeddings,
        }
    }
}

impl Provider for OpenAi {
    fn native(&self, operation: Operation) -> Option<Native> {
        let translated = operation == Operation::Completions && !self.native_completions;
        (!translated).then_some(Native::OpenAi)
    }

    fn model_edit(&self) -> ModelEdit {
        self.model_edit.clone()
    }

    fn head(&self, call: &CallHead) -> UpstreamHead {
        UpstreamHead {
            transport: Transport::Http(self.uri(call.operation).clone()),
            headers: self.headers.clone(),
        }
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        let named = self.model_edit != ModelEdit::Remove;
        let model = named.then(|| self.model.as_deref().into());
        request::encode(*call, request, model, self.native_completions)
    }

    fn decoder(&self, _: &CallHead) -> Box<dyn Decoder> {
        Box::new(OpenAiDecoder::default())
    }

    fn failure(&self, _: &CallHead, status: StatusCode, _: &HeaderMap, body: &[u8]) -> Failure {
        failure::read(status, body)
    }

    fn describe_url(&self, operation: Operation) -> Option<String> {
        Some(self.uri(operation).to_string())
    }

    fn auth(&self) -> Option<Auth> {
        self.auth.clone()
    }
}
