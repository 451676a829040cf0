//! Errors inside answers.

use serde_json::Value;
use tidegate_wire::event::{DecodeError, ReportedError};

/// Reads an error object of a stream's `error` event.
pub(super) fn reported(error: &Value) -> DecodeError {
    let told = ReportedError::read(error);
    let status = told.kind.as_deref().and_then(status_of);
    DecodeError::Reported(ReportedError { status, ..told })
}

/// Returns the HTTP status of a type of error (Anthropic's API reference, "Errors", as sampled in November 2026).
fn status_of(kind: &str) -> Option<u16> {
    Some(match kind {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "request_too_large" => 413,
        "rate_limit_error" => 429,
        "api_error" => 500,
        "timeout_error" => 504,
        "overloaded_error" => 529,
        _ => return None,
    })
}
