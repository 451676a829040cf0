//! Refusals that come before a request is read: written by hand, in the form of the door that the head names.

use std::fmt::Write as _;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use tidegate_wire::dialect::Fault;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::app::App;
use crate::error::Form;

/// How long a client over the cap may take to say which door it wants, and any refused one to read why.
const PATIENCE: Duration = Duration::from_secs(1);

/// Seconds after which to try again.
const RETRY_AFTER: u64 = 1;

/// Writes a whole response. `head` is what has come of the request so far.
pub(super) fn write(app: &App, head: &[u8], fault: &Fault) -> Bytes {
    let path = path_of(head);
    let snapshot = app.gateway().snapshot();
    let form = Form::of(app.local_path(&snapshot, path));
    let (status, body) = form.write(fault);
    let mut response = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\n");
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let _ = write!(response, "retry-after: {RETRY_AFTER}\r\n");
    }
    let length = body.len();
    let _ = write!(
        response,
        "connection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    let mut bytes = response.into_bytes();
    bytes.extend_from_slice(&body);
    bytes.into()
}

fn path_of(head: &[u8]) -> &str {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(head.get(..error.valid_up_to()).unwrap_or_default())
            .unwrap_or_default(),
    };
    text.split([' ', '\r', '\n', '?'])
        .nth(1)
        .unwrap_or_default()
}

/// Returns the fault behind a status that the HTTP library answers by itself.
pub(super) fn fault_of(status: u16, app: &App) -> Fault {
    let snapshot = app.gateway().snapshot();
    let caps = &snapshot.server;
    match status {
        431 => Fault::invalid(
            431,
            format!(
                "The request's head is too large: at most {} bytes in {} fields (`server.max_header_bytes`, `server.max_headers`).",
                caps.max_header_bytes, caps.max_headers
            ),
        ),
        414 => Fault::invalid(414, "The request's address is too long."),
        408 => Fault::invalid(
            408,
            format!(
                "The request's head did not arrive within {} s.",
                caps.header_timeout.as_secs_f64()
            ),
        ),
        _ => Fault::invalid(400, "The request breaks the rules of HTTP."),
    }
}

/// Tells a client that no more connections are taken.
pub(super) async fn too_many_connections(mut stream: TcpStream, app: &App) {
    let mut head = vec![0; 4096];
    let read = tokio::time::timeout(PATIENCE, stream.read(&mut head)).await;
    let size = read.ok().and_then(Result::ok).unwrap_or(0);
    head.truncate(size);
    let fault = Fault::gateway(
        503,
        "server_error",
        "Too many connections are open. Try again shortly.",
    )
    .with_code("overloaded");
    let response = write(app, &head, &fault);
    if let Ok(Ok(())) = tokio::time::timeout(PATIENCE, stream.write_all(&response)).await {
        farewell(stream).await;
    }
}

/// Closes after a refusal. What the client still sends is read for a while: closing on it would be a reset, which can
/// take the refusal away before it is read.
pub(super) async fn farewell(mut stream: TcpStream) {
    let _ = stream.shutdown().await;
    let mut waste = [0; 4096];
    let reading = async { while let Ok(1..) = stream.read(&mut waste).await {} };
    let _ = tokio::time::timeout(PATIENCE, reading).await;
}
