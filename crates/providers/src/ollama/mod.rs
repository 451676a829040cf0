//! Ollama: its own API, or its twin of OpenAI's.
//!
//! Source: Ollama's API description and the types of its server, as sampled in November 2026, and recorded traffic.
//! Completions ask `/api/generate`, which fills the prompt into the model's template as chat would, and takes a suffix.

mod answer;
mod call;
mod chat;
mod embed;
mod generate;
mod logprobs;
mod messages;
mod think;
mod tools;

use std::borrow::Cow;
use std::sync::Arc;

use http::{HeaderMap, Uri};
use serde_json::{Map, Value};

use tidegate_config::{Field, FieldKind, ModelConfig, ProviderFields};
use tidegate_wire::conversation::Conversation;
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::conversation;
use tidegate_wire::event::Decoder;
use tidegate_wire::frame::Framing;
use tidegate_wire::{Operation, Request};

use crate::call::CallHead;
use crate::conversing;
use crate::encoded::Encoded;
use crate::provider::{ModelEdit, Native, Provider, ProviderSpec, UpstreamHead};
use crate::quirks::{self, Quirk, Quirks, Thoughts};
use crate::support::decode::Plain;
use crate::support::temperature::Scale;
use crate::support::url::Addresses;
use crate::support::{auth, field, openai, url};
use answer::AnswerDecoder;

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "ollama",
        aliases: &[],
        enum_name: "OLLAMA",
        config_required: false,
        fields: &[
            Field {
                name: "ollama_api_base",
                aliases: &["api_base"],
                kind: FieldKind::Url,
                required: false,
                default: Some("http://localhost:11434"),
                doc: "URL of the server. `/api` or `/v1` at its end is left out.",
            },
            Field {
                name: KEY,
                aliases: &["api_key"],
                kind: FieldKind::Secret,
                required: false,
                default: None,
                doc: "Key of a server that wants one, as ollama.com does.",
            },
            Field {
                name: "ollama_api",
                aliases: &[],
                kind: FieldKind::Choice(&[NATIVE, TWIN]),
                required: false,
                default: Some(NATIVE),
                doc: "Which API is asked: Ollama's own, or its twin of OpenAI's, to which `/v1` passes bytes as they are.",
            },
        ],
        check: field::nothing_more,
    },
    display: "Ollama",
    operations: &Operation::ALL,
    streams: &[Operation::Completions, Operation::Chat],
    client_headers: &[],
    parameters: &[],
    carriage: &[&chat::CARRIED, &generate::CARRIED, &embed::CARRIED],
    quirks: &[&TWIN_CHAT],
    build: Some(build),
};

/// What the twin's chat does not know.
static TWIN_CHAT: Quirks = Quirks {
    operation: Operation::Chat,
    members: Cow::Borrowed(&[
        ("max_completion_tokens", Quirk::As("max_tokens")),
        ("logit_bias", Quirk::Unknown),
        ("n", Quirk::Unknown),
        ("user", Quirk::Unknown),
    ]),
    no_developer: true,
    thoughts: Thoughts::Kept,
};

const KEY: &str = "ollama_api_key";
const NATIVE: &str = "native";
const TWIN: &str = "openai";

/// One model of one server.
struct Ollama {
    model: Option<String>,
    /// Where the paths of the API begin.
    base: Uri,
    /// True when OpenAI's dialect is spoken.
    is_twin: bool,
    addresses: Addresses,
    headers: HeaderMap,
}

fn build(model: &ModelConfig) -> Result<Arc<dyn Provider>, String> {
    let settings = &model.settings;
    let base = settings.text("ollama_api_base").unwrap_or_default();
    let root = url::without_last(base, &["api", "v1"])?;
    let root = root.as_deref().unwrap_or(base);
    let is_twin = settings.text("ollama_api") == Some(TWIN);
    let addresses = if is_twin {
        Addresses {
            completions: url::join(root, &["v1", "completions"], &[])?,
            chat: url::join(root, &["v1", "chat", "completions"], &[])?,
            embeddings: url::join(root, &["v1", "embeddings"], &[])?,
            responses: Some(url::join(root, &["v1", "responses"], &[])?),
        }
    } else {
        Addresses {
            completions: url::join(root, &["api", "generate"], &[])?,
            chat: url::join(root, &["api", "chat"], &[])?,
            embeddings: url::join(root, &["api", "embed"], &[])?,
            responses: None,
        }
    };
    let headers = match settings.secret(KEY) {
        Some(_) => auth::bearer(settings, KEY)?,
        None => HeaderMap::new(),
    };
    Ok(Arc::new(Ollama {
        model: model.name.clone(),
        base: url::base(root)?,
        is_twin,
        addresses,
        headers,
    }))
}

impl Ollama {
    /// Puts the model before all else.
    fn name_model(&self, encoded: &mut Encoded) {
        let mut body = openai::named(self.model.as_deref());
        body.append(&mut encoded.body);
        encoded.body = body;
    }
}

impl Provider for Ollama {
    fn speaks(&self, operation: Operation, native: Native) -> bool {
        match native {
            Native::OpenAi => self.is_twin,
            Native::Responses => self.addresses.speak_responses(operation),
            Native::Messages | Native::CountTokens => false,
        }
    }

    fn model_edit(&self, _: &CallHead) -> ModelEdit {
        openai::model_edit(self.model.as_deref())
    }

    fn needs_adapting(&self, call: &CallHead, body: &[u8]) -> bool {
        let table = quirks::find(SPEC.quirks, call.operation);
        call.native != Some(Native::Responses) && table.is_some_and(|table| table.concern(body))
    }

    fn adapt(
        &self,
        call: &CallHead,
        body: Map<String, Value>,
        _: &HeaderMap,
    ) -> Result<Encoded, Fault> {
        Ok(match quirks::find(SPEC.quirks, call.operation) {
            Some(table) => table.adapt(body, &self.model_edit(call)),
            None => body.into(),
        })
    }

    fn head(&self, call: &CallHead) -> UpstreamHead {
        UpstreamHead::http(self.addresses.of(*call), &self.headers)
    }

    fn base(&self) -> Option<UpstreamHead> {
        Some(UpstreamHead::http(&self.base, &self.headers))
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        let mut encoded: Encoded = match request {
            request if self.is_twin => openai::body(request, Scale::SAME).into(),
            Request::Chat(request) => return self.converse(call, conversation(request)?),
            Request::Completions(request) => generate::body(*call, request)?,
            Request::Embeddings(request) => embed::body(*call, request)?,
        };
        self.name_model(&mut encoded);
        Ok(encoded)
    }

    fn converse(&self, call: &CallHead, asked: Conversation) -> Result<Encoded, Fault> {
        if self.is_twin {
            return conversing::in_openai_words(self, *call, asked);
        }
        let mut encoded = chat::body(*call, asked)?;
        self.name_model(&mut encoded);
        Ok(encoded)
    }

    fn framing(&self, _: &CallHead) -> Framing {
        if self.is_twin {
            Framing::Sse
        } else {
            Framing::Lines
        }
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        match call.operation {
            _ if self.is_twin => crate::openai::decoder(*call),
            Operation::Embeddings => Box::new(Plain::new(embed::read)),
            Operation::Chat | Operation::Completions => Box::new(AnswerDecoder::default()),
        }
    }
}
