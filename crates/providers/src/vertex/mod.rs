//! Vertex AI: Gemini on Google Cloud.
//!
//! Source: Vertex AI's API reference (<https://docs.cloud.google.com/vertex-ai/docs/reference/rest>), as sampled in November
//! 2026. Project, location and model stand in the address; Gemini's bodies are those of its own API.

mod address;
mod embeddings;

use std::sync::Arc;

use http::{HeaderMap, StatusCode, Uri};
use tidegate_config::{Field, FieldKind, FieldProblem, ModelConfig, ProviderFields, Severity};
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::Decoder;
use tidegate_wire::{Operation, Request};

use crate::auth::{Auth, GoogleAuth};
use crate::call::CallHead;
use crate::encoded::Encoded;
use crate::failure::Failure;
use crate::gemini::error;
use crate::gemini::generate::{self, Model};
use crate::provider::{Provider, ProviderSpec, UpstreamHead};
use crate::support::decode::Plain;
use crate::support::{field, url};
use address::Place;

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "vertex",
        aliases: &["vertex_ai"],
        enum_name: "VERTEX_AI",
        config_required: true,
        fields: &[
            Field {
                name: "vertex_project",
                aliases: &[],
                kind: FieldKind::Text,
                required: true,
                default: None,
                doc: "The Google Cloud project.",
            },
            Field {
                name: "vertex_location",
                aliases: &[],
                kind: FieldKind::Text,
                required: false,
                default: Some("us-central1"),
                doc: "A region, or `global`.",
            },
            field::optional(
                "vertex_credentials",
                FieldKind::KeyFile,
                "Key of a service account, in JSON. Without it Google's own credentials of the machine are used.",
            ),
            field::optional(
                "vertex_api_base",
                FieldKind::Url,
                "Stands in place of the location's own host, e.g. a private endpoint. With a path, it stands in place of the API's version too.",
            ),
        ],
        check,
    },
    display: "Vertex AI",
    operations: &Operation::ALL,
    streams: &[Operation::Chat, Operation::Completions],
    client_headers: &[],
    parameters: &[&generate::CHAT, &generate::COMPLETIONS],
    carriage: &[&generate::CHAT_CARRIED, &embeddings::CARRIED],
    quirks: &[],
    build: Some(build),
};

/// Locations become a part of host names, projects a part of paths.
fn check(model: &ModelConfig, operation: Operation) -> Vec<FieldProblem> {
    let mut problems = field::name_in_address(model, operation);
    let location = model.settings.text("vertex_location").unwrap_or_default();
    if !address::is_location(location) {
        problems.push(FieldProblem {
            severity: Severity::Error,
            path: &["config", "vertex_location"],
            message: format!("`{location}` is no location of Google Cloud"),
            help: Some("write a region like `us-central1`, or `global`".to_owned()),
        });
    }
    problems
}

/// One model of Gemini on Vertex AI.
struct Vertex {
    model: Model,
    addresses: Addresses,
    auth: GoogleAuth,
}

/// The model's methods.
struct Addresses {
    generate: Uri,
    stream: Uri,
    predict: Uri,
}

fn build(model: &ModelConfig) -> Result<Arc<dyn Provider>, String> {
    let settings = &model.settings;
    let name = url::model(model)?;
    let place = Place {
        base: settings.text("vertex_api_base"),
        project: settings.text("vertex_project").unwrap_or_default(),
        location: settings.text("vertex_location").unwrap_or_default(),
        publisher: "google",
        model: name,
    };
    Ok(Arc::new(Vertex {
        model: Model::named(name),
        addresses: Addresses {
            generate: place.method("generateContent", &[])?,
            stream: place.method("streamGenerateContent", &[("alt", "sse")])?,
            predict: place.method("predict", &[])?,
        },
        auth: GoogleAuth {
            key_file: settings.secret("vertex_credentials").cloned(),
            scope: GoogleAuth::CLOUD_PLATFORM,
        },
    }))
}

impl Provider for Vertex {
    fn head(&self, call: &CallHead) -> UpstreamHead {
        let addresses = &self.addresses;
        let uri = match (call.operation, call.streams) {
            (Operation::Embeddings, _) => &addresses.predict,
            (_, false) => &addresses.generate,
            (_, true) => &addresses.stream,
        };
        UpstreamHead::http(uri, &HeaderMap::new())
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        match request {
            Request::Chat(chat) => generate::chat(*call, &self.model, chat),
            Request::Completions(asked) => generate::completions(*call, &self.model, asked),
            Request::Embeddings(asked) => embeddings::encode(*call, asked),
        }
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        match call.operation {
            Operation::Embeddings => Box::new(Plain::new(embeddings::read)),
            _ => generate::reader(*call),
        }
    }

    fn failure(&self, _: &CallHead, status: StatusCode, _: &HeaderMap, body: &[u8]) -> Failure {
        error::read(status, body)
    }

    fn auth(&self) -> Option<Auth> {
        Some(Auth::Google(self.auth.clone()))
    }
}
