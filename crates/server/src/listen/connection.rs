//! One client connection: HTTP/1 with its clocks and caps.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tidegate_config::ServerConfig;
use tidegate_gateway::{Body, Cut};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::io::{ClientIo, Phase, Watch};
use super::refusal;
use crate::app::App;

/// The head that the HTTP library takes at most, over our own cap: within it, refusals have a body of the right form.
const HEAD_ROOM: usize = 64 * 1024;

/// Header fields that the HTTP library takes by itself. Taking more costs it an allocation per request.
const LIBRARY_FIELDS: usize = 100;

/// Serves a connection until it ends, idles too long, or is asked to stop.
pub(super) async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    app: Arc<App>,
    stop: CancellationToken,
) {
    let _ = stream.set_nodelay(true);
    let caps = app.gateway().snapshot().server.clone();
    let watch = Watch::new();
    let io = TokioIo::new(ClientIo::new(stream, watch.clone(), app.clone()));
    let (service_app, service_watch) = (app.clone(), watch.clone());
    let service = service_fn(move |request: http::Request<Incoming>| {
        let (app, watch) = (service_app.clone(), service_watch.clone());
        watch.busy();
        Box::pin(async move {
            let response = app.handle(request, peer.ip().to_canonical()).await;
            Ok::<_, std::convert::Infallible>(response.map(|body| WatchedBody { body, watch }))
        })
    });
    let mut builder = http1::Builder::new();
    builder
        .header_read_timeout(None)
        .max_buf_size(caps.max_header_bytes + HEAD_ROOM);
    if caps.max_headers > LIBRARY_FIELDS {
        builder.max_headers(caps.max_headers);
    }
    let mut connection = builder.serve_connection(io, service);

    let mut stopping = false;
    loop {
        let due = next_look(&watch, &caps);
        tokio::select! {
            // An answer that is written after the stop must say that the connection ends.
            biased;
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
            outcome = poll_fn(|cx| connection.poll_without_shutdown(cx)) => {
                if let Err(error) = outcome {
                    tracing::debug!(%error, "a client connection ended early");
                }
                let io = connection.into_parts().io.into_inner();
                let refused = io.refused();
                let mut stream = io.into_stream();
                if refused {
                    refusal::farewell(stream).await;
                } else {
                    let _ = stream.shutdown().await;
                }
                return;
            }
            () = tokio::time::sleep_until(due) => match overdue(&watch, &caps) {
                None => {}
                Some(Overdue::Idle) => return,
                Some(Overdue::Head) => {
                    let mut stream = connection.into_parts().io.into_inner().into_stream();
                    let fault = refusal::fault_of(408, &app);
                    let _ = stream.write_all(&refusal::write(&app, &watch.head(), &fault)).await;
                    refusal::farewell(stream).await;
                    return;
                }
            },
        }
    }
}

enum Overdue {
    Idle,
    Head,
}

/// Returns when to look at the clocks again. While a request is answered they stand; a head that begins just after a look
/// is noticed one look later.
fn next_look(watch: &Watch, caps: &ServerConfig) -> Instant {
    if let Some(since) = watch.stalled() {
        return since + caps.write_timeout;
    }
    match watch.phase() {
        Phase::Idle(since) => {
            (since + caps.keep_alive_timeout).min(Instant::now() + caps.header_timeout)
        }
        Phase::Head(since) => since + caps.header_timeout,
        Phase::Busy => Instant::now() + caps.header_timeout.min(caps.write_timeout),
    }
}

fn overdue(watch: &Watch, caps: &ServerConfig) -> Option<Overdue> {
    if let Some(since) = watch.stalled() {
        return (since.elapsed() >= caps.write_timeout).then_some(Overdue::Idle);
    }
    match watch.phase() {
        Phase::Idle(since) if since.elapsed() >= caps.keep_alive_timeout => Some(Overdue::Idle),
        Phase::Head(since) if since.elapsed() >= caps.header_timeout => Some(Overdue::Head),
        _ => None,
    }
}

/// A response body that tells when it is over.
struct WatchedBody {
    body: Body,
    watch: Watch,
}

impl http_body::Body for WatchedBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for WatchedBody {
    fn drop(&mut self) {
        self.watch.idle();
    }
}
