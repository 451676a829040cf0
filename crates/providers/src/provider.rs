//! What a provider is: a few pure questions and a row of facts.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, Uri};
use serde_json::{Map, Value};
use tidegate_config::{ModelConfig, ProviderFields};
use tidegate_wire::conversation::Conversation;
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::{DecodeError, Decoder};
use tidegate_wire::frame::Framing;
use tidegate_wire::{Operation, Request};

use crate::auth::Auth;
use crate::call::CallHead;
use crate::carriage::Carriage;
use crate::conversing::{self, Known};
use crate::encoded::Encoded;
use crate::failure::{self, Failure};
use crate::parameters::Parameters;
use crate::quirks::Quirks;

/// A provider's row in the registry.
pub struct ProviderSpec {
    /// Name, spellings and config fields.
    pub fields: &'static ProviderFields,
    /// Its name in MLflow's messages, e.g. `MLflow Model Serving`.
    pub display: &'static str,
    /// What it can do. A provider that is not built yet can do nothing; its routes load and answer 501.
    pub operations: &'static [Operation],
    /// What it can do as a stream.
    pub streams: &'static [Operation],
    /// Client headers, in lower case, that this provider knows and therefore gets.
    pub client_headers: &'static [&'static str],
    /// What becomes of the standard parameters on the MLflow doors, one table an operation. The encoders obey these tables, the docs print
    /// them; operations whose parameters all pass as they are have none.
    pub parameters: &'static [&'static Parameters],
    /// What becomes of requests on doors that alter nothing in silence, one table an operation or API.
    pub carriage: &'static [&'static Carriage],
    /// Where a provider that speaks OpenAI's dialect differs from it, one table an operation at most.
    pub quirks: &'static [&'static Quirks],
    /// Builds a target from a checked model block; `None` while the provider is not built.
    pub build: Option<Build>,
}

/// Builds a provider for one model block. The message says what to change.
pub(crate) type Build = fn(&ModelConfig) -> Result<Arc<dyn Provider>, String>;

/// One provider with one model, one key and one URL: all that can be prepared when the config is loaded, is.
pub trait Provider: Send + Sync {
    /// True when this target speaks a client's dialect itself, so that bodies for an operation pass as they are.
    fn speaks(&self, _operation: Operation, _native: Native) -> bool {
        false
    }

    /// Returns what happens to a body's `model` member when the body passes through as it is.
    fn model_edit(&self, _call: &CallHead) -> ModelEdit {
        ModelEdit::Remove
    }

    /// Returns where a call goes, with which headers.
    fn head(&self, call: &CallHead) -> UpstreamHead;

    /// Returns where the paths of the provider's own API begin, and with which headers calls to it go; `None` where calls
    /// are answered inside the process. Its query belongs to every call. It may lack scheme and host as in
    /// [`Transport::Http`].
    fn base(&self) -> Option<UpstreamHead> {
        None
    }

    /// Writes a request's body in the provider's dialect. What cannot be said in it is refused, or reported where the
    /// provider's tables say so.
    fn encode(&self, call: &CallHead, request: &Request) -> Result<Encoded, Fault>;

    /// Writes a conversation in the provider's dialect, under the same rules as [`Self::encode`]. Providers with an API of
    /// their own read it as it is meant; the others are told it in the words of the OpenAI API.
    fn converse(&self, call: &CallHead, asked: Conversation) -> Result<Encoded, Fault> {
        conversing::in_openai_words(self, *call, asked)
    }

    /// Returns what this provider knows of conversations in the words of the OpenAI API, if it is told them in these.
    fn known(&self) -> &Known {
        &Known::COMMON
    }

    /// True for a body that is in the provider's dialect ([`Self::speaks`]) but asks for what this provider does not know
    /// or spells differently: then it does not pass as it is, but is parsed and given to [`Self::adapt`].
    fn needs_adapting(&self, _call: &CallHead, _body: &[u8]) -> bool {
        false
    }

    /// Writes a body anew as this provider spells it, its model among the rest. What the client says in headers and this
    /// provider takes in the body stands in `client`.
    fn adapt(
        &self,
        _call: &CallHead,
        body: Map<String, Value>,
        _client: &HeaderMap,
    ) -> Result<Encoded, Fault> {
        Ok(body.into())
    }

    /// Returns the mender of an answer in OpenAI's dialect, if some answers of this provider need one.
    fn mender(&self, _call: &CallHead) -> Option<Box<dyn Mender>> {
        None
    }

    /// Returns how a streamed answer is cut into frames. Where it passes as it is and comes otherwise than in server-sent
    /// events, [`Self::unwrapper`] makes such of it.
    fn framing(&self, _call: &CallHead) -> Framing {
        Framing::Sse
    }

    /// Returns what takes a passing stream out of frames that clients do not know; `most` bytes may a frame have.
    fn unwrapper(&self, _call: &CallHead, _most: usize) -> Option<Box<dyn Unwrapper>> {
        None
    }

    /// Returns the reader of an answer.
    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder>;

    /// Reads an answer that is an error.
    fn failure(
        &self,
        _call: &CallHead,
        status: StatusCode,
        _headers: &HeaderMap,
        body: &[u8],
    ) -> Failure {
        failure::read(status, body)
    }

    /// True when an answer to a call for a stream says, as an error or by being no stream, that the model behind this
    /// target cannot stream. The client is told that in place of what came (501).
    fn declines_stream(&self, _status: StatusCode, _body: &[u8]) -> bool {
        false
    }

    /// Returns the URL that `tidegate check` shows for an operation; a local provider has none.
    fn describe_url(&self, operation: Operation) -> Option<String> {
        match self.head(&CallHead::of(operation)).transport {
            Transport::Http(uri) => Some(uri.to_string()),
            Transport::Local(_) => None,
        }
    }

    /// Returns the credentials that are fetched, renewed or made for each request, if calls need such. Asked once, when
    /// the snapshot is built.
    fn auth(&self) -> Option<Auth> {
        None
    }
}

/// Puts right where a provider's answer leaves the dialect that it shares with clients. Keeps what it must know of one
/// answer between its pieces.
pub trait Mender: Send {
    /// Returns a whole answer, or the data of one event, as it should be; `None` where nothing is to be put right.
    fn mend(&mut self, json: &[u8]) -> Option<Vec<u8>>;
}

/// Takes a stream out of a provider's frames: server-sent events come out, as the dialect's own API sends them.
pub trait Unwrapper: Send {
    /// Takes bytes of the provider. What stood before an error comes out too.
    fn chunk(&mut self, chunk: Bytes, out: &mut BytesMut) -> Result<(), DecodeError>;

    /// The provider's body ended: was its last frame whole?
    fn end(&mut self) -> Result<(), DecodeError>;
}

/// A dialect that clients and providers share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Native {
    /// The OpenAI API: chat completions, completions, embeddings.
    OpenAi,
    /// Anthropic's Messages API.
    Messages,
    /// Its counting of a request's tokens.
    CountTokens,
    /// OpenAI's Responses API.
    Responses,
}

/// Where a call goes.
pub struct UpstreamHead {
    /// How it gets there.
    pub transport: Transport,
    /// Headers of the provider, credentials among them (marked as sensitive).
    pub headers: HeaderMap,
}

impl UpstreamHead {
    /// A call to an address.
    pub(crate) fn http(uri: &Uri, headers: &HeaderMap) -> Self {
        Self {
            transport: Transport::Http(uri.clone()),
            headers: headers.clone(),
        }
    }
}

/// How a call reaches its provider.
pub enum Transport {
    /// A request to this address: `POST`, but for raw calls ([`Provider::base`]). It may lack scheme and host where the signer of [`Provider::auth`] fills them in.
    Http(Uri),
    /// Answered inside the process, through the same pipeline.
    Local(Arc<dyn Local>),
}

/// A provider that answers inside the process.
pub trait Local: Send + Sync {
    /// Answers a call.
    fn answer(&self, request: &LocalRequest) -> LocalReply;
}

/// A call to a local provider, with all that is not pure.
pub struct LocalRequest {
    /// What is asked.
    pub operation: Operation,
    /// The body in the provider's dialect.
    pub body: Bytes,
    /// Unix seconds.
    pub now: u64,
    /// A random number, at least 0 and below 1.
    pub draw: f64,
}

/// A local provider's answer, and when its parts are due.
pub struct LocalReply {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Wait before the head.
    pub delay: Duration,
    /// Parts of the body.
    pub chunks: Vec<Bytes>,
    /// Wait between parts.
    pub interval: Duration,
}

/// What happens to `model` in a body that passes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelEdit {
    /// Its value is replaced by this JSON text.
    Replace(Bytes),
    /// The member is cut out: the address names the model.
    Remove,
}
