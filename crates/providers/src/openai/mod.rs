//! OpenAI, and the API types `azure` and `azuread` of the same config block.
//!
//! Source: the seed documents and OpenAI's API reference, as sampled in November 2026. Completions go to
//! `/chat/completions` with one user message (decision D17), except for models that only complete.

mod azuread;
mod config;
mod models;
mod request;
mod responses;
mod strict;
mod told;

use std::sync::Arc;

use http::{HeaderMap, Uri};

use tidegate_config::{ModelConfig, ProviderFields};
use tidegate_wire::conversation::Conversation;
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::OpenAiDecoder;
use tidegate_wire::event::Decoder;
use tidegate_wire::{Operation, Request, Translation};

use crate::auth::Auth;
use crate::call::CallHead;
use crate::carriage::Carriage;
use crate::conversing::{self, Known};
use crate::encoded::Encoded;
use crate::provider::{Build, ModelEdit, Native, Provider, ProviderSpec, UpstreamHead};
use crate::support::paring;
use crate::support::url::Addresses;
use responses::{ResponsesDecoder, ResponsesModel};

pub(crate) use config::{ApiType, FIELDS, check_as, prepare};
pub(crate) use request::as_chat;

/// Returns the reader of an answer in the API that a call is made in; translated calls are chats.
pub(crate) fn decoder(call: CallHead) -> Box<dyn Decoder> {
    match call.native {
        Some(Native::Responses) => Box::new(ResponsesDecoder::new(call.faithful)),
        _ => Box::new(OpenAiDecoder::default()),
    }
}

pub(crate) static SPEC: ProviderSpec = row(
    &ProviderFields {
        name: "openai",
        aliases: &[],
        enum_name: "OPENAI",
        config_required: true,
        fields: FIELDS,
        check: |model, _| check_as(model, None),
    },
    |model| build_as(model, None),
);

/// What becomes of chats that are translated.
static CARRIAGE: &[&Carriage] = &[&responses::CARRIED];

/// The row of one of this provider's names.
pub(crate) const fn row(fields: &'static ProviderFields, build: Build) -> ProviderSpec {
    ProviderSpec {
        fields,
        display: "OpenAI",
        operations: &Operation::ALL,
        streams: &[Operation::Chat, Operation::Completions],
        client_headers: &["openai-beta", "openai-project"],
        parameters: &[],
        carriage: CARRIAGE,
        quirks: &[],
        build: Some(build),
    }
}

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
    /// Azure's address names the deployment: there the body carries no model.
    model_edit: ModelEdit,
    /// The model in bodies of the Responses API; at Azure the deployment.
    responses_model: ModelEdit,
    /// True when completions go to `/completions`.
    native_completions: bool,
    /// The model in bodies of the Responses API, if chats go there.
    responses: Option<ResponsesModel>,
    headers: HeaderMap,
    /// Where the paths of the API begin.
    base: Uri,
    auth: Option<Auth>,
    addresses: Addresses,
}

impl OpenAi {
    /// Returns the model if a call is a chat of the Responses API.
    fn responds(&self, operation: Operation) -> Option<&ResponsesModel> {
        let chats = match operation {
            Operation::Chat => true,
            Operation::Completions => !self.native_completions,
            Operation::Embeddings => false,
        };
        self.responses.as_ref().filter(|_| chats)
    }
}

impl Provider for OpenAi {
    fn speaks(&self, operation: Operation, native: Native) -> bool {
        match native {
            Native::OpenAi => {
                let translated = operation == Operation::Completions && !self.native_completions;
                !translated && self.responds(operation).is_none()
            }
            Native::Responses => self.addresses.speak_responses(operation),
            Native::Messages | Native::CountTokens => false,
        }
    }

    fn model_edit(&self, call: &CallHead) -> ModelEdit {
        let edit = match call.native {
            Some(Native::Responses) => &self.responses_model,
            _ => &self.model_edit,
        };
        edit.clone()
    }

    fn head(&self, call: &CallHead) -> UpstreamHead {
        UpstreamHead::http(self.addresses.of(*call), &self.headers)
    }

    fn base(&self) -> Option<UpstreamHead> {
        Some(UpstreamHead::http(&self.base, &self.headers))
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        if let Some(model) = self.responds(call.operation) {
            return responses::encode(*call, request, model);
        }
        let named = self.model_edit != ModelEdit::Remove;
        let model = named.then(|| self.model.as_deref().into());
        let body = request::encode(*call, request, model, self.native_completions)?;
        Ok(match request {
            Request::Completions(_) if !self.native_completions => {
                Encoded::of_older_api(*call, request, body, &[])
            }
            _ => body.into(),
        })
    }

    fn known(&self) -> &Known {
        &told::KNOWN
    }

    fn converse(&self, call: &CallHead, mut asked: Conversation) -> Result<Encoded, Fault> {
        let mut report = Translation::default();
        told::pare(self.model.as_deref(), &mut asked, &mut report);
        let mut encoded = if let Some(model) = self.responds(call.operation) {
            paring::members(&mut asked, &told::KNOWN, &mut report);
            paring::prefill(&asked, &mut report);
            responses::converse(*call, &asked, model)?
        } else {
            told::limit(self.model.as_deref(), &mut asked);
            conversing::in_openai_words(self, *call, asked)?
        };
        report.add(std::mem::take(&mut encoded.report));
        encoded.report = report;
        Ok(encoded)
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        match self.responds(call.operation) {
            Some(_) => Box::new(ResponsesDecoder::new(call.faithful)),
            None => decoder(*call),
        }
    }

    fn auth(&self) -> Option<Auth> {
        self.auth.clone()
    }
}
