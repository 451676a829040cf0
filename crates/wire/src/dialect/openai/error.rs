//! Errors in the form of the OpenAI API: `{"error": {"message", "type", "param", "code"}}` (decision N14).

use bytes::Bytes;
use serde_json::{Value, json};

use crate::dialect::{Fault, Origin, to_json};

/// Writes status and body. A provider's error that already has the form passes unchanged; one that has its words in
/// another gets the form and keeps its message, type and code.
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
        Origin::Upstream { body, .. } => match serde_json::from_slice(body) {
            Ok(said) if has_the_form(&said) => body.clone(),
            Ok(said) => in_the_form(&fault.message, &said),
            Err(_) => in_the_form(&fault.message, &Value::Null),
        },
    };
    (fault.status, body)
}

fn object(message: &str, kind: &str, param: Value, code: Value) -> Bytes {
    to_json(&json!({
        "error": {"message": message, "type": kind, "param": param, "code": code},
    }))
}

/// True for `{"error": {...}}` with a message and nothing beside it.
fn has_the_form(said: &Value) -> bool {
    let alone = said.as_object().is_some_and(|members| members.len() == 1);
    let message = said.pointer("/error/message");
    alone && message.is_some_and(Value::is_string)
}

fn in_the_form(message: &str, said: &Value) -> Bytes {
    // xAI's `error` is a text, with the code beside it.
    let around = said.get("error").filter(|error| error.is_object());
    let member = |name: &str| around.unwrap_or(said).get(name).cloned();
    let kind = member("type");
    let kind = kind.as_ref().and_then(Value::as_str);
    object(
        message,
        kind.unwrap_or("upstream_error"),
        member("param").unwrap_or_default(),
        member("code").unwrap_or_default(),
    )
}
