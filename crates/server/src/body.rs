//! Request bodies, read whole under a cap on bytes and on time.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header;
use http_body::Body as _;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tidegate_config::ServerConfig;
use tidegate_wire::dialect::Fault;

/// How long a client that sends too much is listened to, so that it reads the refusal instead of a reset.
const LINGER: Duration = Duration::from_secs(2);

/// How much of it is thrown away at most, in bytes.
const DISCARD: usize = 256 * 1024 * 1024;

/// Reads a body.
pub(crate) async fn read(
    headers: &http::HeaderMap,
    body: Incoming,
    caps: &ServerConfig,
) -> Result<Bytes, Fault> {
    if let Some(coding) = headers
        .get(header::CONTENT_ENCODING)
        .filter(|c| c.as_bytes() != b"identity")
    {
        let coding = coding.to_str().unwrap_or("?");
        let message = format!(
            "A request body in the coding `{coding}` cannot be read. Send it uncompressed."
        );
        turn_away(headers, body).await;
        return Err(Fault::invalid(415, message));
    }
    let cap = caps.max_body_bytes;
    if body.size_hint().lower() > cap as u64 {
        turn_away(headers, body).await;
        return Err(too_large(cap));
    }
    match tokio::time::timeout(caps.body_timeout, gather(body, cap)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(Broken::TooLarge(rest))) => {
            discard(rest).await;
            Err(too_large(cap))
        }
        Ok(Err(Broken::Cut)) => Err(Fault::invalid(400, "The request body was cut off.")),
        Err(_) => Err(Fault::invalid(
            408,
            format!(
                "The request body did not arrive within {} s.",
                caps.body_timeout.as_secs_f64()
            ),
        )),
    }
}

/// Reads a body for nothing, so that its sender gets to read why it is refused.
pub(crate) async fn turn_away(headers: &http::HeaderMap, body: Incoming) {
    // A client that waits for `100 Continue` has sent nothing yet and is answered at once.
    if !headers.contains_key(header::EXPECT) {
        discard(body).await;
    }
}

enum Broken {
    TooLarge(Incoming),
    Cut,
}

async fn gather(mut body: Incoming, cap: usize) -> Result<Bytes, Broken> {
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Broken::Cut)?.into_data() else {
            continue;
        };
        if first.len() + whole.len() + data.len() > cap {
            return Err(Broken::TooLarge(body));
        }
        if first.is_empty() && whole.is_empty() {
            first = data;
            continue;
        }
        if whole.is_empty() {
            let expected = usize::try_from(body.size_hint().lower())
                .unwrap_or(0)
                .min(cap);
            whole.reserve(first.len() + data.len() + expected);
            whole.extend_from_slice(&std::mem::take(&mut first));
        }
        whole.extend_from_slice(&data);
    }
    Ok(if whole.is_empty() {
        first
    } else {
        whole.freeze()
    })
}

async fn discard(mut body: Incoming) {
    let mut left = DISCARD;
    let reading = async {
        while let Some(Ok(frame)) = body.frame().await {
            let size = frame.data_ref().map_or(0, Bytes::len);
            let Some(rest) = left.checked_sub(size) else {
                return;
            };
            left = rest;
        }
    };
    let _ = tokio::time::timeout(LINGER, reading).await;
}

fn too_large(cap: usize) -> Fault {
    let message = format!(
        "The request body is larger than {cap} bytes. Send less, or raise `server.max_body_bytes`."
    );
    Fault::invalid(413, message)
}
