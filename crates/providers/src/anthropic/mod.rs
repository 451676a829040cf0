//! Anthropic: the Messages API, and the legacy text completions.
//!
//! Source: spec, providers/anthropic.md; Anthropic's API reference, as sampled in November 2026.

pub(crate) mod complete;
mod messages;
mod sampling;

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use serde_json::Value;
use tidegate_config::{Field, FieldKind, ModelConfig, ProviderFields};
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::Decoder;
use tidegate_wire::{Operation, Request, Words};

use crate::provider::{
    CallHead, Encoded, Failure, ModelEdit, Native, Provider, ProviderSpec, Transport, UpstreamHead,
};
use crate::support::{auth, failure, fault, field, url};
use complete::{COMPLETIONS, CompleteDecoder, Place};
use messages::{CHAT, MessagesDecoder};

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
    build: Some(build),
};

/// One model at Anthropic.
struct Anthropic {
    model: Option<String>,
    complete: Uri,
    messages: Uri,
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
        complete: url::join(base, &["complete"], &[])?,
        messages: url::join(base, &["messages"], &[])?,
        headers,
        versionless,
    }))
}

impl Anthropic {
    fn uri(&self, operation: Operation) -> &Uri {
        match operation {
            Operation::Completions => &self.complete,
            Operation::Chat | Operation::Embeddings => &self.messages,
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
    fn native(&self, _: Operation) -> Option<Native> {
        None
    }

    fn model_edit(&self) -> ModelEdit {
        ModelEdit::Remove
    }

    fn head(&self, call: &CallHead) -> UpstreamHead {
        UpstreamHead {
            transport: Transport::Http(self.uri(call.operation).clone()),
            headers: self.headers(*call).clone(),
        }
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        let mut body = match request {
            Request::Completions(request) => complete::body(*call, request, Place::default())?,
            Request::Chat(request) => messages::body(*call, request, self.model.as_deref())?,
            Request::Embeddings(_) => return Err(fault::not_served(call.operation)),
        };
        body.insert("model".to_owned(), self.model.as_deref().into());
        if let Some(stream) = request.sampling().and_then(|sampling| sampling.stream) {
            body.insert("stream".to_owned(), Value::Bool(stream));
        }
        Ok(Encoded::json(body))
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        match call.operation {
            Operation::Completions => Box::new(CompleteDecoder::default()),
            Operation::Chat | Operation::Embeddings => {
                Box::new(MessagesDecoder::new(call.faithful))
            }
        }
    }

    fn failure(&self, _: &CallHead, status: StatusCode, _: &HeaderMap, body: &[u8]) -> Failure {
        failure::read(status, body)
    }

    fn describe_url(&self, operation: Operation) -> Option<String> {
        Some(self.uri(operation).to_string())
    }
}
