//! One request: path, caps, door, answer.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Request, Response, Version, header};
use http_body::Body as _;
use hyper::body::Incoming;
use tidegate_gateway::{Body, Gateway, ReloadStatus, Reloader, Snapshot, request_id, unix_seconds};
use tidegate_wire::Operation;
use tidegate_wire::dialect::Fault;

use crate::error::Form;
use crate::router::{Place, below};
use crate::{assets, body, cors, doors, health, metadata, openapi};

/// What the command line sets, over what the config says.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Path prefix that a path-keeping proxy forwards.
    pub root_path: Option<String>,
}

/// All that answers requests.
pub struct App {
    gateway: Arc<Gateway>,
    reloader: Arc<Reloader>,
    options: Options,
    draining: AtomicBool,
    /// Unix seconds; stands for the age of models in lists.
    started: u64,
}

impl App {
    /// Puts the parts together.
    pub fn new(gateway: Arc<Gateway>, reloader: Arc<Reloader>, options: Options) -> Self {
        Self {
            gateway,
            reloader,
            options,
            draining: AtomicBool::new(false),
            started: unix_seconds(),
        }
    }

    pub(crate) fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    pub(crate) fn started(&self) -> u64 {
        self.started
    }

    pub(crate) fn reload_status(&self) -> ReloadStatus {
        self.reloader.status()
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Says from now on that no new calls are welcome.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Returns the path below the root path.
    pub(crate) fn local_path<'a>(&self, snapshot: &Snapshot, path: &'a str) -> &'a str {
        below(self.root_path(snapshot), path)
    }

    fn root_path<'a>(&'a self, snapshot: &'a Snapshot) -> &'a str {
        self.options
            .root_path
            .as_deref()
            .unwrap_or(&snapshot.server.root_path)
    }

    /// Answers a request.
    pub(crate) async fn handle(&self, request: Request<Incoming>, peer: IpAddr) -> Response<Body> {
        let snapshot = self.gateway.snapshot();
        let (parts, body) = request.into_parts();
        let id = parts.headers.get("x-request-id").cloned();
        let old = parts.version == Version::HTTP_10;
        let origin = cors::allowed_origin(&parts.headers, &snapshot.server.cors_origins);
        let form = Form::asked(self.local_path(&snapshot, parts.uri.path()), &parts.headers);
        let mut response = self
            .answer(&snapshot, parts, body, form, origin.as_ref(), peer)
            .await;
        let streams = matches!(response.body(), Body::Stream(_) | Body::Raw(_));
        let headers = response.headers_mut();
        if let Some(origin) = origin.filter(|_| !headers.contains_key(header::VARY)) {
            cors::allow(headers, origin);
        }
        // To a client that knows no chunks, only the connection's end tells the end of a stream.
        if old && streams {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        let id = headers
            .entry(HeaderName::from_static("x-request-id"))
            .or_insert_with(|| request_id(id.as_ref()))
            .clone();
        if form == Form::Anthropic {
            headers.insert(HeaderName::from_static("request-id"), id);
        }
        response
    }

    async fn answer(
        &self,
        snapshot: &Arc<Snapshot>,
        parts: Parts,
        body: Incoming,
        form: Form,
        origin: Option<&HeaderValue>,
        peer: IpAddr,
    ) -> Response<Body> {
        let uri = parts.uri.clone();
        let path = self.local_path(snapshot, uri.path());
        let place = match admit(snapshot, &parts, path, form, origin) {
            Ok(place) => place,
            Err(response) if body.is_end_stream() => return *response,
            Err(response) => {
                body::turn_away(&parts.headers, body).await;
                return closing(*response);
            }
        };
        if place.makes_calls(&parts.method) {
            let bytes = match body::read(&parts.headers, body, &snapshot.server).await {
                Ok(bytes) => bytes,
                Err(fault) => {
                    let response = match doors::Door::of(&place) {
                        Some(door) => door.refuse(snapshot, &parts.headers, 0, fault),
                        None => form.response(&fault),
                    };
                    return closing(response);
                }
            };
            let request = doors::Request {
                snapshot: snapshot.clone(),
                headers: parts.headers,
                body: bytes,
                peer,
            };
            let head = (parts.method, uri.query());
            return self.post(place, head, request).await;
        }
        self.get(snapshot, &place, &parts, path, form)
    }

    /// Answers what takes a body.
    async fn post(
        &self,
        place: Place,
        (method, query): (Method, Option<&str>),
        request: doors::Request,
    ) -> Response<Body> {
        match place {
            Place::Gateway(name) => doors::mlflow::gateway(self, &name, request).await,
            Place::Invocations(name) => doors::mlflow::endpoints(self, &name, request).await,
            Place::Unified(name) => doors::by_model::named(self, &name, request).await,
            Place::OpenAi(operation) => {
                doors::by_model::call(self, &doors::OPENAI, operation, request).await
            }
            Place::Messages => self.chat(&doors::MESSAGES, request).await,
            Place::CountTokens => self.chat(&doors::COUNT_TOKENS, request).await,
            Place::Responses => self.chat(&doors::RESPONSES, request).await,
            Place::Proxy { name, path } => {
                let query = query.map(str::to_owned);
                let wanted = doors::proxy::Wanted {
                    method,
                    path,
                    query,
                };
                doors::proxy::call(self, &name, wanted, request).await
            }
            _ => metadata::set_limits(&request.body),
        }
    }

    async fn chat(&self, door: &'static doors::Door, request: doors::Request) -> Response<Body> {
        doors::by_model::call(self, door, Operation::Chat, request).await
    }

    /// Answers what is only looked at.
    fn get(
        &self,
        snapshot: &Arc<Snapshot>,
        place: &Place,
        parts: &Parts,
        path: &str,
        form: Form,
    ) -> Response<Body> {
        let query = parts.uri.query();
        let models = doors::models::Look {
            app: self,
            snapshot,
            form,
        };
        match place {
            Place::Root => assets::redirect(&beside(parts.uri.path(), "docs")),
            Place::DocsSlash => assets::redirect("../docs"),
            Place::Docs => asset("index.html", path),
            Place::Asset(name) => asset(name, path),
            Place::Favicon => asset("favicon.svg", path),
            Place::OpenApi => openapi::respond(snapshot, self.root_path(snapshot)),
            Place::Health => health::health(self, query),
            Place::Live => health::live(),
            Place::Ready => health::ready(self),
            Place::Routes => metadata::list(snapshot, query, metadata::ROUTES),
            Place::Route(name) => metadata::one(snapshot, name, metadata::ROUTES),
            Place::Endpoints => metadata::list(snapshot, query, metadata::ENDPOINTS),
            Place::Endpoint(name) | Place::Endpoint3(name) => {
                metadata::one(snapshot, name, metadata::ENDPOINTS)
            }
            Place::LimitsOrEndpoint => metadata::one(snapshot, "limits", metadata::ENDPOINTS),
            Place::Route3(name) => metadata::split(snapshot, name),
            Place::Models => models.list(query),
            Place::Model(name) => models.one(name),
            Place::LimitsOf | Place::Limits => metadata::get_limits(),
            Place::Gateway(_)
            | Place::Invocations(_)
            | Place::Unified(_)
            | Place::OpenAi(_)
            | Place::Messages
            | Place::CountTokens
            | Place::Responses
            | Place::Proxy { .. } => not_allowed(form, place),
        }
    }
}

/// Returns what answers the request, or an answer that needs no body.
fn admit(
    snapshot: &Snapshot,
    parts: &Parts,
    path: &str,
    form: Form,
    origin: Option<&HeaderValue>,
) -> Result<Place, Box<Response<Body>>> {
    check_head(parts, snapshot).map_err(|fault| form.response(&fault))?;
    if let (&Method::OPTIONS, Some(origin)) = (&parts.method, origin) {
        return Err(cors::preflight(&parts.headers, origin.clone()).into());
    }
    let place = Place::at(path).ok_or_else(|| not_found(form, path))?;
    let unified = place.unified_proxy();
    let place = unified
        .filter(|_| snapshot.endpoint("proxy").is_some())
        .unwrap_or(place);
    if !place.takes(&parts.method) {
        return Err(not_allowed(form, &place).into());
    }
    if origin.is_none() && place.makes_calls(&parts.method) && cors::is_cross_site(&parts.headers) {
        let message =
            "A page of another site sent this request. Allow its origin in `server.cors_origins`.";
        return Err(form.response(&Fault::invalid(403, message)).into());
    }
    Ok(place)
}

/// Refuses heads over the caps. The connection refuses what is far beyond them.
fn check_head(parts: &Parts, snapshot: &Snapshot) -> Result<(), Fault> {
    let caps = &snapshot.server;
    let sizes = parts
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4);
    let bytes =
        sizes.sum::<usize>() + parts.uri.path().len() + parts.uri.query().map_or(0, str::len);
    if bytes > caps.max_header_bytes {
        let cap = caps.max_header_bytes;
        let message =
            format!("The request's head is larger than {cap} bytes (`server.max_header_bytes`).");
        return Err(Fault::invalid(431, message));
    }
    if parts.headers.len() > caps.max_headers {
        let cap = caps.max_headers;
        let message =
            format!("The request has more than {cap} header fields (`server.max_headers`).");
        return Err(Fault::invalid(431, message));
    }
    Ok(())
}

fn asset(name: &str, path: &str) -> Response<Body> {
    assets::serve(name).unwrap_or_else(|| not_found(Form::of(path), path))
}

/// Returns a relative address of a sibling of the path's end.
fn beside(path: &str, name: &str) -> String {
    match path.rsplit_once('/') {
        Some((_, "")) | None => name.to_owned(),
        Some((_, last)) => format!("{last}/{name}"),
    }
}

fn not_found(form: Form, path: &str) -> Response<Body> {
    form.response(&match form {
        Form::Mlflow => Fault::invalid(404, "Not Found"),
        Form::OpenAi | Form::Anthropic => Fault::invalid(
            404,
            format!("Unknown request URL: `{path}`. `/docs` lists what is served."),
        ),
    })
}

fn not_allowed(form: Form, place: &Place) -> Response<Body> {
    let mut response = form.response(&Fault::invalid(405, "Method Not Allowed"));
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(place.allows()));
    response
}

/// The rest of an unread body cannot be told from the next request.
fn closing(mut response: Response<Body>) -> Response<Body> {
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
