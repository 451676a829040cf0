//! The sandbox: a provider inside the process, for trying things without a key and for tests.
//!
//! It speaks the OpenAI API through the same pipeline as every other provider. Answers follow from the request alone;
//! delays and failures are set in the config.

mod answer;
mod config;
mod embedding;
mod stream;
mod tool;
mod words;

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tidegate_config::ProviderFields;
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::{OpenAiDecoder, chat_body, completions_body, embeddings_body};
use tidegate_wire::event::Decoder;
use tidegate_wire::{Operation, Request};

use crate::provider::{
    CallHead, Encoded, Failure, ModelEdit, Native, Provider, ProviderSpec, Transport, UpstreamHead,
};
use crate::support::failure;
use crate::support::field;
use crate::support::temperature::Scale;

use config::Sandbox;

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "sandbox",
        aliases: &[],
        enum_name: "SANDBOX",
        config_required: false,
        fields: config::FIELDS,
        check: field::nothing_more,
    },
    display: "Sandbox",
    operations: &Operation::ALL,
    streams: &[Operation::Chat, Operation::Completions],
    client_headers: &[],
    parameters: &[],
    build: Some(|model| Ok(Arc::new(SandboxProvider(Arc::new(Sandbox::new(model)))))),
};

/// Temperatures are ignored; they run as OpenAI's.
const TEMPERATURE: Scale = Scale::to(2.0);

struct SandboxProvider(Arc<Sandbox>);

impl Provider for SandboxProvider {
    fn native(&self, _: Operation) -> Option<Native> {
        Some(Native::OpenAi)
    }

    fn model_edit(&self) -> ModelEdit {
        ModelEdit::Replace(Bytes::from(serde_json::json!(self.0.model).to_string()))
    }

    fn head(&self, _: &CallHead) -> UpstreamHead {
        UpstreamHead {
            transport: Transport::Local(self.0.clone()),
            headers: HeaderMap::new(),
        }
    }

    fn encode(&self, _: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        let temperature = request
            .sampling()
            .and_then(|sampling| TEMPERATURE.apply(sampling.temperature.as_ref()));
        let mut body = match request {
            Request::Chat(chat) => chat_body(
                chat.messages.clone(),
                &chat.sampling,
                temperature,
                &chat.extra,
            ),
            Request::Completions(it) => {
                completions_body(it.prompt.clone(), &it.sampling, temperature, &it.extra)
            }
            Request::Embeddings(embeddings) => embeddings_body(embeddings),
        };
        body.insert("model".to_owned(), self.0.model.as_str().into());
        Ok(Encoded::json(body))
    }

    fn decoder(&self, _: &CallHead) -> Box<dyn Decoder> {
        Box::new(OpenAiDecoder::default())
    }

    fn failure(&self, _: &CallHead, status: StatusCode, _: &HeaderMap, body: &[u8]) -> Failure {
        failure::read(status, body)
    }

    fn describe_url(&self, _: Operation) -> Option<String> {
        None
    }
}
