//! Together AI.
//!
//! Source: spec, providers/togetherai.md, and Together's API reference as its own client knew it in November 2026. The API
//! is OpenAI's with differences: `logprobs` is a number, `eos` a reason to finish, and a chunk's text stands twice.

mod request;

use std::sync::Arc;

use http::{HeaderMap, Uri};

use serde_json::{Map, Value};
use tidegate_config::{ModelConfig, ProviderFields};
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::OpenAiDecoder;
use tidegate_wire::event::{Decoder, Event};
use tidegate_wire::{Operation, Request};

use crate::call::CallHead;
use crate::conversing::{Known, Recall};
use crate::encoded::Encoded;
use crate::provider::{Mender, ModelEdit, Native, Provider, ProviderSpec, UpstreamHead};
use crate::quirks;
use crate::support::decode::{Mapped, unnamed_model};
use crate::support::mender::{AnswerMender, Mends};
use crate::support::url::Addresses;
use crate::support::{auth, field, openai, url};

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "togetherai",
        aliases: &[],
        enum_name: "TOGETHERAI",
        config_required: true,
        fields: &[
            field::key("togetherai_api_key", "Key of the Together AI API."),
            field::base("togetherai_api_base", "https://api.together.xyz/v1"),
        ],
        check: field::nothing_more,
    },
    display: "TogetherAI",
    operations: &Operation::ALL,
    streams: &[Operation::Completions, Operation::Chat],
    client_headers: &[],
    parameters: &[&request::COMPLETIONS, &request::CHAT],
    carriage: &[],
    quirks: &[&request::QUIRKS],
    build: Some(build),
};

/// What answers may need.
static MENDS: Mends = Mends {
    reasons: &[("eos", "stop")],
    split_content: false,
};

/// What is known of conversations of other dialects.
static KNOWN: Known = Known {
    thoughts: Recall::Text,
    members: &["top_k"],
    ..Known::COMMON
};

/// One model at Together AI.
struct TogetherAi {
    model: Option<String>,
    /// Where the paths of the API begin.
    base: Uri,
    headers: HeaderMap,
    addresses: Addresses,
}

fn build(model: &ModelConfig) -> Result<Arc<dyn Provider>, String> {
    let settings = &model.settings;
    let base = settings.text("togetherai_api_base").unwrap_or_default();
    Ok(Arc::new(TogetherAi {
        model: model.name.clone(),
        base: url::base(base)?,
        headers: auth::bearer(settings, "togetherai_api_key")?,
        addresses: Addresses {
            completions: url::join(base, &["completions"], &[])?,
            chat: url::join(base, &["chat", "completions"], &[])?,
            embeddings: url::join(base, &["embeddings"], &[])?,
            responses: None,
        },
    }))
}

impl Provider for TogetherAi {
    fn speaks(&self, _: Operation, native: Native) -> bool {
        native == Native::OpenAi
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
        request::encode(*call, request, self.model.as_deref()).map(Encoded::from)
    }

    fn known(&self) -> &Known {
        &KNOWN
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        let decoder = OpenAiDecoder::default();
        match call.operation {
            _ if call.faithful => Box::new(decoder),
            Operation::Chat | Operation::Completions => {
                Box::new(Mapped::new(decoder, |event| Some(generated(event))))
            }
            Operation::Embeddings => {
                Box::new(Mapped::new(OpenAiDecoder::keeping_indexes(), embedded))
            }
        }
    }
}

/// The configured model is shown, as in MLflow; `eos` is OpenAI's `stop`; the role, which comes with every chunk, is not
/// repeated.
fn generated(event: Event) -> Event {
    match event {
        Event::Role { choice, .. } => Event::Silence {
            choice: Some(choice),
        },
        Event::Finished { choice, reason } if reason == "eos" => Event::Finished {
            choice,
            reason: "stop".to_owned(),
        },
        other => unnamed_model(other),
    }
}

/// MLflow's answers tell no token counts of embeddings.
fn embedded(event: Event) -> Option<Event> {
    match event {
        Event::Usage(_) => None,
        other => Some(unnamed_model(other)),
    }
}
