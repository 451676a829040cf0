//! The sandbox: a provider inside the process, for trying things without a key and for tests.
//!
//! It speaks the OpenAI API through the same pipeline as every other provider. Answers follow from the request alone;
//! delays and failures are set in the config.

mod answer;
mod config;
mod draft;
mod embedding;
mod stream;
mod tool;
mod words;

use std::sync::Arc;

use http::HeaderMap;

use tidegate_config::ProviderFields;
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::OpenAiDecoder;
use tidegate_wire::event::Decoder;
use tidegate_wire::{Operation, Request};

use crate::call::CallHead;
use crate::encoded::Encoded;
use crate::provider::{ModelEdit, Native, Provider, ProviderSpec, Transport, UpstreamHead};
use crate::support::openai;
use crate::support::temperature::Scale;

use config::Sandbox;

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "sandbox",
        aliases: &[],
        enum_name: "SANDBOX",
        config_required: false,
        fields: config::FIELDS,
        check: config::check,
    },
    display: "Sandbox",
    operations: &Operation::ALL,
    streams: &[Operation::Chat, Operation::Completions],
    client_headers: &[],
    parameters: &[],
    carriage: &[],
    quirks: &[],
    build: Some(|model| Ok(Arc::new(SandboxProvider(Arc::new(Sandbox::new(model)))))),
};

/// Temperatures are ignored; they run as OpenAI's.
const TEMPERATURE: Scale = Scale::to(2.0);

struct SandboxProvider(Arc<Sandbox>);

impl Provider for SandboxProvider {
    fn speaks(&self, _: Operation, native: Native) -> bool {
        native == Native::OpenAi
    }

    fn model_edit(&self, _: &CallHead) -> ModelEdit {
        openai::model_edit(Some(&self.0.model))
    }

    fn head(&self, _: &CallHead) -> UpstreamHead {
        UpstreamHead {
            transport: Transport::Local(self.0.clone()),
            headers: HeaderMap::new(),
        }
    }

    fn encode(&self, _: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        let mut body = openai::body(request, TEMPERATURE);
        body.insert("model".to_owned(), self.0.model.as_str().into());
        Ok(body.into())
    }

    fn decoder(&self, _: &CallHead) -> Box<dyn Decoder> {
        Box::new(OpenAiDecoder::default())
    }
}
