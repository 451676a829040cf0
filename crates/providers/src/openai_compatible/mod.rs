//! Providers that speak OpenAI's dialect: one adapter, and a row of data for each.
//!
//! Source: OpenAI's API reference and those of the vendors, as sampled in November 2026. Completions go to the chat API
//! with one user message where a provider has no other.

mod presets;
mod quirks;

use std::sync::Arc;

use http::header::AUTHORIZATION;
use http::{HeaderMap, Uri};
use serde_json::{Map, Value};
use tidegate_config::{ModelConfig, ProviderFields};
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::Decoder;
use tidegate_wire::{Operation, Request};

use crate::call::CallHead;
use crate::conversing::Known;
use crate::encoded::Encoded;
use crate::openai::{as_chat, decoder};
use crate::provider::{Build, ModelEdit, Native, Provider, ProviderSpec, UpstreamHead};
use crate::quirks::Quirks;
use crate::support::temperature::Scale;
use crate::support::url::Addresses;
use crate::support::{auth, openai, url};

use presets::Preset;
pub(crate) use presets::{
    DEEPSEEK, FIREWORKS, GROQ, OPENAI_COMPATIBLE, OPENROUTER, PERPLEXITY, VLLM, XAI,
};

/// Temperatures pass as they are: what they mean differs from model to model.
const TEMPERATURE: Scale = Scale::SAME;

/// What is offered where the API serves chat only.
const TEXTS: &[Operation] = &[Operation::Completions, Operation::Chat];

impl Preset {
    /// Returns its row of the config's catalog.
    const fn provider_fields(&self) -> ProviderFields {
        ProviderFields {
            name: self.name,
            aliases: &[],
            enum_name: self.enum_name,
            config_required: true,
            fields: self.fields,
            check: quirks::check,
        }
    }
}

/// Returns the row of a preset.
const fn spec(
    preset: &'static Preset,
    fields: &'static ProviderFields,
    build: Build,
) -> ProviderSpec {
    ProviderSpec {
        fields,
        display: preset.display,
        operations: if preset.embeddings {
            &Operation::ALL
        } else {
            TEXTS
        },
        streams: TEXTS,
        client_headers: preset.client_headers,
        parameters: &[],
        carriage: &[],
        quirks: preset.quirks,
        build: Some(build),
    }
}

/// One model at one provider.
struct Compatible {
    model: Option<String>,
    /// Where the paths of the API begin.
    base: Uri,
    /// True when completions have an API of their own.
    completions: bool,
    /// Where chat differs from OpenAI's.
    quirks: Option<Quirks>,
    /// What it knows of conversations of other dialects.
    known: Known,
    headers: HeaderMap,
    addresses: Addresses,
}

fn build(model: &ModelConfig, preset: &Preset) -> Result<Arc<dyn Provider>, String> {
    let [key, base, ..] = preset.fields else {
        return Err("the preset has no key and no base".to_owned());
    };
    let preset_quirks = preset.quirks.first().map(|it| (*it).clone());
    let mut headers = HeaderMap::new();
    if let Some(key) = model.settings.secret(key.name) {
        auth::insert_secret(&mut headers, AUTHORIZATION, "Bearer ", key)?;
    }
    let base = model.settings.text(base.name).unwrap_or_default();
    let chat = url::join(base, &["chat", "completions"], &[])?;
    let completions = if preset.completions {
        url::join(base, &["completions"], &[])?
    } else {
        chat.clone()
    };
    let told = model.settings.boolean(presets::RESPONSES);
    let has_responses = told.unwrap_or(preset.responses);
    Ok(Arc::new(Compatible {
        model: model.name.clone(),
        base: url::base(base)?,
        completions: preset.completions,
        quirks: quirks::read(&model.settings).or(preset_quirks),
        known: preset.known,
        headers,
        addresses: Addresses {
            completions,
            chat,
            embeddings: url::join(base, &["embeddings"], &[])?,
            responses: has_responses
                .then(|| url::join(base, &["responses"], &[]))
                .transpose()?,
        },
    }))
}

impl Provider for Compatible {
    fn speaks(&self, operation: Operation, native: Native) -> bool {
        match native {
            Native::OpenAi => operation != Operation::Completions || self.completions,
            Native::Responses => self.addresses.speak_responses(operation),
            Native::Messages | Native::CountTokens => false,
        }
    }

    fn model_edit(&self, _: &CallHead) -> ModelEdit {
        openai::model_edit(self.model.as_deref())
    }

    fn needs_adapting(&self, call: &CallHead, body: &[u8]) -> bool {
        let quirks = self.quirks.as_ref();
        let chats = call.operation == Operation::Chat && call.native != Some(Native::Responses);
        chats && quirks.is_some_and(|quirks| quirks.concern(body))
    }

    fn adapt(
        &self,
        call: &CallHead,
        body: Map<String, Value>,
        _: &HeaderMap,
    ) -> Result<Encoded, Fault> {
        Ok(match &self.quirks {
            Some(quirks) => quirks.adapt(body, &self.model_edit(call)),
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
            Request::Completions(completions) if !self.completions => {
                let body = as_chat(*call, completions, TEMPERATURE)?;
                Encoded::of_older_api(*call, request, body, &[])
            }
            request => openai::body(request, TEMPERATURE).into(),
        };
        let mut body = openai::named(self.model.as_deref());
        body.append(&mut encoded.body);
        encoded.body = body;
        Ok(encoded)
    }

    fn known(&self) -> &Known {
        &self.known
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        decoder(*call)
    }
}
