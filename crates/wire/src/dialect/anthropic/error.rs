//! Errors of the Messages API: `{"type": "error", "error": {"type", "message"}}`. Tidegate's own codes stand beside them as
//! `code`.

use bytes::Bytes;
use serde_json::{Value, json};

use super::thread::UNSUPPORTED;
use crate::dialect::{Fault, Origin, StreamError, to_json};

/// Types by status (Anthropic's API reference, "Errors").
const TYPES: [(u16, &str); 10] = [
    (400, "invalid_request_error"),
    (401, "authentication_error"),
    (402, "billing_error"),
    (403, "permission_error"),
    (404, "not_found_error"),
    (413, "request_too_large"),
    (429, "rate_limit_error"),
    (500, "api_error"),
    (504, "timeout_error"),
    (529, "overloaded_error"),
];

/// Writes status and body. A provider's error that already has the form passes unchanged; another gets the form and keeps
/// its message and code.
pub(super) fn write(fault: &Fault) -> (u16, Bytes) {
    let kind = kind_of(fault.status);
    let body = match &fault.origin {
        Origin::Schema(entries) => {
            let said = entries.first().and_then(|entry| entry["msg"].as_str());
            object(kind, said.unwrap_or(&fault.message), Value::Null)
        }
        Origin::Gateway { code, .. } => {
            let mut body = object(kind, &fault.message, json!(code));
            let error = body.get_mut("error").and_then(Value::as_object_mut);
            if let Some(error) = error.filter(|_| *code == Some(UNSUPPORTED)) {
                error.insert("details".to_owned(), json!({"error_code": code}));
            }
            body
        }
        Origin::RateLimit => object(kind, &fault.message, json!("rate_limit_exceeded")),
        Origin::Upstream { body, .. } => {
            let said: Value = serde_json::from_slice(body).unwrap_or_default();
            if has_the_form(&said) {
                return (fault.status, body.clone());
            }
            let code = said.pointer("/error/code").or_else(|| said.get("code"));
            object(kind, &fault.message, code.cloned().unwrap_or_default())
        }
    };
    (fault.status, to_json(&body))
}

/// Writes an error that ends a stream. A type that the API knows is kept.
pub(super) fn of_stream(error: &StreamError) -> Value {
    let slow = error.code.as_deref() == Some("stream_timeout");
    let known = TYPES.iter().find(|(_, kind)| *kind == error.kind);
    let kind = match known {
        Some((_, kind)) => kind,
        None if slow => "timeout_error",
        None => "api_error",
    };
    object(kind, &error.message, json!(error.code))
}

fn kind_of(status: u16) -> &'static str {
    let mut types = TYPES.iter();
    let found = types.find(|(known, _)| *known == status);
    match found {
        Some((_, kind)) => kind,
        None if status < 500 => "invalid_request_error",
        None => "api_error",
    }
}

fn object(kind: &str, message: &str, code: Value) -> Value {
    let mut error = json!({"type": kind, "message": message});
    if let (false, Some(members)) = (code.is_null(), error.as_object_mut()) {
        members.insert("code".to_owned(), code);
    }
    json!({"type": "error", "error": error})
}

/// True for `{"type": "error", "error": {"type", "message"}}`.
fn has_the_form(said: &Value) -> bool {
    let is_text = |path: &str| said.pointer(path).is_some_and(Value::is_string);
    said["type"] == "error" && is_text("/error/type") && is_text("/error/message")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn every_error_has_the_form() {
        let upstream = |status, body: &'static str| Fault {
            status,
            message: "m".to_owned(),
            origin: Origin::Upstream {
                content_type: None,
                body: Bytes::from_static(body.as_bytes()),
            },
        };
        let own =
            r#"{"type":"error","error":{"type":"odd_error","message":"x"},"request_id":null}"#;
        let limit = Fault {
            origin: Origin::RateLimit,
            ..Fault::invalid(429, "slow")
        };
        for (fault, want) in [
            (
                Fault::invalid(404, "none").with_code("model_not_found"),
                r#"{"type":"error","error":{"type":"not_found_error","message":"none","code":"model_not_found"}}"#,
            ),
            (
                Fault::invalid(400, "alone").with_code(UNSUPPORTED),
                r#"{"type":"error","error":{"type":"invalid_request_error","message":"alone","code":"thread_unsupported_request","details":{"error_code":"thread_unsupported_request"}}}"#,
            ),
            (
                Fault::invalid(415, "coded"),
                r#"{"type":"error","error":{"type":"invalid_request_error","message":"coded"}}"#,
            ),
            (
                Fault::gateway(502, "upstream_error", "lost"),
                r#"{"type":"error","error":{"type":"api_error","message":"lost"}}"#,
            ),
            (
                limit,
                r#"{"type":"error","error":{"type":"rate_limit_error","message":"slow","code":"rate_limit_exceeded"}}"#,
            ),
            (upstream(529, own), own),
            (
                upstream(401, r#"{"error":{"message":"m","type":"t","code":"c"}}"#),
                r#"{"type":"error","error":{"type":"authentication_error","message":"m","code":"c"}}"#,
            ),
            (
                upstream(503, "busy"),
                r#"{"type":"error","error":{"type":"api_error","message":"m"}}"#,
            ),
        ] {
            let (status, body) = write(&fault);
            assert_eq!(
                (status, std::str::from_utf8(&body).unwrap()),
                (fault.status, want)
            );
        }
    }
}
