//! What the head of a provider's answer says: what the body is, and what the client is to know of it.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use tidegate_providers::Native;
use tidegate_wire::frame::Framing;

use crate::mask::Masker;
use crate::rate_limits::{Family, translated};

/// Headers of a provider's answer that the client gets unchanged, besides those with a rate-limit prefix.
const PASSED: [&str; 5] = [
    "retry-after",
    "retry-after-ms",
    "x-should-retry",
    "openai-processing-ms",
    "openai-version",
];

/// Beginnings of the names of rate-limit headers.
const RATE_LIMITS: [&str; 2] = ["x-ratelimit-", "anthropic-ratelimit-"];

/// Names under which providers give their own request id.
const UPSTREAM_IDS: [&str; 4] = [
    "x-request-id",
    "request-id",
    "apim-request-id",
    "x-amzn-requestid",
];

/// The content type of server-sent events.
const EVENTS: &str = "text/event-stream";

/// The content type of AWS event streams.
const MESSAGES: &str = "application/vnd.amazon.eventstream";

/// Content types under which lines of JSON, and nothing else, are sent.
const LINES: [&str; 3] = [
    "application/stream+json",
    "application/x-ndjson",
    "application/jsonl",
];

/// What a body claims to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Json,
    /// A stream, cut in this way.
    Events(Framing),
    Other,
}

/// What the first line of an event stream can begin with.
const SIGNS: [&str; 5] = ["data:", "event:", ":", "id:", "retry:"];

/// Blanks before the first sign, at most: no body may keep us waiting for its beginning.
const BLANKS: usize = 1024;

/// Returns the content type, empty when there is none.
pub(crate) fn content_type(headers: &HeaderMap) -> &str {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Returns the coding of a body that cannot be read as it is.
pub(crate) fn coding_of(headers: &HeaderMap) -> Option<String> {
    let coding = headers.get(header::CONTENT_ENCODING)?;
    let plain = coding.as_bytes().eq_ignore_ascii_case(b"identity");
    (!plain).then(|| String::from_utf8_lossy(coding.as_bytes()).into_owned())
}

/// Tells from the first bytes of a body whether it is an event stream; nothing while they leave it open.
pub(crate) fn begins_events(first: &[u8]) -> Option<bool> {
    let text = first.trim_ascii_start();
    if SIGNS.iter().any(|sign| text.starts_with(sign.as_bytes())) {
        return Some(true);
    }
    let open = SIGNS.iter().any(|sign| sign.as_bytes().starts_with(text));
    (!open || first.len() > BLANKS).then_some(false)
}

/// Tells what the head says that the body is, of an answer to a call that wants a stream cut in this way or, if it does
/// not stream, a plain answer.
pub(crate) fn kind_of(headers: &HeaderMap, framing: Framing, streams: bool) -> Kind {
    if coding_of(headers).is_some() {
        return Kind::Other;
    }
    let essence = content_type(headers)
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    let essence = essence.to_ascii_lowercase();
    let json = essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    let events = match framing {
        Framing::Sse => essence == EVENTS,
        Framing::Messages => essence == MESSAGES,
        // Lines of JSON go by many names; where they were asked for, each may be meant.
        Framing::Lines if streams => {
            json || essence.is_empty()
                || ["text/plain", EVENTS].contains(&essence.as_str())
                || LINES.contains(&essence.as_str())
        }
        Framing::Lines => essence == EVENTS || LINES.contains(&essence.as_str()),
    };
    match (events, json) {
        (true, _) => Kind::Events(framing),
        (false, true) => Kind::Json,
        (false, false) => Kind::Other,
    }
}

/// True for a plain text.
pub(crate) fn is_text(headers: &HeaderMap) -> bool {
    content_type(headers).starts_with("text/plain")
}

/// Keeps the provider's own request id and its rate limits, unless a key stands in them.
pub(crate) fn passed_headers(headers: &HeaderMap, masker: &Masker) -> HeaderMap {
    let limits = headers.iter().filter(|(name, _)| {
        PASSED.contains(&name.as_str())
            || RATE_LIMITS
                .iter()
                .any(|prefix| name.as_str().starts_with(prefix))
    });
    let mut passed: HeaderMap = limits
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if let Some(id) = UPSTREAM_IDS.iter().find_map(|name| headers.get(*name)) {
        passed.insert(HeaderName::from_static("x-upstream-request-id"), id.clone());
    }
    let told: Vec<_> = passed
        .iter()
        .filter(|(_, value)| masker.finds_key(value.as_bytes()))
        .map(|(name, _)| name.clone())
        .collect();
    for name in told {
        passed.remove(name);
    }
    passed
}

/// Returns in which headers clients of a dialect look for rate limits.
pub(crate) fn family_of(native: Native) -> Family {
    match native {
        Native::OpenAi | Native::Responses => Family::OpenAi,
        Native::Messages | Native::CountTokens => Family::Anthropic,
    }
}

/// Adds rate limits that the provider told in the other family's headers. `now` is in Unix seconds.
pub(crate) fn translate_limits(headers: &mut HeaderMap, family: Family, now: u64) {
    let told = |name: &str| headers.get(name)?.to_str().ok();
    for (name, value) in translated(family, now, told) {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.entry(name).or_insert(value);
        }
    }
}
