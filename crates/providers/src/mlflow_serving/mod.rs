//! Models served by MLflow: `mlflow models serve`, MLflow's agent server, and whatever else answers at `/invocations`.
//!
//! Source: spec, providers/mlflow-model-serving.md, and the servers of MLflow 2.22.5 and 3.17, which the client tests run.
//! There are two forms. `inputs` is MLflow's own (`inputs` and `params`, answered with `predictions`); `openai` is the
//! OpenAI API's, which chat models of MLflow 2.11 and newer speak. Only the second can stream, so streams are always
//! asked for in it; a server that then answers otherwise does not stream.

mod answer;
mod decline;
mod request;

use std::sync::Arc;

use http::{HeaderMap, StatusCode, Uri};

use tidegate_config::{Field, FieldKind, FieldProblem, ModelConfig, ProviderFields, Severity};
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::Decoder;
use tidegate_wire::{Operation, Request};

use crate::call::CallHead;
use crate::conversing::Known;
use crate::encoded::Encoded;
use crate::provider::{Provider, ProviderSpec, Transport, UpstreamHead};
use crate::support::decode::Plain;
use crate::support::temperature::Scale;
use crate::support::{openai, url};

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "mlflow-model-serving",
        aliases: &[],
        enum_name: "MLFLOW_MODEL_SERVING",
        config_required: true,
        fields: &[
            Field {
                name: "model_server_url",
                aliases: &[],
                kind: FieldKind::Url,
                required: true,
                default: None,
                doc: "URL of the model server, without `/invocations`.",
            },
            Field {
                name: "model_server_format",
                aliases: &[],
                kind: FieldKind::Choice(&["inputs", "openai"]),
                required: false,
                default: Some("inputs"),
                doc: "What the model takes and answers: `inputs` and `predictions`, or bodies of the OpenAI API (MLflow's chat models).",
            },
        ],
        check: doubled,
    },
    display: "MLflow Model Serving",
    operations: &Operation::ALL,
    streams: &[Operation::Chat],
    client_headers: &[],
    parameters: &[],
    carriage: &[],
    quirks: &[],
    build: Some(build),
};

/// A URL that has the path already which is put behind it.
fn doubled(model: &ModelConfig, _: Operation) -> Vec<FieldProblem> {
    let url = model.settings.text("model_server_url").unwrap_or_default();
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let ends = path.trim_end_matches('/').ends_with("/invocations");
    let doubt = || FieldProblem {
        severity: Severity::Warning,
        path: &["config", "model_server_url"],
        message: "calls go to `/invocations` below this URL, which ends with it already".to_owned(),
        help: Some("leave `/invocations` out".to_owned()),
    };
    ends.then(doubt).into_iter().collect()
}

/// What is known of conversations of other dialects: a model may refuse members that its signature lacks.
static KNOWN: Known = Known {
    usage_on_demand: false,
    ..Known::COMMON
};

/// One model server.
struct ModelServer {
    /// Where the paths of the API begin.
    base: Uri,
    invocations: Uri,
    format: Format,
}

/// How a model is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    /// With `inputs` and `params`.
    Inputs,
    /// With a body of the OpenAI API.
    OpenAi,
}

fn build(model: &ModelConfig) -> Result<Arc<dyn Provider>, String> {
    let settings = &model.settings;
    let base = settings.text("model_server_url").unwrap_or_default();
    Ok(Arc::new(ModelServer {
        base: url::base(base)?,
        invocations: url::join(base, &["invocations"], &[])?,
        format: match settings.text("model_server_format") {
            Some("openai") => Format::OpenAi,
            _ => Format::Inputs,
        },
    }))
}

impl ModelServer {
    fn format(&self, call: CallHead) -> Format {
        if call.streams {
            Format::OpenAi
        } else {
            self.format
        }
    }
}

impl Provider for ModelServer {
    fn head(&self, _: &CallHead) -> UpstreamHead {
        UpstreamHead {
            transport: Transport::Http(self.invocations.clone()),
            headers: HeaderMap::new(),
        }
    }

    fn base(&self) -> Option<UpstreamHead> {
        Some(UpstreamHead::http(&self.base, &HeaderMap::new()))
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        Ok(match self.format(*call) {
            Format::Inputs => {
                let body = request::inputs(*call, request)?;
                Encoded::of_older_api(*call, request, body, &[])
            }
            // Nothing is scaled.
            Format::OpenAi => openai::body(request, Scale::SAME).into(),
        })
    }

    fn known(&self) -> &Known {
        &KNOWN
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        match (self.format(*call), call.operation) {
            (Format::OpenAi, _) => Box::new(answer::OpenAiForm::default()),
            (Format::Inputs, Operation::Embeddings) => Box::new(Plain::new(answer::vectors)),
            (Format::Inputs, _) => Box::new(Plain::new(answer::texts(call.words))),
        }
    }

    fn declines_stream(&self, status: StatusCode, body: &[u8]) -> bool {
        decline::declines_stream(status, body)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tidegate_config::ProcessEnvironment;

    #[test]
    fn warns_of_a_path_that_would_stand_twice() {
        for (url, warnings) in [
            ("http://h:1", 0),
            ("http://h:1/p/", 0),
            ("http://h:1/invocations/x", 0),
            ("http://h:1/invocations", 1),
            ("http://h:1/p/invocations/?a=b", 1),
        ] {
            let file = format!(
                "endpoints: [{{name: e, endpoint_type: llm/v1/chat, model: {{provider: mlflow-model-serving, config: {{model_server_url: \"{url}\"}}}}}}]"
            );
            let catalog = crate::catalog();
            let loaded =
                tidegate_config::parse(&file, Path::new("test"), catalog, &ProcessEnvironment)
                    .unwrap();
            assert_eq!(loaded.warnings.len(), warnings, "{url}");
        }
    }
}
