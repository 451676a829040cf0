//! AI21 Labs: the Studio API of the Jurassic models, and the chat API of the Jamba models.
//!
//! Source: spec, providers/ai21labs.md. The model stands in the address only; usage is never told.

mod answer;
mod chat;

use std::sync::Arc;

use http::{HeaderMap, Uri};

use tidegate_config::{FieldProblem, ModelConfig, ProviderFields, Severity};
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::OpenAiDecoder;
use tidegate_wire::event::Decoder;
use tidegate_wire::{Operation, Request};

use crate::call::CallHead;
use crate::encoded::Encoded;
use crate::parameters::{Extra, Fate, NOTHING, Parameters, Standard};
use crate::provider::{Provider, ProviderSpec, UpstreamHead};
use crate::support::decode::{Mapped, Plain};
use crate::support::temperature::Scale;
use crate::support::{auth, fault, field, prompt, url};

pub(crate) use answer::read;

/// How the names of the models begin that chat.
const CHAT_MODELS: &str = "jamba";

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
    operations: &[Operation::Completions, Operation::Chat],
    streams: &[Operation::Chat],
    client_headers: &[],
    parameters: &[&COMPLETIONS],
    carriage: &[],
    quirks: &[&chat::QUIRKS],
    build: Some(build),
};

/// What becomes of the standard parameters. Amazon Bedrock's models of AI21 share it.
pub(crate) static COMPLETIONS: Parameters = Parameters {
    operation: Operation::Completions,
    temperature: Fate::Scaled("temperature", Scale::SAME),
    count: Fate::As("numResults"),
    max_tokens: Fate::As("maxTokens"),
    stop: Fate::Listed("stopSequences"),
    reserved: &[
        ("stopSequences", Standard::Stop),
        ("numResults", Standard::Count),
        ("maxTokens", Standard::MaxTokens),
    ],
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
    ..NOTHING
};

fn check(model: &ModelConfig, operation: Operation) -> Vec<FieldProblem> {
    let name = model.name.as_deref().unwrap_or("None");
    let chats = operation == Operation::Chat && name.starts_with(CHAT_MODELS);
    if chats || MODELS.contains(&name) {
        return Vec::new();
    }
    vec![FieldProblem {
        severity: Severity::Error,
        path: &["name"],
        message: format!(
            "An Unsupported AI21Labs model has been specified: '{name}'. Please see documentation for supported models."
        ),
        help: Some(format!("write one of `{}`", MODELS.join("`, `"))),
    }]
}

/// One model at AI21 Labs.
struct Ai21Labs {
    model: String,
    /// Where the paths of the API begin.
    base: Uri,
    complete: Uri,
    chat: Uri,
    headers: HeaderMap,
}

fn build(model: &ModelConfig) -> Result<Arc<dyn Provider>, String> {
    let settings = &model.settings;
    let base = settings.text("ai21labs_api_base").unwrap_or_default();
    let name = model.name.as_deref().unwrap_or_default();
    Ok(Arc::new(Ai21Labs {
        model: name.to_owned(),
        base: url::base(base)?,
        chat: url::join(base, &["chat", "completions"], &[])?,
        complete: url::join(base, &[name, "complete"], &[])?,
        headers: auth::bearer(settings, "ai21labs_api_key")?,
    }))
}

impl Provider for Ai21Labs {
    fn head(&self, call: &CallHead) -> UpstreamHead {
        let address = match call.operation {
            Operation::Chat => &self.chat,
            Operation::Completions | Operation::Embeddings => &self.complete,
        };
        UpstreamHead::http(address, &self.headers)
    }

    fn base(&self) -> Option<UpstreamHead> {
        Some(UpstreamHead::http(&self.base, &self.headers))
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        let asked = match request {
            Request::Chat(request) if self.model.starts_with(CHAT_MODELS) => {
                return chat::body(*call, request, &self.model);
            }
            Request::Completions(asked) => asked,
            Request::Chat(_) => return Err(chat::not_for_jurassic(*call)),
            Request::Embeddings(_) => return Err(fault::not_served(call.operation)),
        };
        let mut body = COMPLETIONS.checked(*call, &asked.sampling, &asked.extra)?;
        body.insert("prompt".to_owned(), prompt::text(&asked.prompt)?.into());
        Ok(Encoded::of_older_api(*call, request, body, &[]))
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        if call.operation == Operation::Chat {
            return Box::new(OpenAiDecoder::default());
        }
        let decoder = Plain::new(answer::read);
        if call.faithful {
            return Box::new(Mapped::new(decoder, |event| {
                Some(answer::in_openai_words(event))
            }));
        }
        Box::new(decoder)
    }
}
