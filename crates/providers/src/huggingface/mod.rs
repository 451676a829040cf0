//! Hugging Face Text Generation Inference.
//!
//! Source: spec, providers/huggingface-text-generation-inference.md, and the server's own API description (versions 1.4 to
//! 3.3). Completions ask `/generate`; chat asks the server's Messages API, or `/generate` with a template if the config
//! names one (decision D13).

mod answer;
mod request;
mod template;

use std::sync::Arc;

use http::{HeaderMap, Uri};

use tidegate_config::{Field, FieldKind, ModelConfig, ProviderFields};
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::OpenAiDecoder;
use tidegate_wire::event::Decoder;
use tidegate_wire::{Operation, Request};

use crate::call::CallHead;
use crate::conversing::Known;
use crate::encoded::Encoded;
use crate::provider::{ModelEdit, Native, Provider, ProviderSpec, Transport, UpstreamHead};
use crate::support::{fault, field, openai, prompt, url};
use answer::Generated;
use template::Template;

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "huggingface-text-generation-inference",
        aliases: &[],
        enum_name: "HUGGINGFACE_TEXT_GENERATION_INFERENCE",
        config_required: true,
        fields: &[
            Field {
                name: "hf_server_url",
                aliases: &[],
                kind: FieldKind::Url,
                required: true,
                default: None,
                doc: "URL of the inference server.",
            },
            field::optional(
                "hf_chat_template",
                FieldKind::Choice(&template::NAMES),
                "Form in which chat is written for `/generate`. Without it chat goes to the server's Messages API, which knows \
                 the model's own form.",
            ),
        ],
        check: field::nothing_more,
    },
    display: "Hugging Face Text Generation Inference",
    operations: &[Operation::Completions, Operation::Chat],
    streams: &[Operation::Completions, Operation::Chat],
    client_headers: &[],
    parameters: &[&request::COMPLETIONS, &request::CHAT],
    carriage: &[],
    quirks: &[],
    build: Some(build),
};

/// What `/generate` knows of conversations of other dialects.
static KNOWN_BY_GENERATE: Known = Known {
    members: &["top_k"],
    ..Known::COMMON
};

/// One inference server.
struct TextGenerationInference {
    model: Option<String>,
    /// Where the paths of the API begin.
    base: Uri,
    /// How chat is written for `/generate`; `None` sends it to the Messages API.
    template: Option<Template>,
    generate: Uri,
    generate_stream: Uri,
    messages: Uri,
}

fn build(model: &ModelConfig) -> Result<Arc<dyn Provider>, String> {
    let settings = &model.settings;
    let base = settings.text("hf_server_url").unwrap_or_default();
    Ok(Arc::new(TextGenerationInference {
        model: model.name.clone(),
        base: url::base(base)?,
        template: settings.text("hf_chat_template").and_then(Template::find),
        generate: url::join(base, &["generate"], &[])?,
        generate_stream: url::join(base, &["generate_stream"], &[])?,
        messages: url::join(base, &["v1", "chat", "completions"], &[])?,
    }))
}

impl TextGenerationInference {
    /// True when an operation goes to the Messages API.
    fn converses(&self, operation: Operation) -> bool {
        operation == Operation::Chat && self.template.is_none()
    }

    fn uri(&self, operation: Operation, streams: bool) -> &Uri {
        match (self.converses(operation), streams) {
            (true, _) => &self.messages,
            (false, true) => &self.generate_stream,
            (false, false) => &self.generate,
        }
    }
}

impl Provider for TextGenerationInference {
    fn speaks(&self, operation: Operation, native: Native) -> bool {
        self.converses(operation) && native == Native::OpenAi
    }

    fn model_edit(&self, _: &CallHead) -> ModelEdit {
        openai::model_edit(self.model.as_deref())
    }

    fn head(&self, call: &CallHead) -> UpstreamHead {
        UpstreamHead {
            transport: Transport::Http(self.uri(call.operation, call.streams).clone()),
            headers: HeaderMap::new(),
        }
    }

    fn base(&self) -> Option<UpstreamHead> {
        Some(UpstreamHead::http(&self.base, &HeaderMap::new()))
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        let body = match (request, self.template) {
            (Request::Completions(asked), _) => {
                let inputs = prompt::text(&asked.prompt)?.to_owned();
                request::generate(
                    &request::COMPLETIONS,
                    *call,
                    inputs,
                    &asked.sampling,
                    &asked.extra,
                )?
            }
            (Request::Chat(chat), Some(template)) => {
                request::refuse_tools(*call, chat)?;
                let inputs = template.write(*call, &template::turns(*call, &chat.messages)?)?;
                request::generate(
                    &request::TEMPLATED,
                    *call,
                    inputs,
                    &chat.sampling,
                    &chat.extra,
                )?
            }
            (Request::Chat(chat), None) => request::converse(*call, chat, self.model.as_deref())?,
            (Request::Embeddings(_), _) => return Err(fault::not_served(call.operation)),
        };
        Ok(Encoded::of_older_api(
            *call,
            request,
            body,
            &request::UNKNOWN,
        ))
    }

    fn known(&self) -> &Known {
        match self.template {
            Some(_) => &KNOWN_BY_GENERATE,
            None => &Known::COMMON,
        }
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        if self.converses(call.operation) {
            return Box::new(OpenAiDecoder::default());
        }
        Box::new(Generated::new(*call))
    }
}
