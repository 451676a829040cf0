//! PaLM: Google's API before Gemini. The service is shut down; it is kept for those who speak its API elsewhere.
//!
//! Source: spec, providers/palm.md. The model stands in the address only.

mod answer;
mod request;

use std::sync::Arc;

use http::{HeaderMap, HeaderName, Uri};

use tidegate_config::{ModelConfig, ProviderFields};
use tidegate_wire::conversation::Conversation;
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::Decoder;
use tidegate_wire::{Operation, Request};

use crate::call::CallHead;
use crate::conversing;
use crate::encoded::Encoded;
use crate::provider::{Provider, ProviderSpec, UpstreamHead};
use crate::support::decode::Plain;
use crate::support::url::Addresses;
use crate::support::{auth, embeddings, field, url};

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "palm",
        aliases: &[],
        enum_name: "PALM",
        config_required: true,
        fields: &[
            field::key("palm_api_key", "Key of the PaLM API."),
            field::base(
                "palm_api_base",
                "https://generativelanguage.googleapis.com/v1beta3/models",
            ),
        ],
        check: field::name_in_address,
    },
    display: "PaLM",
    operations: &Operation::ALL,
    streams: &[],
    client_headers: &[],
    parameters: &[&request::COMPLETIONS, &request::CHAT, &request::EMBEDDINGS],
    carriage: &[],
    quirks: &[],
    build: Some(build),
};

/// One model of PaLM.
struct Palm {
    /// Where the paths of the API begin.
    base: Uri,
    addresses: Addresses,
    headers: HeaderMap,
}

fn build(model: &ModelConfig) -> Result<Arc<dyn Provider>, String> {
    let settings = &model.settings;
    let base = settings.text("palm_api_base").unwrap_or_default();
    let name = url::model(model)?;
    let method = |method: &str| url::join(base, &[&format!("{name}:{method}")], &[]);
    let key = HeaderName::from_static("x-goog-api-key");
    Ok(Arc::new(Palm {
        base: url::base(base)?,
        addresses: Addresses {
            completions: method("generateText")?,
            chat: method("generateMessage")?,
            embeddings: method("batchEmbedText")?,
            responses: None,
        },
        headers: auth::with_key(settings, "palm_api_key", key, "")?,
    }))
}

impl Provider for Palm {
    fn head(&self, call: &CallHead) -> UpstreamHead {
        UpstreamHead::http(self.addresses.of(*call), &self.headers)
    }

    fn base(&self) -> Option<UpstreamHead> {
        Some(UpstreamHead::http(&self.base, &self.headers))
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        let body = match request {
            Request::Chat(chat) => request::chat(*call, chat)?,
            Request::Completions(completions) => request::completions(*call, completions)?,
            Request::Embeddings(asked) => {
                embeddings::body(&request::EMBEDDINGS, "texts", *call, asked)?
            }
        };
        Ok(Encoded::of_older_api(*call, request, body, &[]))
    }

    /// The API knows no limit of tokens, which some dialects always ask for.
    fn converse(&self, call: &CallHead, mut asked: Conversation) -> Result<Encoded, Fault> {
        let limit = asked.members.shift_remove("max_tokens");
        let mut encoded = conversing::in_openai_words(self, *call, asked)?;
        if limit.is_some() {
            encoded.report.dropped("max_tokens");
        }
        Ok(encoded)
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        Box::new(Plain::new(match call.operation {
            Operation::Embeddings => answer::read_vectors,
            _ if call.faithful => answer::read_texts,
            _ => answer::read,
        }))
    }
}
