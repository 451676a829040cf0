//! Vertex AI: Gemini and Claude on Google Cloud.
//!
//! Source: Vertex AI's API reference (<https://docs.cloud.google.com/vertex-ai/docs/reference/rest>), as sampled in November
//! 2026. Project, location, publisher and model stand in the address; the model's name tells the publisher.

mod address;
mod claude;
mod embeddings;
mod gemini;

use std::sync::Arc;

use tidegate_config::{Field, FieldKind, FieldProblem, ModelConfig, ProviderFields, Severity};
use tidegate_wire::Operation;

use crate::anthropic::chat;
use crate::auth::GoogleAuth;
use crate::carriage::Carriage;
use crate::gemini::generate;
use crate::provider::{Provider, ProviderSpec};
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
                "Key file of a service account (JSON). Without it Google's own credentials of the machine are used.",
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
    client_headers: &["anthropic-beta"],
    parameters: &[&generate::CHAT, &generate::COMPLETIONS],
    carriage: &[&GEMINI, &CLAUDE, &embeddings::CARRIED],
    quirks: &[],
    build: Some(build),
};

/// What becomes of chats with Gemini.
static GEMINI: Carriage = Carriage {
    only: Some("Gemini"),
    ..generate::CHAT_CARRIED
};

/// What becomes of chats with Claude.
static CLAUDE: Carriage = Carriage {
    only: Some("Claude"),
    ..chat::CARRIED
};

/// Locations become a part of host names. Claude does nothing but chat.
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
    if operation != Operation::Chat && is_claude(model.name.as_deref().unwrap_or_default()) {
        problems.push(FieldProblem {
            severity: Severity::Warning,
            path: &["name"],
            message: format!("Claude serves no {operation}, so every call will be answered 501"),
            help: Some("use a model of Gemini, or the type `llm/v1/chat`".to_owned()),
        });
    }
    problems
}

fn is_claude(name: &str) -> bool {
    name.starts_with(claude::NAME)
}

fn build(model: &ModelConfig) -> Result<Arc<dyn Provider>, String> {
    let settings = &model.settings;
    let name = url::model(model)?;
    let claude = is_claude(name);
    let place = Place {
        base: settings.text("vertex_api_base"),
        project: settings.text("vertex_project").unwrap_or_default(),
        location: settings.text("vertex_location").unwrap_or_default(),
        publisher: if claude { claude::PUBLISHER } else { "google" },
        model: name,
    };
    let auth = GoogleAuth {
        key_file: settings.secret("vertex_credentials").cloned(),
        scope: GoogleAuth::CLOUD_PLATFORM,
    };
    if claude {
        claude::build(&place, auth)
    } else {
        gemini::build(&place, auth)
    }
}
