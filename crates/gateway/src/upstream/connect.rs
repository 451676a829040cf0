//! Connections: directly, or through the proxy that the environment names; all within one time limit.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::client::proxy::matcher::Intercept;
use hyper_util::rt::TokioIo;
use tidegate_wire::dialect::Fault;
use tokio::net::TcpStream;
use tower_service::Service;

use super::place;
use super::proxy::Proxies;
use crate::fault;

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

/// Opens TCP connections, through a proxy where one is due.
#[derive(Clone)]
pub(super) struct Connector {
    tcp: HttpConnector,
    proxies: Arc<Proxies>,
}

impl Connector {
    pub(super) fn new(proxies: Arc<Proxies>) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(Duration::from_secs(30)));
        Self { tcp, proxies }
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = Connecting<Stream>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let tcp = self.tcp.clone();
        let proxy = self.proxies.intercept(&target);
        Box::pin(connect(tcp, proxy, target))
    }
}

/// HTTPS goes through a tunnel; plain HTTP asks the proxy for the whole address.
async fn connect(
    mut tcp: HttpConnector,
    proxy: Option<Intercept>,
    target: Uri,
) -> Result<Stream, BoxError> {
    let Some(proxy) = proxy else {
        return Ok(Stream {
            io: tcp.call(target).await?,
            proxied: false,
        });
    };
    let blame = |error: BoxError| ProxyFailed {
        place: place(proxy.uri()),
        reason: deepest(&*error).to_string(),
    };
    if target.scheme_str() != Some("https") {
        let io = tcp
            .call(proxy.uri().clone())
            .await
            .map_err(|error| blame(error.into()))?;
        return Ok(Stream { io, proxied: true });
    }
    let mut tunnel = Tunnel::new(proxy.uri().clone(), tcp);
    if let Some(auth) = proxy.basic_auth() {
        tunnel = tunnel.with_auth(auth.clone());
    }
    let io = tunnel
        .call(target)
        .await
        .map_err(|error| blame(error.into()))?;
    Ok(Stream { io, proxied: false })
}

pin_project_lite::pin_project! {
    /// A connection that knows whether a forwarding proxy stands at its other end.
    pub(super) struct Stream {
        #[pin]
        io: TokioIo<TcpStream>,
        proxied: bool,
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        self.io.connected().proxy(self.proxied)
    }
}

impl Read for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        self.project().io.poll_read(cx, buffer)
    }
}

impl Write for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.project().io.poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().io.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().io.poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.project().io.poll_write_vectored(cx, pieces)
    }
}

/// Bounds the way to a usable connection, name lookup, proxy and TLS included.
#[derive(Clone)]
pub(super) struct DeadlineConnector {
    inner: HttpsConnector<Connector>,
    limit: Duration,
}

impl DeadlineConnector {
    pub(super) fn new(inner: HttpsConnector<Connector>, limit: Duration) -> Self {
        Self { inner, limit }
    }
}

impl Service<Uri> for DeadlineConnector {
    type Response = <HttpsConnector<Connector> as Service<Uri>>::Response;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let (connecting, limit) = (self.inner.call(target), self.limit);
        Box::pin(async move {
            match tokio::time::timeout(limit, connecting).await {
                Ok(outcome) => outcome,
                Err(_) => Err(ConnectTimeout.into()),
            }
        })
    }
}

/// The time limit on connecting ran out.
#[derive(Debug, thiserror::Error)]
#[error("connecting took too long")]
struct ConnectTimeout;

/// The proxy on the way to the provider is to blame.
#[derive(Debug, thiserror::Error)]
#[error("the proxy at {place} failed: {reason}")]
struct ProxyFailed {
    place: String,
    reason: String,
}

fn deepest<'a>(
    mut error: &'a (dyn std::error::Error + 'static),
) -> &'a (dyn std::error::Error + 'static) {
    while let Some(cause) = error.source() {
        error = cause;
    }
    error
}

/// Says why no answer came.
pub(super) fn explain(
    error: &hyper_util::client::legacy::Error,
    place: &str,
    connect_timeout: Duration,
) -> Fault {
    let mut cause: &dyn std::error::Error = error;
    let mut reason = cause.to_string();
    while let Some(next) = cause.source() {
        if next.is::<ConnectTimeout>() {
            return fault::timed_out("accept a connection", connect_timeout);
        }
        cause = next;
        reason = cause.to_string();
    }
    if !error.is_connect() {
        reason = format!("the connection broke before the answer ({reason})");
    }
    fault::unreachable(place, &reason)
}
