//! Amazon Bedrock: `InvokeModel` for texts and vectors, each family of models in its own format, and the Converse API for
//! conversations.
//!
//! Source: spec, providers/bedrock.md; Bedrock's API reference, as sampled in November 2026. Signatures and hosts are made
//! by the signer that [`Provider::auth`] asks for.

mod abilities;
mod check;
mod claude;
mod config;
mod converse;
mod embeddings;
mod error;
mod invoke;
mod jurassic;
mod model;
mod request;
mod titan;

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use serde_json::{Map, Value};
use tidegate_config::{ModelConfig, ProviderFields};
use tidegate_wire::conversation::Conversation;
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::anthropic::refuse_threads;
use tidegate_wire::event::Decoder;
use tidegate_wire::frame::Framing;
use tidegate_wire::{CompletionsRequest, Operation, Request, Words};

use crate::anthropic::MessagesDecoder;
use crate::anthropic::complete::{self, CompleteDecoder, Place};
use crate::auth::{Auth, AwsAuth};
use crate::call::CallHead;
use crate::carriage::Carriage;
use crate::cohere::completions as command;
use crate::cohere::decoder::{AnswerDecoder, Api};
use crate::encoded::Encoded;
use crate::failure::Failure;
use crate::parameters::Parameters;
use crate::provider::{Native, Provider, ProviderSpec, Transport, Unwrapper, UpstreamHead};
use crate::support::decode::Plain;
use crate::support::fault;
use invoke::{Invoked, Unwrapped};
use model::{Form, Model};
use request::{not_implemented, reduced};
use titan::TitanDecoder;

pub(crate) static SPEC: ProviderSpec = spec(&ProviderFields {
    name: "bedrock",
    aliases: &[],
    enum_name: "BEDROCK",
    config_required: true,
    fields: config::FIELDS,
    check: check::check,
});

pub(crate) static AMAZON_BEDROCK: ProviderSpec = spec(&ProviderFields {
    name: "amazon-bedrock",
    aliases: &[],
    enum_name: "AMAZON_BEDROCK",
    config_required: true,
    fields: config::FIELDS,
    check: check::check,
});

const fn spec(fields: &'static ProviderFields) -> ProviderSpec {
    ProviderSpec {
        fields,
        display: "Amazon Bedrock",
        operations: &Operation::ALL,
        streams: &[Operation::Completions, Operation::Chat],
        client_headers: &[],
        parameters: &PARAMETERS,
        carriage: &CARRIED,
        quirks: &[],
        build: Some(build),
    }
}

/// The media type of AWS event streams.
const EVENT_STREAM: HeaderValue = HeaderValue::from_static("application/vnd.amazon.eventstream");

/// The tables of all formats.
static PARAMETERS: [&Parameters; 7] = [
    &titan::COMPLETIONS,
    &CLAUDE,
    &COMMAND,
    &jurassic::COMPLETIONS,
    &converse::PARAMETERS,
    &embeddings::TITAN,
    &embeddings::COHERE,
];

/// What becomes of requests on the OpenAI door.
static CARRIED: [&Carriage; 5] = [
    &converse::CARRIED,
    &embeddings::TITAN_2_CARRIED,
    &embeddings::TITAN_IMAGE_CARRIED,
    &embeddings::COHERE_CARRIED,
    &embeddings::FIXED_CARRIED,
];

/// What becomes of the standard parameters of Claude's text completions: the same as at Anthropic.
static CLAUDE: Parameters = Parameters {
    only: Some("Claude's text completions"),
    ..complete::COMPLETIONS
};

/// What becomes of the standard parameters at Cohere's older models: the same as at Cohere.
static COMMAND: Parameters = Parameters {
    only: Some("Cohere Command"),
    ..command::PARAMETERS
};

/// What Bedrock asks of Claude's text completions besides (spec, providers/bedrock.md, "anthropic").
static CLAUDE_AT_BEDROCK: Place = Place {
    table: &CLAUDE,
    most_tokens: Some(8191),
    stop: Some("\n\nHuman:"),
};

/// One model at Bedrock.
struct Bedrock {
    model: Model,
    addresses: Addresses,
    auth: AwsAuth,
}

/// The addresses of one model, without scheme and host.
struct Addresses {
    invoke: Uri,
    invoke_streamed: Uri,
    converse: Uri,
    converse_streamed: Uri,
}

fn build(config: &ModelConfig) -> Result<Arc<dyn Provider>, String> {
    let model = Model::read(config.name.as_deref());
    let segment = model.segment.as_deref().unwrap_or_default();
    let address = |action: &str| {
        let path = format!("/model/{segment}/{action}");
        Uri::try_from(&path).map_err(|error| format!("`{path}` cannot be called: {error}"))
    };
    Ok(Arc::new(Bedrock {
        addresses: Addresses {
            invoke: address("invoke")?,
            invoke_streamed: address("invoke-with-response-stream")?,
            converse: address("converse")?,
            converse_streamed: address("converse-stream")?,
        },
        auth: config::auth(&config.settings),
        model,
    }))
}

impl Bedrock {
    fn address(&self, call: CallHead) -> &Uri {
        let form = self.model.form(call.operation);
        let converses = form == Some(Form::Converse) && call.native.is_none();
        match (converses, call.streams) {
            (false, false) => &self.addresses.invoke,
            (false, true) => &self.addresses.invoke_streamed,
            (true, false) => &self.addresses.converse,
            (true, true) => &self.addresses.converse_streamed,
        }
    }
}

fn completion(
    call: CallHead,
    form: Form,
    request: &CompletionsRequest,
) -> Result<Map<String, Value>, Fault> {
    match form {
        Form::Titan => titan::write(call, request),
        Form::Claude => {
            let request = reduced(call, request);
            complete::body(call, &request, CLAUDE_AT_BEDROCK)
        }
        Form::Jurassic => jurassic::write(call, request),
        Form::Command => command::body(&COMMAND, call, &reduced(call, request)),
        _ => Err(fault::not_served(call.operation)),
    }
}

/// Refuses an operation for which the model's id does not tell a format.
fn unknown(call: CallHead) -> Fault {
    let name = match call.words {
        Words::Mlflow28 => "AWS Bedrock",
        _ => "Amazon Bedrock",
    };
    match call.operation {
        Operation::Completions => Fault::invalid(422, format!("Unknown {name} model type None")),
        Operation::Embeddings => not_implemented(call.operation, false),
        Operation::Chat => Fault::invalid(
            422,
            "This endpoint names no model: set `model.name` in its config to the id of a Bedrock model.",
        ),
    }
}

impl Provider for Bedrock {
    fn speaks(&self, operation: Operation, native: Native) -> bool {
        let chats = operation == Operation::Chat && native == Native::Messages;
        chats && self.model.is_of_messages_api()
    }

    fn needs_adapting(&self, _: &CallHead, _: &[u8]) -> bool {
        true
    }

    fn adapt(
        &self,
        _: &CallHead,
        body: Map<String, Value>,
        client: &HeaderMap,
    ) -> Result<Encoded, Fault> {
        refuse_threads(&body)?;
        Ok(claude::enveloped(body, client))
    }

    fn head(&self, call: &CallHead) -> UpstreamHead {
        let accept = if call.streams {
            EVENT_STREAM
        } else {
            HeaderValue::from_static("application/json")
        };
        UpstreamHead {
            transport: Transport::Http(self.address(*call).clone()),
            headers: HeaderMap::from_iter([(header::ACCEPT, accept)]),
        }
    }

    fn base(&self) -> Option<UpstreamHead> {
        let root = Uri::from_static("/");
        Some(UpstreamHead::http(&root, &HeaderMap::new()))
    }

    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault> {
        let form = self.model.form(call.operation);
        let form = form.ok_or_else(|| unknown(*call))?;
        match (form, request) {
            (Form::Converse, request) => converse::write(*call, &self.model, request),
            (form, Request::Embeddings(request)) => {
                embeddings::write(*call, form, &self.model, request)
            }
            (form, Request::Completions(asked)) => {
                let body = completion(*call, form, asked)?;
                Ok(Encoded::of_older_api(*call, request, body, &[]))
            }
            _ => Err(fault::not_served(call.operation)),
        }
    }

    fn converse(&self, call: &CallHead, asked: Conversation) -> Result<Encoded, Fault> {
        match self.model.form(Operation::Chat) {
            Some(Form::Converse) => converse::converse(&self.model, asked),
            Some(_) => Err(fault::not_served(call.operation)),
            None => Err(unknown(*call)),
        }
    }

    fn framing(&self, _: &CallHead) -> Framing {
        Framing::Messages
    }

    fn unwrapper(&self, _: &CallHead, most: usize) -> Option<Box<dyn Unwrapper>> {
        Some(Box::new(Unwrapped::new(most)))
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        match self.model.form(call.operation) {
            _ if call.native.is_some() => {
                Box::new(Invoked::new(MessagesDecoder::new(call.faithful)))
            }
            Some(Form::Titan) => Box::new(Invoked::new(TitanDecoder::new(*call))),
            Some(Form::Claude) => Box::new(Invoked::new(CompleteDecoder::default())),
            Some(Form::Jurassic) => Box::new(jurassic::decoder()),
            Some(Form::Command) => Box::new(Invoked::new(AnswerDecoder::new(
                Api::Generate,
                call.faithful,
            ))),
            Some(Form::TitanEmbeddings) => Box::new(Plain::new(embeddings::read_titan)),
            Some(Form::CohereEmbeddings) => Box::new(Plain::new(embeddings::read_cohere)),
            Some(Form::Converse) | None => converse::decoder(*call),
        }
    }

    fn failure(
        &self,
        _: &CallHead,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Failure {
        error::failure(status, headers, body)
    }

    fn describe_url(&self, operation: Operation) -> Option<String> {
        let path = self.address(CallHead::of(operation)).path();
        Some(config::described(&self.auth, path))
    }

    fn auth(&self) -> Option<Auth> {
        Some(Auth::Aws(self.auth.clone()))
    }
}
