//! A call as an HTTP request: its headers, and then what authorises it.

use http::{HeaderMap, HeaderValue, Request, Uri, header};
use tidegate_config::{Secret, UpstreamConfig};
use tidegate_wire::dialect::Fault;
use tidegate_wire::frame::Framing;
use tokio::time::Instant;

use super::{Outbound, Pieces, Wants};
use crate::auth::Unsigned;
use crate::fault;

/// Who we are.
const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("tidegate/", env!("CARGO_PKG_VERSION")));

/// A request that is ready to go.
pub(super) struct Signed {
    pub(super) request: Request<Pieces>,
    /// What the signer added, to be masked in the answer.
    pub(super) secrets: Vec<Secret>,
}

/// Writes the request, and has it signed when nothing else will change.
pub(super) async fn request(
    uri: Uri,
    call: Outbound,
    limits: &UpstreamConfig,
    deadline: Instant,
) -> Result<Signed, Fault> {
    let mut unsigned = Unsigned {
        method: call.method,
        uri,
        headers: headers(call.headers, call.wants),
        body: call.body.pieces(),
    };
    let mut secrets = Vec::new();
    if let Some(signer) = &call.signer {
        let signing = signer.sign(&mut unsigned);
        tokio::time::timeout_at(deadline, signing)
            .await
            .map_err(|_| fault::credentials_too_late(limits.total_timeout))??;
        secrets.extend(unsigned.headers.values().filter_map(secret));
    }
    let Unsigned {
        method,
        uri,
        headers,
        ..
    } = unsigned;
    let mut request = Request::new(call.body);
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    Ok(Signed { request, secrets })
}

fn headers(mut headers: HeaderMap, wants: Wants) -> HeaderMap {
    let accept = match wants {
        Wants::Json => Some("application/json"),
        Wants::Stream(Framing::Sse) => Some("text/event-stream, application/json"),
        Wants::Stream(Framing::Lines) => Some("application/stream+json, application/json"),
        Wants::Stream(Framing::Messages) => {
            Some("application/vnd.amazon.eventstream, application/json")
        }
        Wants::Anything => None,
    };
    if let Some(accept) = accept {
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
        // A provider whose answers come in another type has said so itself.
        headers
            .entry(header::ACCEPT)
            .or_insert(HeaderValue::from_static(accept));
    }
    // Bodies pass as they are, so they must come as they are.
    headers.insert(
        header::ACCEPT_ENCODING,
        HeaderValue::from_static("identity"),
    );
    headers.entry(header::USER_AGENT).or_insert(USER_AGENT);
    headers
}

/// Returns what a header keeps secret: its value, or the token in it.
fn secret(value: &HeaderValue) -> Option<Secret> {
    let text = value.to_str().ok().filter(|_| value.is_sensitive())?;
    Some(Secret::new(text.strip_prefix("Bearer ").unwrap_or(text)))
}
