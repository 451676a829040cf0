//! Cohere, version 1 of its API: `/generate`, `/chat` and `/embed`.
//!
//! Source: spec, providers/cohere.md.

mod chat;
pub(crate) mod completions;
mod decoder;
mod embeddings;
mod usage;

use std::sync::Arc;

use http::{HeaderMap, StatusCode, Uri};
use serde_json::{Map, Value};
use tidegate_config::{ModelConfig, ProviderFields};
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::Decoder;
use tidegate_wire::frame::Framing;
use tidegate_wire::{Operation, Request};

use crate::provider::{
    CallHead, Encoded, Failure, ModelEdit, Native, Provider, ProviderSpec, Transport, UpstreamHead,
};
use crate::support::decode::Plain;
use crate::support::{auth, failure, field, url};

use decoder::{AnswerDecoder, Api};

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "cohere",
        aliases: &[],
        enum_name: "COHERE",
        config_required: true,
        fields: &[
            field::key("cohere_api_key", "Key of the Cohere API."),
            field::base("cohere_api_base", "https://api.cohere.ai/v1"),
        ],
        check: field::nothing_more,
    },
    display: "Cohere",
    operations: &Operation::ALL,
    streams: &[Operation::Chat, Operation::Completions],
    client_headers: &[],
    parameters: &[
        &chat::PARAMETERS,
        &completions::PARAMETERS,
        &embeddings::PARAMETERS,
    ],
    build: Some(build),
};

/// One model at Cohere.
struct Cohere {
    model: Option<String>,
    chat: Uri,
    generate: Uri,
    embed: Uri,
    headers: HeaderMap,
}

fn build(model: &ModelConfig) -> Result<Arc<dyn Provider>, String> {
    let settings = &model.settings;
    let base = settings.text("cohere_api_base").unwrap_or_default();
    Ok(Arc::new(Cohere {
        model: model.name.clone(),
        chat: url::join(base, &["chat"], &[])?,
        generate: url::join(base, &["generate"], &[])?,
        embed: url::join(base, &["embed"], &[])?,
        headers: auth::bearer(settings, "cohere_api_key")?,
    }))
}

impl Cohere {
    fn uri(&self, operation: Operation) -> &Uri {
        match operation {
            Operation::Chat => &self.chat,
            Operation::Completions => &self.generate,
            Operation::Embeddings => &self.embed,
        }
    }
}

impl Provider for Cohere {
    fn native(&self, _: Operation) -> Option<Native> {
        None
    }

    fn model_edit(&self) -> ModelEdit {
        ModelEdit::Remove
    }

    fn head(&self, call: &CallHead) -> UpstreamHead {
        UpstreamHead {
            transport: Transport::Http(self.uri(call.operation).clone()),
            headers: self.headers.clone(),
        }
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        let model = self.model.iter().cloned();
        let mut body: Map<String, Value> = model
            .map(|name| ("model".to_owned(), name.into()))
            .collect();
        body.extend(match request {
            Request::Chat(request) => chat::body(*call, request)?,
            Request::Completions(request) => completions::body(*call, request)?,
            Request::Embeddings(request) => embeddings::body(*call, request)?,
        });
        Ok(Encoded::json(body))
    }

    fn framing(&self, _: &CallHead) -> Framing {
        Framing::Lines
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        match call.operation {
            Operation::Chat => Box::new(AnswerDecoder::new(Api::Chat, call.faithful)),
            Operation::Completions => Box::new(completions::decoder(*call)),
            Operation::Embeddings => Box::new(Plain::new(embeddings::read)),
        }
    }

    fn failure(&self, _: &CallHead, status: StatusCode, _: &HeaderMap, body: &[u8]) -> Failure {
        failure::read(status, body)
    }

    fn describe_url(&self, operation: Operation) -> Option<String> {
        Some(self.uri(operation).to_string())
    }
}
