//! A gateway whose providers' connections are replaced by a script: the whole pipeline runs, only the network is missing.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use http_body_util::BodyExt as _;
use serde_json::{Map, Value};
use tidegate_config::{Environment, MlflowDialect};
use tidegate_gateway::{
    Authority, Extras, Gateway, HttpClient, Incoming, Outgoing, Peeked, Signer, Signing, Snapshot,
    Unsigned,
};
use tidegate_golden::{Case, Request, Response};
use tidegate_providers::{
    Auth, CallHead, Encoded, Failure, Local, LocalReply, LocalRequest, Mender, ModelEdit, Native,
    Provider, Transport, Unwrapper, UpstreamHead,
};
use tidegate_wire::conversation::Conversation;
use tidegate_wire::dialect::anthropic::{Anthropic, CountTokens};
use tidegate_wire::dialect::mlflow::{Era, Mlflow};
use tidegate_wire::dialect::openai::OpenAi;
use tidegate_wire::dialect::responses::Responses;
use tidegate_wire::dialect::{Dialect, Fault};
use tidegate_wire::event::Decoder;
use tidegate_wire::frame::Framing;
use tidegate_wire::json::{Peek, peek};
use tidegate_wire::{Operation, Request as Asked};

/// Where a request goes whose scheme and host a signer would fill in.
const SIGNED_PLACE: &str = "https://bedrock-runtime.us-east-1.amazonaws.com";

/// What the provider inside the process takes for the time.
const NOW: u64 = 1_700_000_000;

/// The id of every call.
const CALL: &str = "golden";

/// What a call did.
pub(crate) struct Played {
    /// What the provider got.
    pub(crate) upstream_request: Option<Request>,
    /// What it answered.
    pub(crate) upstream_response: Option<Response>,
    /// What the client got.
    pub(crate) client_response: Response,
}

/// A gateway with one config, for as many calls as wanted.
pub(crate) struct Stage {
    gateway: Gateway,
    script: Arc<Script>,
}

/// What the provider answers, in which pieces, and what it was asked.
#[derive(Default)]
struct Script {
    /// How streams are framed, if not as the provider says.
    framing: Option<Framing>,
    answer: Mutex<Option<Response>>,
    cuts: Mutex<Vec<usize>>,
    seen: Mutex<(Option<Request>, Option<Response>)>,
}

/// Config files of golden files stand on their own.
struct Nowhere;

impl Environment for Nowhere {
    fn var(&self, _: &str) -> Option<String> {
        None
    }

    fn read_key_file(&self, _: &str) -> Option<Result<String, String>> {
        None
    }

    fn is_file(&self, _: &Path) -> bool {
        false
    }
}

/// Loading the system's certificates takes a while, so all stages share one client.
static FIRST: LazyLock<Snapshot> = LazyLock::new(|| build("endpoints: []", None));

fn build(config: &str, previous: Option<&Snapshot>) -> Snapshot {
    let catalog = tidegate_providers::catalog();
    let loaded = tidegate_config::parse(config, Path::new("golden"), catalog, &Nowhere)
        .unwrap_or_else(|error| panic!("{error}"));
    Snapshot::build(loaded.config, &Unneeded, previous, false).unwrap()
}

/// The script stands where requests would be signed.
struct Unneeded;

impl Authority for Unneeded {
    fn signer(&self, _: &str, _: &Auth, _: &HttpClient) -> Result<Arc<dyn Signer>, String> {
        Ok(Arc::new(Self))
    }
}

impl Signer for Unneeded {
    fn sign<'a>(&'a self, _: &'a mut Unsigned<'_>) -> Signing<'a> {
        Box::pin(async { Ok(()) })
    }
}

impl Stage {
    /// Builds a gateway from a config file.
    pub(crate) fn new(config: &str) -> Self {
        Self::with(config, Script::default())
    }

    /// Builds a gateway whose providers frame their streams in this way.
    pub(crate) fn framed(config: &str, framing: Framing) -> Self {
        let framing = Some(framing);
        Self::with(
            config,
            Script {
                framing,
                ..Script::default()
            },
        )
    }

    fn with(config: &str, script: Script) -> Self {
        let mut snapshot = build(config, Some(&FIRST));
        let script = Arc::new(script);
        // The list shares its endpoints with the map, in which the providers are replaced.
        snapshot.endpoints.clear();
        for endpoint in snapshot.by_name.values_mut() {
            let endpoint = Arc::get_mut(endpoint).unwrap();
            for (target, _) in &mut endpoint.targets {
                let target = Arc::get_mut(target).expect("no traffic splits here");
                let extras = target.extras.clone();
                target.provider = target.provider.take().map(|inner| {
                    Arc::new(Scripted {
                        inner,
                        extras,
                        script: script.clone(),
                    }) as Arc<dyn Provider>
                });
            }
        }
        Self {
            gateway: Gateway::new(snapshot),
            script,
        }
    }

    /// Makes a case's call. The provider's answer arrives in pieces that end at `cuts`.
    pub(crate) fn play(&self, case: &Case, cuts: &[usize]) -> Played {
        let answer = case.upstream_response.clone();
        self.call(&case.client_request, answer, cuts)
    }

    /// Makes a call.
    pub(crate) fn call(
        &self,
        request: &Request,
        answer: Option<Response>,
        cuts: &[usize],
    ) -> Played {
        *self.script.answer.lock().unwrap() = answer;
        *self.script.cuts.lock().unwrap() = cuts.to_vec();
        *self.script.seen.lock().unwrap() = (None, None);
        let client_response = match self.incoming(request) {
            Ok(incoming) => self.answered(incoming),
            Err(fault) => {
                let (status, body) = OpenAi.error(&fault);
                let body = String::from_utf8(body.to_vec()).unwrap();
                Response {
                    status,
                    content_type: "application/json".to_owned(),
                    translation: None,
                    body,
                }
            }
        };
        let (upstream_request, upstream_response) = self.script.seen.lock().unwrap().clone();
        Played {
            upstream_request,
            upstream_response,
            client_response,
        }
    }

    fn answered(&self, incoming: Incoming) -> Response {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let before = tidegate_gateway::unix_seconds();
        let Outgoing {
            status,
            headers,
            mut body,
        } = runtime.block_on(self.gateway.call(incoming));
        let mut whole = Vec::new();
        while let Some(frame) = runtime.block_on(body.frame()) {
            let frame = frame.unwrap();
            whole.extend_from_slice(&frame.into_data().unwrap());
        }
        let mut answer = response(status.as_u16(), &headers, &whole);
        // Where the provider gives no time the gateway's clock does; in golden files it stands at 0.
        for now in before..=tidegate_gateway::unix_seconds() {
            for name in ["created", "created_at", "completed_at"] {
                let clock = format!("\"{name}\":{now}");
                let still = format!("\"{name}\":0");
                answer.body = answer.body.replace(&clock, &still);
            }
        }
        answer
    }

    /// Returns the provider that a request reaches and what it knows of the call, and whether the body passes as it is.
    pub(crate) fn reached(&self, request: &Request) -> Option<(Arc<dyn Provider>, CallHead, bool)> {
        let incoming = self.incoming(request).ok()?;
        let operation = incoming.endpoint.operation;
        let provider = incoming.endpoint.first()?.provider.clone()?;
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let native = incoming.native.map(|(native, _)| native);
        let native = native.filter(|native| provider.speaks(operation, *native));
        let head = CallHead {
            streams: body["stream"] == true,
            faithful: incoming.faithful,
            native,
            ..CallHead::of(operation)
        };
        let same = native.is_some();
        let bytes = request.body.as_bytes();
        let sealed = incoming.dialect.unsealed(bytes).is_some();
        let passes = same && !sealed && !provider.needs_adapting(&head, bytes);
        Some((provider, head, passes))
    }

    /// Does what a door does: the path says who speaks.
    fn incoming(&self, request: &Request) -> Result<Incoming, Fault> {
        let body = Bytes::from(request.body.clone());
        let snapshot = self.gateway.snapshot();
        let parts: Vec<&str> = request.target.trim_matches('/').split('/').collect();
        let from_path = |dialect: &'static dyn Dialect, door| {
            let name = parts.get(1).copied().unwrap_or_default().to_owned();
            (name, dialect, door, None)
        };
        let from_body = |dialect: &'static dyn Dialect, door, native| {
            let (name, peeked) = glance(&body);
            (name, dialect, door, Some((native, peeked)))
        };
        let (name, dialect, door, native) = match parts.as_slice() {
            ["gateway", _, "invocations"] => {
                let dialect = match snapshot.mlflow_dialect {
                    MlflowDialect::Auto => &Mlflow(Era::Auto),
                    MlflowDialect::Candidates => &Mlflow(Era::Candidates),
                    MlflowDialect::Choices => &Mlflow(Era::Choices),
                };
                from_path(dialect, "gateway")
            }
            ["endpoints", _, "invocations"] => from_path(&Mlflow(Era::Endpoints), "endpoints"),
            ["v1", "messages"] => from_body(&Anthropic, "messages", Native::Messages),
            ["v1", "messages", "count_tokens"] => {
                from_body(&CountTokens, "count_tokens", Native::CountTokens)
            }
            ["v1", "responses"] => from_body(&Responses, "responses", Native::Responses),
            ["v1", ..] => from_body(&OpenAi, "openai", Native::OpenAi),
            _ => panic!("no door at {}", request.target),
        };
        let faithful = native.is_some();
        let endpoint = snapshot.endpoint(&name).cloned();
        let endpoint = endpoint.ok_or_else(|| tidegate_gateway::unknown_model(&name))?;
        let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let mut headers = HeaderMap::new();
        headers.insert("x-request-id", HeaderValue::from_static(CALL));
        for (name, value) in &request.headers {
            let name = HeaderName::try_from(name).unwrap();
            headers.insert(name, HeaderValue::try_from(value).unwrap());
        }
        Ok(Incoming {
            snapshot,
            endpoint,
            dialect,
            door,
            native,
            faithful,
            headers,
            body,
            peer,
        })
    }
}

/// Finds what the OpenAI door needs of a body.
fn glance(body: &Bytes) -> (String, Peeked) {
    let Peek {
        members: [model, stream],
        ..
    } = peek(body, ["model", "stream"], 64).unwrap();
    let text = |span: std::ops::Range<usize>| &body[span];
    let name = model
        .as_ref()
        .map(|model| serde_json::from_slice(text(model.value.clone())));
    let streams = stream.is_some_and(|stream| text(stream.value) == b"true");
    (name.expect("a `model`").unwrap(), Peeked { model, streams })
}

fn response(status: u16, headers: &HeaderMap, body: &[u8]) -> Response {
    let kind = headers.get(header::CONTENT_TYPE);
    let report = headers.get("x-tidegate-translation");
    Response {
        translation: report.map(|report| report.to_str().unwrap().to_owned()),
        status,
        content_type: kind.map_or("", |kind| kind.to_str().unwrap()).to_owned(),
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

/// A provider that is asked everything but whose address leads to a script.
struct Scripted {
    inner: Arc<dyn Provider>,
    /// Added here already, because the script stands inside the process.
    extras: Extras,
    script: Arc<Script>,
}

impl Provider for Scripted {
    fn speaks(&self, operation: Operation, native: Native) -> bool {
        self.inner.speaks(operation, native)
    }

    fn model_edit(&self, call: &CallHead) -> ModelEdit {
        self.inner.model_edit(call)
    }

    fn head(&self, call: &CallHead) -> UpstreamHead {
        let mut head = self.inner.head(call);
        self.extras.add(&mut head).unwrap();
        let UpstreamHead { transport, headers } = head;
        let local = Place {
            transport,
            headers: headers.clone(),
            script: self.script.clone(),
        };
        UpstreamHead {
            transport: Transport::Local(Arc::new(local)),
            headers,
        }
    }

    fn encode(&self, call: &CallHead, request: &Asked) -> Result<Encoded, Fault> {
        self.inner.encode(call, request)
    }

    fn converse(&self, call: &CallHead, asked: Conversation) -> Result<Encoded, Fault> {
        self.inner.converse(call, asked)
    }

    fn needs_adapting(&self, call: &CallHead, body: &[u8]) -> bool {
        self.inner.needs_adapting(call, body)
    }

    fn adapt(
        &self,
        call: &CallHead,
        body: Map<String, Value>,
        client: &HeaderMap,
    ) -> Result<Encoded, Fault> {
        self.inner.adapt(call, body, client)
    }

    fn unwrapper(&self, call: &CallHead, most: usize) -> Option<Box<dyn Unwrapper>> {
        self.inner.unwrapper(call, most)
    }

    fn mender(&self, call: &CallHead) -> Option<Box<dyn Mender>> {
        self.inner.mender(call)
    }

    fn framing(&self, call: &CallHead) -> Framing {
        self.script
            .framing
            .unwrap_or_else(|| self.inner.framing(call))
    }

    fn decoder(&self, call: &CallHead) -> Box<dyn Decoder> {
        self.inner.decoder(call)
    }

    fn failure(
        &self,
        call: &CallHead,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Failure {
        self.inner.failure(call, status, headers, body)
    }

    fn declines_stream(&self, status: StatusCode, body: &[u8]) -> bool {
        self.inner.declines_stream(status, body)
    }

    fn describe_url(&self, operation: Operation) -> Option<String> {
        self.inner.describe_url(operation)
    }
}

/// Where a call was to go, and the script that answers instead.
struct Place {
    transport: Transport,
    headers: HeaderMap,
    script: Arc<Script>,
}

impl Place {
    fn request(&self, call: &LocalRequest) -> Request {
        let http = |uri: &Uri| {
            let place = uri.host().map_or(SIGNED_PLACE, |_| "");
            ("POST".to_owned(), format!("{place}{uri}"))
        };
        let (method, target) = match &self.transport {
            Transport::Http(uri) => http(uri),
            Transport::Local(_) => ("LOCAL".to_owned(), call.operation.name().to_owned()),
        };
        let line = |(name, value): (&http::HeaderName, &HeaderValue)| {
            (name.to_string(), value.to_str().unwrap().to_owned())
        };
        let mut headers: Vec<_> = self.headers.iter().map(line).collect();
        headers.sort();
        Request {
            method,
            target,
            headers,
            body: String::from_utf8(call.body.to_vec()).unwrap(),
        }
    }

    fn answer_of_the_script(&self) -> LocalReply {
        let answer = self.script.answer.lock().unwrap().clone();
        let answer =
            answer.expect("the call reaches the provider, but nothing says what it answers");
        let body = answer.bytes().unwrap();
        let kind = HeaderValue::try_from(answer.content_type).unwrap();
        let headers = [(header::CONTENT_TYPE, kind)].into_iter();
        LocalReply {
            status: StatusCode::from_u16(answer.status).unwrap(),
            headers: headers.filter(|(_, kind)| !kind.is_empty()).collect(),
            delay: std::time::Duration::ZERO,
            chunks: vec![Bytes::from(body)],
            interval: std::time::Duration::ZERO,
        }
    }
}

impl Local for Place {
    fn answer(&self, call: &LocalRequest) -> LocalReply {
        let mut reply = match &self.transport {
            Transport::Http(_) => self.answer_of_the_script(),
            Transport::Local(local) => {
                let body = call.body.clone();
                let operation = call.operation;
                local.answer(&LocalRequest {
                    operation,
                    body,
                    now: NOW,
                    draw: 0.5,
                })
            }
        };
        let whole = Bytes::from(reply.chunks.concat());
        let said = match &self.transport {
            // The script says binary bodies in words.
            Transport::Http(_) => self.script.answer.lock().unwrap().clone().unwrap(),
            Transport::Local(_) => response(reply.status.as_u16(), &reply.headers, &whole),
        };
        *self.script.seen.lock().unwrap() = (Some(self.request(call)), Some(said));
        let cuts = self.script.cuts.lock().unwrap().clone();
        let mut ends: Vec<usize> = cuts.into_iter().filter(|cut| *cut < whole.len()).collect();
        ends.sort_unstable();
        let starts = [0].into_iter().chain(ends.iter().copied());
        let ends = ends.iter().copied().chain([whole.len()]);
        reply.chunks = starts
            .zip(ends)
            .map(|(start, end)| whole.slice(start..end))
            .collect();
        reply
    }
}
