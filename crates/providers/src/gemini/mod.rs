//! Gemini: the API `generateContent`, and embeddings.
//!
//! Source: Gemini's API reference (<https://ai.google.dev/api>), as sampled in November 2026. The model stands in the address.

mod embeddings;
pub(crate) mod error;
pub(crate) mod generate;

use std::sync::Arc;

use http::{HeaderMap, HeaderName, StatusCode, Uri};
use tidegate_config::{ModelConfig, ProviderFields};
use tidegate_wire::conversation::Conversation;
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::Decoder;
use tidegate_wire::{Operation, Request};

use crate::call::CallHead;
use crate::encoded::Encoded;
use crate::failure::Failure;
use crate::provider::{Provider, ProviderSpec, UpstreamHead};
use crate::support::decode::Plain;
use crate::support::{auth, field, url};
use generate::Model;

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "gemini",
        aliases: &[],
        enum_name: "GEMINI",
        config_required: true,
        fields: &[
            field::key("gemini_api_key", "Key of the Gemini API."),
            field::base(
                "gemini_api_base",
                "https://generativelanguage.googleapis.com/v1beta/models",
            ),
        ],
        check: field::name_in_address,
    },
    display: "Gemini",
    operations: &Operation::ALL,
    streams: &[Operation::Chat, Operation::Completions],
    client_headers: &[],
    parameters: &[&generate::CHAT, &generate::COMPLETIONS],
    carriage: &[&generate::CHAT_CARRIED, &embeddings::CARRIED],
    quirks: &[],
    build: Some(build),
};

/// One model of Gemini.
struct Gemini {
    name: String,
    /// Where the paths of the API begin.
    base: Uri,
    model: Model,
    addresses: Addresses,
    headers: HeaderMap,
}

/// The model's methods.
struct Addresses {
    generate: Uri,
    stream: Uri,
    embed: Uri,
    embed_several: Uri,
}

fn build(model: &ModelConfig) -> Result<Arc<dyn Provider>, String> {
    let settings = &model.settings;
    let base = settings.text("gemini_api_base").unwrap_or_default();
    let name = url::model(model)?;
    let name = name.strip_prefix(MODELS).unwrap_or(name);
    let method = |method: &str, query: &[(&str, &str)]| address(base, name, method, query);
    let key = HeaderName::from_static("x-goog-api-key");
    Ok(Arc::new(Gemini {
        name: name.to_owned(),
        base: url::base(base)?,
        model: Model::named(name),
        addresses: Addresses {
            generate: method("generateContent", &[])?,
            stream: method("streamGenerateContent", &[("alt", "sse")])?,
            embed: method("embedContent", &[])?,
            embed_several: method("batchEmbedContents", &[])?,
        },
        headers: auth::with_key(settings, "gemini_api_key", key, "")?,
    }))
}

/// How full names of models begin.
const MODELS: &str = "models/";

/// Returns a method's address. The base may end before `models`, as Google's own libraries write it.
fn address(base: &str, name: &str, method: &str, query: &[(&str, &str)]) -> Result<Uri, String> {
    let path = base.split('?').next().unwrap_or_default();
    let ends_in_models = path.trim_end_matches('/').ends_with("/models");
    let method = format!("{name}:{method}");
    if ends_in_models {
        url::join(base, &[&method], query)
    } else {
        url::join(base, &["models", &method], query)
    }
}

impl Provider for Gemini {
    fn head(&self, call: &CallHead) -> UpstreamHead {
        let addresses = &self.addresses;
        let uri = match (call.operation, call.streams) {
            (Operation::Embeddings, _) if call.lone_text => &addresses.embed,
            (Operation::Embeddings, _) => &addresses.embed_several,
            (_, false) => &addresses.generate,
            (_, true) => &addresses.stream,
        };
        UpstreamHead::http(uri, &self.headers)
    }

    fn base(&self) -> Option<UpstreamHead> {
        Some(UpstreamHead::http(&self.base, &self.headers))
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        match request {
            Request::Chat(chat) => generate::chat(*call, &self.model, chat),
            Request::Completions(asked) => generate::completions(*call, &self.model, asked),
            Request::Embeddings(asked) => embeddings::encode(*call, &self.name, asked),
        }
    }

    fn converse(&self, _: &CallHead, asked: Conversation) -> Result<Encoded, Fault> {
        generate::converse(&self.model, asked)
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        match call.operation {
            Operation::Embeddings => Box::new(Plain::new(embeddings::read)),
            _ => generate::reader(*call),
        }
    }

    fn failure(&self, call: &CallHead, status: StatusCode, _: &HeaderMap, body: &[u8]) -> Failure {
        error::read(*call, status, body)
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn models_stand_below_models() {
        let want = "https://h/v1beta/models/m:generateContent";
        for base in [
            "https://h/v1beta/models",
            "https://h/v1beta/models/",
            "https://h/v1beta",
            "https://h/v1beta/",
        ] {
            let found = address(base, "m", "generateContent", &[]).unwrap();
            assert_eq!(found.to_string(), want);
        }
        let found = address("https://h/v1/models?a=b", "m", "s", &[("alt", "sse")]).unwrap();
        assert_eq!(found.to_string(), "https://h/v1/models/m:s?a=b&alt=sse");
    }
}
