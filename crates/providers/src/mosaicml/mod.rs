//! MosaicML: models behind one address each.
//!
//! Source: spec, providers/mosaicml.md. The model stands in the address only; the key stands alone in its header.

mod answer;
mod request;
mod template;

use std::sync::Arc;

use http::{HeaderMap, StatusCode, Uri, header};

use tidegate_config::{FieldProblem, ModelConfig, ProviderFields, Severity};
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::Decoder;
use tidegate_wire::{Operation, Request};

use crate::call::CallHead;
use crate::encoded::Encoded;
use crate::failure::Failure;
use crate::provider::{Provider, ProviderSpec, UpstreamHead};
use crate::support::decode::Plain;
use crate::support::{auth, field, url};

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "mosaicml",
        aliases: &[],
        enum_name: "MOSAICML",
        config_required: true,
        fields: &[
            field::key("mosaicml_api_key", "Key of the MosaicML API."),
            field::base(
                "mosaicml_api_base",
                "https://models.hosted-on.mosaicml.hosting",
            ),
        ],
        check,
    },
    display: "MosaicML",
    operations: &Operation::ALL,
    streams: &[],
    client_headers: &[],
    parameters: &[&request::COMPLETIONS, &request::CHAT, &request::EMBEDDINGS],
    carriage: &[],
    quirks: &[],
    build: Some(build),
};

/// Chat needs a model whose prompt template is known.
fn check(model: &ModelConfig, operation: Operation) -> Vec<FieldProblem> {
    let name = model.name.as_deref().unwrap_or_default();
    if operation != Operation::Chat || name.to_lowercase().starts_with("llama2") {
        return field::name_in_address(model, operation);
    }
    vec![FieldProblem {
        severity: Severity::Error,
        path: &["name"],
        message: format!(
            "An invalid model has been specified for the chat route. '{name}'. Ensure the model selected starts with one of: ['llama2']"
        ),
        help: Some("write a name that starts with `llama2`, e.g. `llama2-70b-chat`".to_owned()),
    }]
}

/// One model at MosaicML.
struct MosaicMl {
    /// Where the paths of the API begin.
    base: Uri,
    predict: Uri,
    headers: HeaderMap,
}

fn build(model: &ModelConfig) -> Result<Arc<dyn Provider>, String> {
    let settings = &model.settings;
    let base = settings.text("mosaicml_api_base").unwrap_or_default();
    let name = url::model(model)?;
    Ok(Arc::new(MosaicMl {
        base: url::base(base)?,
        predict: url::join(base, &[name, "v1", "predict"], &[])?,
        headers: auth::with_key(settings, "mosaicml_api_key", header::AUTHORIZATION, "")?,
    }))
}

impl Provider for MosaicMl {
    fn head(&self, _: &CallHead) -> UpstreamHead {
        UpstreamHead::http(&self.predict, &self.headers)
    }

    fn base(&self) -> Option<UpstreamHead> {
        Some(UpstreamHead::http(&self.base, &self.headers))
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        let body = request::body(*call, request)?;
        Ok(Encoded::of_older_api(*call, request, body, &[]))
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        Box::new(Plain::new(match call.operation {
            Operation::Embeddings => answer::read_vectors,
            Operation::Chat | Operation::Completions => answer::read_texts,
        }))
    }

    fn failure(&self, call: &CallHead, status: StatusCode, _: &HeaderMap, body: &[u8]) -> Failure {
        answer::failure(call.operation, status, body)
    }
}
