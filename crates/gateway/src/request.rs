//! Request ids, and which client headers go upstream.

use http::{HeaderMap, HeaderName, HeaderValue};

/// Client headers that go upstream to every provider: W3C trace context.
const FORWARDED: [&str; 2] = ["traceparent", "tracestate"];

/// The longest id that is taken over from a client.
const LONGEST_ID: usize = 128;

/// Returns the caller's id when it is plain enough to be logged and sent back, else a fresh one.
pub fn request_id(given: Option<&HeaderValue>) -> HeaderValue {
    given
        .filter(|id| {
            let bytes = id.as_bytes();
            !bytes.is_empty() && bytes.len() <= LONGEST_ID && bytes.iter().all(u8::is_ascii_graphic)
        })
        .cloned()
        .unwrap_or_else(fresh_id)
}

/// Returns a random id of 32 hex digits.
fn fresh_id() -> HeaderValue {
    HeaderValue::try_from(format!("{:032x}", fastrand::u128(..)))
        .unwrap_or(HeaderValue::from_static("0"))
}

/// Copies the client headers that may go upstream: those of every provider, those that this one knows, and those that the
/// config adds. Never cookies or credentials: the config refuses them.
pub(crate) fn forward(
    client: &HeaderMap,
    known: &'static [&'static str],
    more: &[HeaderName],
    upstream: &mut HeaderMap,
) {
    let listed = FORWARDED.iter().chain(known);
    let listed = listed.map(|name| HeaderName::from_static(name));
    for name in listed.chain(more.iter().cloned()) {
        for value in client.get_all(&name) {
            upstream.append(name.clone(), value.clone());
        }
    }
}
