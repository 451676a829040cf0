//! Mistral: the API of La Plateforme.
//!
//! Source: spec, providers/mistral.md, and Mistral's API reference as its own client knew it in November 2026. There is no
//! completions API: completions ask the chat API, as in MLflow.

mod call_ids;
mod failure;
mod request;

use std::sync::Arc;

use http::{HeaderMap, StatusCode, Uri};

use serde_json::{Map, Value};
use tidegate_config::{ModelConfig, ProviderFields};
use tidegate_wire::conversation::Conversation;
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::OpenAiDecoder;
use tidegate_wire::event::{Decoder, Event};
use tidegate_wire::{Operation, Request};

use crate::call::CallHead;
use crate::conversing::{self, Known, Recall};
use crate::encoded::Encoded;
use crate::failure::Failure;
use crate::provider::{Mender, ModelEdit, Native, Provider, ProviderSpec, UpstreamHead};
use crate::quirks;
use crate::support::decode::{Mapped, unnamed_model};
use crate::support::mender::{AnswerMender, Mends};
use crate::support::url::Addresses;
use crate::support::{auth, field, openai, url};

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "mistral",
        aliases: &[],
        enum_name: "MISTRAL",
        config_required: true,
        fields: &[
            field::key("mistral_api_key", "Key of the Mistral API."),
            field::base("mistral_api_base", "https://api.mistral.ai/v1"),
        ],
        check: field::nothing_more,
    },
    display: "Mistral",
    operations: &Operation::ALL,
    streams: &[Operation::Completions, Operation::Chat],
    client_headers: &[],
    parameters: &[&request::COMPLETIONS, &request::CHAT],
    carriage: &[],
    quirks: &[&request::QUIRKS],
    build: Some(build),
};

/// What answers may need: models that reason answer in pieces.
static MENDS: Mends = Mends {
    reasons: &[("model_length", "length")],
    split_content: true,
};

/// What is known of conversations of other dialects.
static KNOWN: Known = Known {
    thoughts: Recall::Text,
    members: &["top_k"],
    ..Known::COMMON
};

/// One model at Mistral.
struct Mistral {
    model: Option<String>,
    /// Where the paths of the API begin.
    base: Uri,
    headers: HeaderMap,
    addresses: Addresses,
}

fn build(model: &ModelConfig) -> Result<Arc<dyn Provider>, String> {
    let settings = &model.settings;
    let base = settings.text("mistral_api_base").unwrap_or_default();
    let chat = url::join(base, &["chat", "completions"], &[])?;
    Ok(Arc::new(Mistral {
        model: model.name.clone(),
        base: url::base(base)?,
        headers: auth::bearer(settings, "mistral_api_key")?,
        addresses: Addresses {
            completions: chat.clone(),
            chat,
            embeddings: url::join(base, &["embeddings"], &[])?,
            responses: None,
        },
    }))
}

impl Provider for Mistral {
    fn speaks(&self, operation: Operation, native: Native) -> bool {
        operation != Operation::Completions && native == Native::OpenAi
    }

    fn model_edit(&self, _: &CallHead) -> ModelEdit {
        openai::model_edit(self.model.as_deref())
    }

    fn needs_adapting(&self, call: &CallHead, body: &[u8]) -> bool {
        quirks::find(SPEC.quirks, call.operation).is_some_and(|table| table.concern(body))
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

    fn mender(&self, call: &CallHead) -> Option<Box<dyn Mender>> {
        (call.operation == Operation::Chat).then(|| Box::new(AnswerMender(&MENDS)) as _)
    }

    fn head(&self, call: &CallHead) -> UpstreamHead {
        UpstreamHead::http(self.addresses.of(*call), &self.headers)
    }

    fn base(&self) -> Option<UpstreamHead> {
        Some(UpstreamHead::http(&self.base, &self.headers))
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        let body = request::encode(*call, request, self.model.as_deref())?;
        Ok(match request {
            Request::Completions(_) => Encoded::of_older_api(*call, request, body, &[]),
            Request::Chat(_) | Request::Embeddings(_) => body.into(),
        })
    }

    fn converse(&self, call: &CallHead, mut asked: Conversation) -> Result<Encoded, Fault> {
        call_ids::rewrite(&mut asked);
        conversing::in_openai_words(self, *call, asked)
    }

    fn known(&self) -> &Known {
        &KNOWN
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        let decoder = OpenAiDecoder::default();
        match call.operation {
            Operation::Chat if call.faithful => {
                Box::new(Mapped::new(decoder, |event| Some(known(event))))
            }
            _ if call.faithful => Box::new(decoder),
            Operation::Chat => Box::new(decoder),
            Operation::Completions => Box::new(Mapped::new(decoder, |event| Some(nameless(event)))),
            Operation::Embeddings => {
                let decoder = OpenAiDecoder::keeping_indexes();
                Box::new(Mapped::new(decoder, |event| Some(unnamed_model(event))))
            }
        }
    }

    fn failure(&self, _: &CallHead, status: StatusCode, _: &HeaderMap, body: &[u8]) -> Failure {
        failure::read(status, body)
    }
}

/// The limit of the model's context is OpenAI's `length`.
fn known(event: Event) -> Event {
    match event {
        Event::Finished { choice, reason } => Event::Finished {
            choice,
            reason: MENDS.reason(reason),
        },
        other => other,
    }
}

/// Completions show neither the provider's id nor its time, and the configured model, as in MLflow.
fn nameless(event: Event) -> Event {
    match event {
        Event::Started { .. } => Event::nameless(),
        other => other,
    }
}
