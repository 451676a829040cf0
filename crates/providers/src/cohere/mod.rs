//! Cohere, version 1 of its API: `/generate`, `/chat` and `/embed`.
//!
//! Source: spec, providers/cohere.md.

mod chat;
pub(crate) mod completions;
pub(crate) mod decoder;
mod embeddings;
mod usage;

use std::sync::Arc;

use http::HeaderMap;

use tidegate_config::{ModelConfig, ProviderFields};
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::Decoder;
use tidegate_wire::frame::Framing;
use tidegate_wire::{Operation, Request};

use crate::call::CallHead;
use crate::encoded::Encoded;
use crate::provider::{Provider, ProviderSpec, UpstreamHead};
use crate::support::decode::Plain;
use crate::support::url::Addresses;
use crate::support::{auth, field, openai, url};
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
    carriage: &[],
    quirks: &[],
    build: Some(build),
};

/// One model at Cohere.
struct Cohere {
    model: Option<String>,
    addresses: Addresses,
    headers: HeaderMap,
}

fn build(model: &ModelConfig) -> Result<Arc<dyn Provider>, String> {
    let settings = &model.settings;
    let base = settings.text("cohere_api_base").unwrap_or_default();
    Ok(Arc::new(Cohere {
        model: model.name.clone(),
        addresses: Addresses {
            completions: url::join(base, &["generate"], &[])?,
            chat: url::join(base, &["chat"], &[])?,
            embeddings: url::join(base, &["embed"], &[])?,
        },
        headers: auth::bearer(settings, "cohere_api_key")?,
    }))
}

impl Provider for Cohere {
    fn head(&self, call: &CallHead) -> UpstreamHead {
        UpstreamHead::http(self.addresses.of(call.operation), &self.headers)
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        let mut body = openai::named(self.model.as_deref());
        body.extend(match request {
            Request::Chat(request) => chat::body(*call, request)?,
            Request::Completions(request) => {
                completions::body(&completions::PARAMETERS, *call, request)?
            }
            Request::Embeddings(request) => embeddings::body(*call, request)?,
        });
        Ok(body.into())
    }

    fn framing(&self, _: &CallHead) -> Framing {
        Framing::Lines
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        match call.operation {
            Operation::Chat => Box::new(AnswerDecoder::new(Api::Chat, call.faithful)),
            Operation::Completions => Box::new(AnswerDecoder::new(Api::Generate, call.faithful)),
            Operation::Embeddings => Box::new(Plain::new(embeddings::read)),
        }
    }
}
