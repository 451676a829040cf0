//! Errors in the form of the OpenAI API: `{"error": {"message", "type", "param", "code"}}` (decision N14).

use bytes::Bytes;
use serde_json::{Value, json};

use crate::dialect::{Fault, Origin, to_json};

/// Writes status and body. A provider's error that already has the form passes unchanged.
pub(super) fn write(fault: &Fault) -> (u16, Bytes) {
    let body = match &fault.origin {
        Origin::Schema(entries) => {
            let message = entries
                .first()
                .and_then(|entry| entry["msg"].as_str())
                .unwrap_or(&fault.message);
            object(message, "invalid_request_error", Value::Null, Value::Null)
        }
        Origin::Gateway { kind, code, param } => {
            object(&fault.message, kind, json!(param), json!(code))
        }
        Origin::RateLimit => object(
            &fault.message,
            "rate_limit_error",
            Value::Null,
            json!("rate_limit_exceeded"),
        ),
        Origin::Upstream { body, .. } if is_error_object(body) => body.clone(),
        Origin::Upstream { .. } => {
            object(&fault.message, "upstream_error", Value::Null, Value::Null)
        }
    };
    (fault.status, body)
}

fn object(message: &str, kind: &str, param: Value, code: Value) -> Bytes {
    to_json(&json!({
        "error": {"message": message, "type": kind, "param": param, "code": code},
    }))
}

fn is_error_object(body: &[u8]) -> bool {
    serde_json::from_slice::<Value>(body)
        .is_ok_and(|value| value.get("error").is_some_and(Value::is_object))
}
