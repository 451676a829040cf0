//! The faults that the gateway itself finds, one function each: status, words for people, code for programs.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tidegate_wire::dialect::{Fault, Origin, StreamError};
use tidegate_wire::event::{DecodeError, ReportedError};

use crate::mask::Masker;

/// Type of every fault for which the provider is to blame.
const UPSTREAM: &str = "upstream_error";

/// No endpoint of this name (OpenAI door).
pub fn unknown_model(name: &str) -> Fault {
    Fault::invalid(404, format!("The model `{name}` does not exist: no endpoint of this name is configured. `GET /v1/models` lists them."))
        .with_code("model_not_found")
        .with_param("model")
}

/// The provider cannot do what the endpoint offers, in MLflow's words.
pub(crate) fn not_implemented(operation: &str, streaming: bool, display: &str) -> Fault {
    let streaming = if streaming { " streaming" } else { "" };
    let message =
        format!("The {operation}{streaming} route is not implemented for {display} models.");
    Fault::gateway(501, "not_implemented_error", message).with_code("not_implemented")
}

/// The provider has no address of its own, or is not built (in the words of MLflow 3).
pub(crate) fn not_proxied(display: &str) -> Fault {
    let message = format!("The proxy endpoint is not implemented for {display} models.");
    Fault::gateway(501, "not_implemented_error", message).with_code("not_implemented")
}

/// The provider cannot be told all that was asked, and the route or the request wants it told or refused.
pub(crate) fn not_carried(report: &str) -> Fault {
    let message = format!(
        "This endpoint's provider cannot be asked this as it is ({report}), and strictness was asked for. Leave these out, or ask without strictness (`x-tidegate-strict`, or `strict` of the route)."
    );
    Fault::invalid(400, message).with_code("not_carried")
}

/// No connection, or none that held until the answer's head.
pub(crate) fn unreachable(place: &str, reason: &str) -> Fault {
    Fault::gateway(
        502,
        UPSTREAM,
        format!("The provider at {place} cannot be reached: {reason}."),
    )
    .with_code("upstream_unreachable")
}

/// A limit on time ran out before the answer began.
pub(crate) fn timed_out(what: &str, limit: Duration) -> Fault {
    let seconds = limit.as_secs_f64();
    Fault::gateway(
        504,
        UPSTREAM,
        format!("The provider did not {what} within {seconds} s."),
    )
    .with_code("upstream_timeout")
}

/// An address that became too long by what the config adds to it.
pub(crate) fn address_too_long() -> Fault {
    let text =
        "The address of this endpoint's provider is too long with the `extra_query` of its config.";
    Fault::gateway(500, "server_error", text)
}

/// The call's deadline came before its credentials.
pub(crate) fn credentials_too_late(limit: Duration) -> Fault {
    let seconds = limit.as_secs_f64();
    Fault::gateway(
        504,
        UPSTREAM,
        format!("The credentials for the provider were not ready within {seconds} s."),
    )
    .with_code("credentials_unavailable")
}

/// The answer is no answer.
pub(crate) fn invalid_answer(reason: &str) -> Fault {
    Fault::gateway(
        502,
        UPSTREAM,
        format!("The provider's answer cannot be used: {reason}."),
    )
    .with_code("upstream_invalid_response")
}

/// The answer is compressed, although it was asked for as it is.
pub(crate) fn coded_answer(status: u16, coding: &str) -> Fault {
    let message = format!(
        "The provider answered in the coding `{coding}`, which was not asked for and cannot be read."
    );
    Fault::gateway(status, UPSTREAM, message).with_code("upstream_invalid_response")
}

/// The answer is larger than allowed.
pub(crate) fn answer_too_large(limit: usize) -> Fault {
    invalid_answer(&format!(
        "it is larger than {limit} bytes; raise `upstream.max_response_bytes` to allow it"
    ))
}

/// An answer that could not be read as what it claims to be. An error that the provider reported keeps its type, its code
/// and, where it is known, its status.
pub(crate) fn undecodable(error: &DecodeError, masker: &Masker) -> Fault {
    let DecodeError::Reported(reported) = error else {
        return invalid_answer(&masker.text(&error.to_string()));
    };
    let told = broken_stream(error, masker);
    let body = json!({"error": {
        "message": told.message, "type": told.kind, "param": null, "code": told.code,
    }});
    let body = Bytes::from(body.to_string());
    let status = reported.status.unwrap_or(502);
    from_provider(
        status,
        told.message,
        Some("application/json".to_owned()),
        body,
    )
}

/// A provider's answer that is an error, or of a type that cannot be read.
pub(crate) fn from_provider(
    status: u16,
    message: String,
    content_type: Option<String>,
    body: Bytes,
) -> Fault {
    Fault {
        status,
        message,
        origin: Origin::Upstream { content_type, body },
    }
}

/// What the log says where a provider's own words cannot be logged: they may repeat the prompt, or the answer.
pub(crate) const REPORTED: &str = "the provider reported an error inside its answer";

/// The longest error code of a provider that is logged.
const LONGEST_CODE: usize = 64;

/// Returns what the log may say about a fault: never the provider's own words, but its error code.
pub(crate) fn for_log(fault: &Fault) -> String {
    match &fault.origin {
        Origin::Upstream { body, .. } => {
            let status = fault.status;
            match code_in(body) {
                Some(code) => format!("the provider's error, answered {status}: {code}"),
                None => format!("the provider's error, answered {status}"),
            }
        }
        _ => fault.message.clone(),
    }
}

/// Finds the code of an error, or its type, if it is one word.
fn code_in(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let word = |path: &&str| {
        let text = value.pointer(path)?.as_str()?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        (!text.is_empty() && text.len() <= LONGEST_CODE && text.bytes().all(plain))
            .then(|| text.to_owned())
    };
    ["/error/code", "/error/type"].iter().find_map(word)
}

/// The end of a stream that broke after it had begun.
pub(crate) fn broken_stream(error: &DecodeError, masker: &Masker) -> StreamError {
    let told = masker.text(&error.to_string());
    match error {
        DecodeError::Reported(ReportedError { kind, code, .. }) => StreamError {
            message: told,
            kind: kind
                .as_deref()
                .map_or_else(|| UPSTREAM.to_owned(), |kind| masker.text(kind)),
            code: code.as_deref().map(|code| masker.text(code)),
        },
        DecodeError::CutOff => broken(&told, "stream_interrupted"),
        _ => broken(&told, "upstream_invalid_response"),
    }
}

/// A stream's connection that broke.
pub(crate) fn interrupted(reason: &str) -> StreamError {
    broken(
        &format!("the connection was lost: {reason}"),
        "stream_interrupted",
    )
}

/// A stream that fell silent, or lasted too long.
pub(crate) fn stalled(what: &str, limit: Duration) -> StreamError {
    broken(
        &format!("it {what} {} s", limit.as_secs_f64()),
        "stream_timeout",
    )
}

fn broken(reason: &str, code: &str) -> StreamError {
    StreamError {
        message: format!("The provider's stream broke: {reason}."),
        kind: UPSTREAM.to_owned(),
        code: Some(code.to_owned()),
    }
}
