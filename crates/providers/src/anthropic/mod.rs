//! Anthropic: the Messages API, and the legacy text completions.
//!
//! Source: spec, providers/anthropic.md; Anthropic's API reference, as sampled in November 2026.

pub(crate) mod chat;
pub(crate) mod complete;
mod error;
mod messages;
mod sampling;

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use serde_json::Value;
use tidegate_config::{Field, FieldKind, ModelConfig, ProviderFields};
use tidegate_wire::conversation::Conversation;
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::conversation;
use tidegate_wire::event::Decoder;
use tidegate_wire::{Operation, Request, Words};

use crate::call::CallHead;
use crate::encoded::Encoded;
use crate::provider::{ModelEdit, Native, Provider, ProviderSpec, UpstreamHead};
use crate::support::{auth, fault, field, openai, url};
use complete::{COMPLETIONS, CompleteDecoder};
use messages::CHAT;

pub(crate) use messages::MessagesDecoder;

/// The version of the API that is spoken unless the config names another.
const VERSION: &str = "2023-06-01";

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "anthropic",
        aliases: &[],
        enum_name: "ANTHROPIC",
        config_required: true,
        fields: &[
            field::key("anthropic_api_key", "Key of the Anthropic API."),
            field::base("anthropic_api_base", "https://api.anthropic.com/v1"),
            Field {
                name: "anthropic_version",
                aliases: &[],
                kind: FieldKind::Text,
                required: false,
                default: Some(VERSION),
                doc: "Value of the `anthropic-version` header.",
            },
        ],
        check: field::nothing_more,
    },
    display: "Anthropic",
    operations: &[Operation::Completions, Operation::Chat],
    streams: &[Operation::Completions, Operation::Chat],
    client_headers: &["anthropic-beta"],
    parameters: &[&COMPLETIONS, &CHAT],
    carriage: &[&chat::CARRIED],
    quirks: &[],
    build: Some(build),
};

/// One model at Anthropic.
struct Anthropic {
    model: Option<String>,
    /// Where the paths of the API begin.
    base: Uri,
    complete: Uri,
    messages: Uri,
    count_tokens: Uri,
    headers: HeaderMap,
    /// The headers without a version, as MLflow 2.8 sent them; `None` where the config names a version.
    versionless: Option<HeaderMap>,
}

fn build(model: &ModelConfig) -> Result<Arc<dyn Provider>, String> {
    let settings = &model.settings;
    let base = settings.text("anthropic_api_base").unwrap_or_default();
    let version = settings.text("anthropic_version").unwrap_or_default();
    let key = HeaderName::from_static("x-api-key");
    let mut headers = auth::with_key(settings, "anthropic_api_key", key, "")?;
    let versionless = (version == VERSION).then(|| headers.clone());
    let version = HeaderValue::try_from(version).map_err(|_| {
        "`anthropic_version` cannot be sent as a header: it holds characters that HTTP forbids"
            .to_owned()
    })?;
    headers.insert("anthropic-version", version);
    Ok(Arc::new(Anthropic {
        model: model.name.clone(),
        base: url::base(base)?,
        complete: url::join(base, &["complete"], &[])?,
        messages: url::join(base, &["messages"], &[])?,
        count_tokens: url::join(base, &["messages", "count_tokens"], &[])?,
        headers,
        versionless,
    }))
}

impl Anthropic {
    fn uri(&self, call: CallHead) -> &Uri {
        match (call.operation, call.native) {
            (_, Some(Native::CountTokens)) => &self.count_tokens,
            (Operation::Completions, _) => &self.complete,
            (Operation::Chat | Operation::Embeddings, _) => &self.messages,
        }
    }

    /// Plain completions do without a version, and a door that imitates MLflow 2.8 sends none. The other calls, which 2.8
    /// did not know, mean something else without it.
    fn headers(&self, call: CallHead) -> &HeaderMap {
        let as_old = call.words == Words::Mlflow28
            && call.operation == Operation::Completions
            && !call.streams;
        let versionless = self.versionless.as_ref().filter(|_| as_old);
        versionless.unwrap_or(&self.headers)
    }
}

impl Provider for Anthropic {
    fn speaks(&self, operation: Operation, native: Native) -> bool {
        let messages = matches!(native, Native::Messages | Native::CountTokens);
        operation == Operation::Chat && messages
    }

    fn model_edit(&self, _: &CallHead) -> ModelEdit {
        openai::model_edit(self.model.as_deref())
    }

    fn head(&self, call: &CallHead) -> UpstreamHead {
        UpstreamHead::http(self.uri(*call), self.headers(*call))
    }

    fn base(&self) -> Option<UpstreamHead> {
        Some(UpstreamHead::http(&self.base, &self.headers))
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        let mut encoded: Encoded = match request {
            Request::Chat(request) if call.faithful => {
                return self.converse(call, conversation(request)?);
            }
            Request::Completions(asked) => {
                let body = complete::body(*call, asked, complete::HOME)?;
                Encoded::of_older_api(*call, request, body, &[])
            }
            Request::Chat(request) => messages::body(*call, request, self.model.as_deref())?.into(),
            Request::Embeddings(_) => return Err(fault::not_served(call.operation)),
        };
        let body = &mut encoded.body;
        body.insert("model".to_owned(), self.model.as_deref().into());
        if let Some(stream) = request.sampling().and_then(|sampling| sampling.stream) {
            body.insert("stream".to_owned(), Value::Bool(stream));
        }
        Ok(encoded)
    }

    fn converse(&self, _: &CallHead, asked: Conversation) -> Result<Encoded, Fault> {
        let model = self.model.as_deref();
        let mut encoded = chat::body(asked, model)?;
        encoded.body.insert("model".to_owned(), model.into());
        Ok(encoded)
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        match call.operation {
            Operation::Completions => Box::new(CompleteDecoder::default()),
            Operation::Chat | Operation::Embeddings => {
                Box::new(MessagesDecoder::new(call.faithful))
            }
        }
    }
}
