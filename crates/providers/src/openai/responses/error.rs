//! Errors inside answers.

use serde_json::Value;
use tidegate_wire::event::{DecodeError, ReportedError};

/// Reads the object that tells an error: `error` of a response that failed, or an `error` event.
pub(super) fn reported(error: &Value) -> DecodeError {
    let told = ReportedError::read(error);
    // The event is named so itself, which says nothing.
    let kind = told.kind.filter(|kind| kind != "error");
    let status = told.code.as_deref().and_then(status_of);
    let status = status.or_else(|| status_of(kind.as_deref()?));
    DecodeError::Reported(ReportedError {
        kind,
        status,
        ..told
    })
}

/// Reads why there is no answer, where the provider does not say it in an `error`.
pub(super) fn unanswered(status: &str) -> DecodeError {
    DecodeError::Reported(ReportedError {
        message: format!("The provider ended the answer as `{status}` and without saying why."),
        kind: None,
        code: None,
        status: None,
    })
}

/// Returns the HTTP status of an error's code or type (OpenAI's API reference, "Error codes" and `ResponseErrorCode`, as
/// sampled in November 2026).
fn status_of(word: &str) -> Option<u16> {
    Some(match word {
        "invalid_request_error" | "invalid_prompt" | "context_length_exceeded" => 400,
        "rate_limit_exceeded" | "insufficient_quota" => 429,
        "server_error" => 500,
        "vector_store_timeout" => 504,
        _ if word.contains("image") => 400,
        _ => return None,
    })
}
