//! Cohere. MLflow's doors and all completions ask version 1 of its API (`/generate`, `/chat`, `/embed`), others version 2.
//!
//! Source: spec, providers/cohere.md, for version 1; version 2 has its own module.

mod chat;
pub(crate) mod completions;
pub(crate) mod decoder;
mod embeddings;
mod failure;
mod usage;
mod v2;

use std::sync::Arc;

use http::{HeaderMap, StatusCode, Uri};

use tidegate_config::{Field, FieldKind, ModelConfig, ProviderFields};
use tidegate_wire::conversation::Conversation;
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::conversation;
use tidegate_wire::event::Decoder;
use tidegate_wire::frame::Framing;
use tidegate_wire::{Operation, Request};

use crate::call::CallHead;
use crate::encoded::Encoded;
use crate::failure::Failure;
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
            Field {
                name: "cohere_api_base",
                aliases: &[],
                kind: FieldKind::Url,
                required: false,
                default: Some("https://api.cohere.ai/v1"),
                doc: "Base URL of the API. Its version is replaced where the other one is called.",
            },
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
    carriage: &[&v2::CHAT, &v2::EMBEDDINGS],
    quirks: &[],
    build: Some(build),
};

/// One model at Cohere.
struct Cohere {
    model: Option<String>,
    /// Where the paths of the API begin.
    base: Uri,
    /// Addresses of version 1.
    older: Addresses,
    /// Addresses of version 2, which has no completions.
    newer: Addresses,
    headers: HeaderMap,
}

fn build(model: &ModelConfig) -> Result<Arc<dyn Provider>, String> {
    let settings = &model.settings;
    let base = settings.text("cohere_api_base").unwrap_or_default();
    let root = url::without_last(base, &["v1", "v2"])?;
    let root = root.as_deref().unwrap_or(base);
    // A base without a version is taken as it is for version 1, as in MLflow.
    let names_second = url::without_last(base, &["v2"])?.is_some();
    let first = |operation: &str| {
        if names_second {
            url::join(root, &["v1", operation], &[])
        } else {
            url::join(base, &[operation], &[])
        }
    };
    let second = |operation: &str| url::join(root, &["v2", operation], &[]);
    Ok(Arc::new(Cohere {
        model: model.name.clone(),
        base: url::base(base)?,
        older: Addresses {
            completions: first("generate")?,
            chat: first("chat")?,
            embeddings: first("embed")?,
            responses: None,
        },
        newer: Addresses {
            completions: first("generate")?,
            chat: second("chat")?,
            embeddings: second("embed")?,
            responses: None,
        },
        headers: auth::bearer(settings, "cohere_api_key")?,
    }))
}

/// True for calls of version 2.
fn is_newer(call: CallHead) -> bool {
    call.faithful && call.operation != Operation::Completions
}

impl Cohere {
    /// Puts the model before all else.
    fn name_model(&self, encoded: &mut Encoded) {
        let mut body = openai::named(self.model.as_deref());
        body.append(&mut encoded.body);
        encoded.body = body;
    }
}

impl Provider for Cohere {
    fn head(&self, call: &CallHead) -> UpstreamHead {
        let addresses = if is_newer(*call) {
            &self.newer
        } else {
            &self.older
        };
        UpstreamHead::http(addresses.of(*call), &self.headers)
    }

    fn base(&self) -> Option<UpstreamHead> {
        Some(UpstreamHead::http(&self.base, &self.headers))
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        let mut encoded: Encoded = match request {
            Request::Chat(request) if is_newer(*call) => {
                return self.converse(call, conversation(request)?);
            }
            Request::Embeddings(request) if is_newer(*call) => v2::embed(*call, request)?,
            Request::Chat(request) => chat::body(*call, request)?.into(),
            Request::Completions(asked) => {
                let body = completions::body(&completions::PARAMETERS, *call, asked)?;
                Encoded::of_older_api(*call, request, body, &[])
            }
            Request::Embeddings(request) => embeddings::body(*call, request)?.into(),
        };
        self.name_model(&mut encoded);
        Ok(encoded)
    }

    /// Asks version 2 of the API: other doors than MLflow's have conversations.
    fn converse(&self, _: &CallHead, asked: Conversation) -> Result<Encoded, Fault> {
        let mut encoded = v2::chat(asked)?;
        self.name_model(&mut encoded);
        Ok(encoded)
    }

    fn framing(&self, call: &CallHead) -> Framing {
        if is_newer(*call) {
            Framing::Sse
        } else {
            Framing::Lines
        }
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        match call.operation {
            Operation::Chat if is_newer(*call) => Box::new(v2::ChatDecoder::default()),
            Operation::Chat => Box::new(AnswerDecoder::new(Api::Chat, false)),
            Operation::Completions => Box::new(AnswerDecoder::new(Api::Generate, call.faithful)),
            Operation::Embeddings if is_newer(*call) => Box::new(Plain::new(v2::vectors)),
            Operation::Embeddings => Box::new(Plain::new(embeddings::read)),
        }
    }

    fn failure(&self, call: &CallHead, status: StatusCode, _: &HeaderMap, body: &[u8]) -> Failure {
        if is_newer(*call) {
            failure::read(status, body)
        } else {
            crate::failure::read(status, body)
        }
    }
}
