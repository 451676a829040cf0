//! AI21 Labs: the Studio API of the Jurassic models.
//!
//! Source: spec, providers/ai21labs.md. The model stands in the address only; usage is never told.

mod answer;

use std::sync::Arc;

use http::{HeaderMap, StatusCode, Uri};
use tidegate_config::{FieldProblem, ModelConfig, ProviderFields};
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::Decoder;
use tidegate_wire::{Operation, Request};

use crate::parameters::{Extra, Fate, Parameters, Standard};
use crate::provider::{
    CallHead, Encoded, Failure, ModelEdit, Native, Provider, ProviderSpec, Transport, UpstreamHead,
};
use crate::support::decode::{Mapped, Plain};
use crate::support::extras::{listed, of_the_provider};
use crate::support::temperature::Scale;
use crate::support::{auth, failure, fault, field, prompt, url};

pub(crate) use answer::read;

/// The models that MLflow accepts.
const MODELS: [&str; 3] = ["j2-ultra", "j2-mid", "j2-light"];

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "ai21labs",
        aliases: &[],
        enum_name: "AI21LABS",
        config_required: true,
        fields: &[
            field::key("ai21labs_api_key", "Key of the AI21 Labs API."),
            field::base("ai21labs_api_base", "https://api.ai21.com/studio/v1"),
        ],
        check,
    },
    display: "AI21Labs",
    operations: &[Operation::Completions],
    streams: &[],
    client_headers: &[],
    parameters: &[&COMPLETIONS],
    build: Some(build),
};

/// What becomes of the standard parameters. Amazon Bedrock's models of AI21 share it.
pub(crate) static COMPLETIONS: Parameters = Parameters {
    operation: Operation::Completions,
    within: None,
    temperature: Fate::Scaled("temperature", Scale::SAME),
    count: Fate::As("numResults"),
    max_tokens: Fate::As("maxTokens"),
    stop: Fate::As("stopSequences"),
    reserved: &[
        ("stopSequences", Standard::Stop),
        ("numResults", Standard::Count),
        ("maxTokens", Standard::MaxTokens),
    ],
    reserved_status: 422,
    extras: &[
        Extra {
            name: "frequency_penalty",
            native: "frequencyPenalty",
            member: Some("scale"),
        },
        Extra {
            name: "presence_penalty",
            native: "presencePenalty",
            member: Some("scale"),
        },
    ],
};

fn check(model: &ModelConfig, _: Operation) -> Vec<FieldProblem> {
    let name = model.name.as_deref().unwrap_or("None");
    if MODELS.contains(&name) {
        return Vec::new();
    }
    vec![FieldProblem {
        path: &["name"],
        message: format!(
            "An Unsupported AI21Labs model has been specified: '{name}'. Please see documentation for supported models."
        ),
        help: Some(format!("write one of `{}`", MODELS.join("`, `"))),
    }]
}

/// One model at AI21 Labs.
struct Ai21Labs {
    complete: Uri,
    headers: HeaderMap,
}

fn build(model: &ModelConfig) -> Result<Arc<dyn Provider>, String> {
    let settings = &model.settings;
    let base = settings.text("ai21labs_api_base").unwrap_or_default();
    let name = model.name.as_deref().unwrap_or_default();
    Ok(Arc::new(Ai21Labs {
        complete: url::join(base, &[name, "complete"], &[])?,
        headers: auth::bearer(settings, "ai21labs_api_key")?,
    }))
}

impl Provider for Ai21Labs {
    fn native(&self, _: Operation) -> Option<Native> {
        None
    }

    fn model_edit(&self) -> ModelEdit {
        ModelEdit::Remove
    }

    fn head(&self, _: &CallHead) -> UpstreamHead {
        UpstreamHead {
            transport: Transport::Http(self.complete.clone()),
            headers: self.headers.clone(),
        }
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        let Request::Completions(request) = request else {
            return Err(fault::not_served(call.operation));
        };
        COMPLETIONS.check(*call, &request.sampling, &request.extra)?;
        let extra = of_the_provider(*call, &request.extra);
        let mut body = COMPLETIONS.write(*call, &request.sampling, &extra);
        listed(&mut body, "stopSequences");
        body.insert("prompt".to_owned(), prompt::text(&request.prompt)?.into());
        Ok(Encoded::json(body))
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        let decoder = Plain::new(answer::read);
        if call.faithful {
            return Box::new(Mapped::new(decoder, answer::in_openai_words));
        }
        Box::new(decoder)
    }

    fn failure(&self, _: &CallHead, status: StatusCode, _: &HeaderMap, body: &[u8]) -> Failure {
        failure::read(status, body)
    }

    fn describe_url(&self, _: Operation) -> Option<String> {
        Some(self.complete.to_string())
    }
}
