//! Databricks model serving, under two names: serving endpoints that speak the OpenAI API at an address of their own.
//!
//! Source: Databricks' REST reference ("Query a serving endpoint") and "Foundation model REST API reference", as sampled in
//! November 2026. The address names the endpoint, so bodies carry no `model`: an endpoint that serves a model of the
//! user's own may refuse members that its signature lacks.

mod config;
mod login;

use std::borrow::Cow;
use std::sync::Arc;

use http::{HeaderMap, Uri};
use serde_json::{Map, Value};

use tidegate_config::{ModelConfig, ProviderFields};
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::OpenAiDecoder;
use tidegate_wire::event::Decoder;
use tidegate_wire::{Operation, Request};

use crate::auth::Auth;
use crate::call::CallHead;
use crate::conversing::{Known, Recall};
use crate::encoded::Encoded;
use crate::provider::{Mender, Native, Provider, ProviderSpec, UpstreamHead};
use crate::quirks::{Quirks, Thoughts};
use crate::support::mender::{AnswerMender, Mends};
use crate::support::temperature::Scale;
use crate::support::{openai, url};

use login::Login;

pub(crate) static SPEC: ProviderSpec = row(
    &ProviderFields {
        name: "databricks",
        aliases: &[],
        enum_name: "DATABRICKS",
        config_required: false,
        fields: config::FIELDS,
        check: config::check,
    },
    "Databricks",
);

pub(crate) static MODEL_SERVING: ProviderSpec = row(
    &ProviderFields {
        name: "databricks-model-serving",
        aliases: &[],
        enum_name: "DATABRICKS_MODEL_SERVING",
        config_required: false,
        fields: config::FIELDS,
        check: config::check,
    },
    "Databricks Model Serving",
);

const fn row(fields: &'static ProviderFields, display: &'static str) -> ProviderSpec {
    ProviderSpec {
        fields,
        display,
        operations: &Operation::ALL,
        streams: &[Operation::Chat, Operation::Completions],
        client_headers: &[],
        parameters: &[],
        carriage: &[],
        quirks: &ALL_QUIRKS,
        build: Some(build),
    }
}

/// Temperatures run from 0 to 2, as OpenAI's.
const TEMPERATURE: Scale = Scale::to(2.0);

/// Where the API differs from OpenAI's.
static QUIRKS: Quirks = Quirks {
    operation: Operation::Chat,
    members: Cow::Borrowed(&[]),
    no_developer: false,
    thoughts: Thoughts::Reasoning,
};

/// The tables of all operations.
static ALL_QUIRKS: [&Quirks; 1] = [&QUIRKS];

/// What answers may need: Claude's models that reason answer in pieces, external models may use their own words.
static MENDS: Mends = Mends {
    reasons: &[("max_tokens", "length")],
    split_content: true,
};

/// What is known of conversations of other dialects. Token counts are told always.
static KNOWN: Known = Known {
    thoughts: Recall::Blocks,
    usage_on_demand: false,
    members: &["top_k"],
    ..Known::COMMON
};

/// One serving endpoint.
struct ServingEndpoint {
    /// Where the paths of the API begin.
    base: Uri,
    invocations: Uri,
    headers: HeaderMap,
    auth: Option<Auth>,
}

fn build(model: &ModelConfig) -> Result<Arc<dyn Provider>, String> {
    let host = config::host(&model.settings)?;
    let name = model.name.as_deref().unwrap_or_default();
    let login = Login::of(&model.settings)?;
    Ok(Arc::new(ServingEndpoint {
        base: url::base(&host)?,
        invocations: url::join(&host, &["serving-endpoints", name, "invocations"], &[])?,
        headers: login.headers()?,
        auth: login.auth(&host)?,
    }))
}

impl Provider for ServingEndpoint {
    fn speaks(&self, _: Operation, native: Native) -> bool {
        native == Native::OpenAi
    }

    fn needs_adapting(&self, call: &CallHead, body: &[u8]) -> bool {
        call.operation == Operation::Chat && QUIRKS.concern(body)
    }

    fn adapt(
        &self,
        call: &CallHead,
        body: Map<String, Value>,
        _: &HeaderMap,
    ) -> Result<Encoded, Fault> {
        Ok(QUIRKS.adapt(body, &self.model_edit(call)))
    }

    fn mender(&self, call: &CallHead) -> Option<Box<dyn Mender>> {
        (call.operation == Operation::Chat).then(|| Box::new(AnswerMender(&MENDS)) as _)
    }

    fn head(&self, _: &CallHead) -> UpstreamHead {
        UpstreamHead::http(&self.invocations, &self.headers)
    }

    fn base(&self) -> Option<UpstreamHead> {
        Some(UpstreamHead::http(&self.base, &self.headers))
    }

    fn encode(&self, _: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        Ok(openai::body(request, TEMPERATURE).into())
    }

    fn known(&self) -> &Known {
        &KNOWN
    }

    fn decoder(&self, _: &CallHead) -> Box<dyn Decoder> {
        Box::new(OpenAiDecoder::default())
    }

    fn auth(&self) -> Option<Auth> {
        self.auth.clone()
    }
}
