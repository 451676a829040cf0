//! Errors as the MLflow AI Gateway writes them (spec, rest-api §7).

use bytes::Bytes;
use serde_json::{Value, json};

use crate::dialect::{Fault, Origin, to_json};

/// Writes status and body.
pub(super) fn write(fault: &Fault) -> (u16, Bytes) {
    match &fault.origin {
        Origin::Schema(entries) => (fault.status, detail(&json!(entries))),
        Origin::Gateway { .. } => (fault.status, detail(&json!(fault.message))),
        Origin::RateLimit => (fault.status, to_json(&json!({"error": fault.message}))),
        Origin::Upstream { content_type, body } => upstream(fault, content_type.as_deref(), body),
    }
}

/// Writes a provider's error: its message when it has one, else its whole body.
fn upstream(fault: &Fault, content_type: Option<&str>, body: &[u8]) -> (u16, Bytes) {
    let kind = content_type.unwrap_or_default();
    if kind.contains("text/plain") {
        let text = String::from_utf8_lossy(body);
        return (fault.status, detail(&json!({"message": text})));
    }
    if !kind.contains("application/json") {
        let seen = content_type
            .filter(|kind| !kind.is_empty())
            .unwrap_or("None");
        let text = format!(
            "The returned data type from the route service is not supported. Received content type: {seen}"
        );
        return (502, detail(&json!(text)));
    }
    let Ok(whole) = serde_json::from_slice::<Value>(body) else {
        return (502, detail(&json!(fault.message)));
    };
    let said = match whole.get("error") {
        Some(Value::Object(error)) => match error.get("message") {
            Some(message) => message.clone(),
            None => Value::Null,
        },
        Some(Value::String(text)) => json!(text),
        _ => whole,
    };
    let said = if said.is_null() {
        json!(reason_phrase(fault.status))
    } else {
        said
    };
    (fault.status, detail(&said))
}

fn detail(value: &Value) -> Bytes {
    to_json(&json!({"detail": value}))
}

/// Returns the reason phrase that HTTP gives a status (RFC 9110, section 15).
fn reason_phrase(status: u16) -> &'static str {
    http_reason::REASONS
        .iter()
        .find(|(code, _)| *code == status)
        .map_or("Unknown Error", |(_, phrase)| phrase)
}

mod http_reason {
    /// Statuses that providers send, with the phrases of the IANA registry.
    pub(super) const REASONS: &[(u16, &str)] = &[
        (400, "Bad Request"),
        (401, "Unauthorized"),
        (402, "Payment Required"),
        (403, "Forbidden"),
        (404, "Not Found"),
        (405, "Method Not Allowed"),
        (406, "Not Acceptable"),
        (408, "Request Timeout"),
        (409, "Conflict"),
        (410, "Gone"),
        (411, "Length Required"),
        (412, "Precondition Failed"),
        (413, "Request Entity Too Large"),
        (414, "Request-URI Too Long"),
        (415, "Unsupported Media Type"),
        (422, "Unprocessable Entity"),
        (424, "Failed Dependency"),
        (425, "Too Early"),
        (429, "Too Many Requests"),
        (431, "Request Header Fields Too Large"),
        (451, "Unavailable For Legal Reasons"),
        (500, "Internal Server Error"),
        (501, "Not Implemented"),
        (502, "Bad Gateway"),
        (503, "Service Unavailable"),
        (504, "Gateway Timeout"),
    ];
}
