//! The calling side: pooled connections, TLS, proxies, timeouts, and the bodies that come back.

mod body;
mod connect;
mod local;
mod proxy;
mod tls;
mod write;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tidegate_config::{Secret, UpstreamConfig};
use tidegate_providers::{LocalRequest, Transport};
use tidegate_wire::dialect::Fault;
use tidegate_wire::frame::Framing;
use tokio::time::Instant;

use crate::auth::Signer;
use crate::{clock, fault};

use body::Source;
pub(crate) use body::{Pieces, UpstreamBody};
use connect::{Connector, DeadlineConnector};
use proxy::Proxies;
use write::Signed;

/// How long an idle pooled connection is kept.
const IDLE: Duration = Duration::from_secs(55);

/// The client side, shared by all targets.
pub(crate) struct Upstream {
    client: Client<DeadlineConnector, Pieces>,
    proxies: Arc<Proxies>,
    /// What it was built from: as long as this stays, connections outlive a reload.
    key: Key,
}

#[derive(PartialEq, Eq)]
struct Key {
    connect_timeout: Duration,
    max_idle_per_host: usize,
    extra_roots: Option<Vec<u8>>,
}

/// An answer's head, and its body to come.
pub(crate) struct UpstreamAnswer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: UpstreamBody,
    /// What authorised the call and does not stand in the config: to be masked where the provider repeats it.
    pub(crate) secrets: Vec<Secret>,
}

/// A call ready to go out.
pub(crate) struct Outbound {
    pub(crate) transport: Transport,
    pub(crate) signer: Option<Arc<dyn Signer>>,
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Pieces,
    pub(crate) operation: tidegate_wire::Operation,
    pub(crate) wants: Wants,
}

/// What a call wants for an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wants {
    /// A JSON document, for one.
    Json,
    /// A stream that is cut in this way, for a JSON document.
    Stream(Framing),
    /// Whatever the headers say, for whatever they say.
    Anything,
}

impl Upstream {
    /// Builds the client side, or keeps the previous one when nothing that matters to it has changed.
    pub(crate) fn build(
        config: &UpstreamConfig,
        previous: Option<&Arc<Self>>,
    ) -> Result<Arc<Self>, String> {
        let extra_roots = config
            .ca_bundle
            .as_deref()
            .map(tls::read_bundle)
            .transpose()?;
        let key = Key {
            connect_timeout: config.connect_timeout,
            max_idle_per_host: config.max_idle_per_host,
            extra_roots,
        };
        if let Some(kept) = previous.filter(|old| old.key == key) {
            return Ok(kept.clone());
        }
        let tls = tls::client_config(key.extra_roots.as_deref())?;
        let proxies = Arc::new(Proxies::from_env());
        let connector = Connector::new(proxies.clone());
        let https = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(connector);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(key.max_idle_per_host)
            // Sends again only a request of which no byte was written: the pooled connection had died unnoticed.
            .retry_canceled_requests(true)
            .build(DeadlineConnector::new(https, key.connect_timeout));
        Ok(Arc::new(Self {
            client,
            proxies,
            key,
        }))
    }

    /// Sends a call and waits for the answer's head, within the limits and before the deadline.
    pub(crate) async fn send(
        &self,
        call: Outbound,
        limits: &UpstreamConfig,
        deadline: Instant,
    ) -> Result<UpstreamAnswer, Fault> {
        let uri = match &call.transport {
            Transport::Http(uri) => uri.clone(),
            Transport::Local(local) => {
                let request = LocalRequest {
                    operation: call.operation,
                    body: call.body.into_bytes(),
                    now: clock::unix_seconds(),
                    draw: fastrand::f64(),
                };
                let answer = local::play(
                    local.answer(&request),
                    limits.first_byte_timeout.min(deadline - Instant::now()),
                );
                return answer.await;
            }
        };
        let Signed { request, secrets } = write::request(uri, call, limits, deadline).await?;
        let mut answer = self.exchange(request, limits, deadline).await?;
        answer.secrets = secrets;
        Ok(answer)
    }

    /// Sends a request and waits for the answer's head.
    pub(crate) async fn exchange(
        &self,
        mut request: Request<Pieces>,
        limits: &UpstreamConfig,
        deadline: Instant,
    ) -> Result<UpstreamAnswer, Fault> {
        let uri = request.uri().clone();
        if let Some(value) = self.proxy_authorization(&uri) {
            let headers = request.headers_mut();
            headers.insert(header::PROXY_AUTHORIZATION, value);
        }
        let (patience, limit) = patience(limits.first_byte_timeout, limits, deadline);
        let answer = tokio::time::timeout_at(patience, self.client.request(request))
            .await
            .map_err(|_| fault::timed_out("answer", limit))?
            .map_err(|error| connect::explain(&error, &place(&uri), limits.connect_timeout))?;
        let (head, body) = answer.into_parts();
        Ok(UpstreamAnswer {
            status: head.status,
            headers: head.headers,
            body: Source::Http(body).into(),
            secrets: Vec::new(),
        })
    }

    /// Returns what a forwarding proxy asks for; a tunnel's is sent when it is opened.
    fn proxy_authorization(&self, uri: &Uri) -> Option<HeaderValue> {
        let forwarded = uri.scheme_str() == Some("http");
        let proxy = forwarded.then(|| self.proxies.intercept(uri)).flatten()?;
        proxy.basic_auth().cloned()
    }
}

/// Returns host and port for messages: an address may hold secrets in its query.
fn place(uri: &Uri) -> String {
    uri.authority().map_or_else(
        || "an unknown host".to_owned(),
        |authority| match authority.as_str().rsplit_once('@') {
            Some((_, host)) => format!("`{host}`"),
            None => format!("`{authority}`"),
        },
    )
}

/// Returns until when to wait: for `limit` from now, or to the deadline; and the configured limit that this is.
fn patience(limit: Duration, limits: &UpstreamConfig, deadline: Instant) -> (Instant, Duration) {
    let until = Instant::now() + limit;
    if deadline < until {
        (deadline, limits.total_timeout)
    } else {
        (until, limit)
    }
}

/// Reads a whole body under the cap and before the deadline; once it has begun, no silence may last longer than the idle
/// limit.
pub(crate) async fn read_capped(
    mut body: UpstreamBody,
    limits: &UpstreamConfig,
    deadline: Instant,
) -> Result<Bytes, Fault> {
    let cap = limits.max_response_bytes;
    let mut whole = bytes::BytesMut::new();
    let mut first: Option<Bytes> = None;
    loop {
        let begun = first.is_some() || !whole.is_empty();
        let silence = if begun {
            limits.idle_timeout
        } else {
            limits.total_timeout
        };
        let (until, limit) = patience(silence, limits, deadline);
        let chunk = tokio::time::timeout_at(until, body.next())
            .await
            .map_err(|_| fault::timed_out("finish its answer", limit))?;
        match chunk {
            None if whole.is_empty() => return Ok(first.unwrap_or_default()),
            None => return Ok(whole.freeze()),
            Some(Err(reason)) => {
                return Err(fault::invalid_answer(&format!(
                    "the connection broke: {reason}"
                )));
            }
            Some(Ok(chunk)) => {
                let size = whole.len() + first.as_ref().map_or(0, Bytes::len) + chunk.len();
                if size > cap {
                    return Err(fault::answer_too_large(cap));
                }
                // Most answers come in one piece, which is then shared, not copied.
                match (first.take(), whole.is_empty()) {
                    (None, true) => first = Some(chunk),
                    (one, _) => {
                        if let Some(one) = one {
                            whole.reserve(size.saturating_add(body.announced()).min(cap));
                            whole.extend_from_slice(&one);
                        }
                        whole.extend_from_slice(&chunk);
                    }
                }
            }
        }
    }
}
