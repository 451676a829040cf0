//! Errors of the API: words in `message`, sometimes a type in `error_type`.

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use crate::failure::{Failure, read as read_anywhere};

/// Reads an error; one with a type is written in OpenAI's form, so that the type is not lost.
pub(super) fn read(status: StatusCode, body: &[u8]) -> Failure {
    let mut failure = read_anywhere(status, body);
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    if let Some(kind) = said.get("error_type").and_then(Value::as_str) {
        let error = json!({"message": failure.message, "type": kind, "param": null, "code": null});
        let written = json!({"error": error}).to_string();
        failure.rewritten = Some(Bytes::from(written));
    }
    failure
}
