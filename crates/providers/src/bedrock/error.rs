//! Errors of AWS: as whole answers, and inside event streams.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tidegate_wire::event::{DecodeError, ReportedError};
use tidegate_wire::frame::MessageKind;

use crate::failure::{self, Failure};

/// The header that names an error, as `ValidationException:http://internal.amazon.com/coral/…`.
const ERROR_TYPE: &str = "x-amzn-errortype";

/// Exceptions and their statuses.
const STATUSES: [(&str, u16); 12] = [
    ("validationException", 400),
    ("serviceQuotaExceededException", 400),
    ("accessDeniedException", 403),
    ("unrecognizedClientException", 403),
    ("resourceNotFoundException", 404),
    ("modelTimeoutException", 408),
    ("modelErrorException", 424),
    ("modelStreamErrorException", 424),
    ("modelNotReadyException", 429),
    ("throttlingException", 429),
    ("internalServerException", 500),
    ("serviceUnavailableException", 503),
];

/// Reads an answer that is an error. The body holds the words only; the type stands in a header, or in `__type`.
pub(super) fn failure(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Failure {
    let value = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let message =
        message_in(&value).map_or_else(|| failure::read(status, body).message, str::to_owned);
    let kind = headers
        .get(ERROR_TYPE)
        .and_then(|value| value.to_str().ok())
        .or_else(|| value.get("__type")?.as_str())
        .map(name_in)
        .filter(|kind| !kind.is_empty())
        .unwrap_or("upstream_error");
    let error = json!({"message": message, "type": kind, "param": null, "code": null});
    Failure {
        status,
        message,
        rewritten: Some(Bytes::from(json!({"error": error}).to_string())),
    }
}

/// Returns what a message of an event stream reports, if it is an error.
pub(super) fn reported(kind: MessageKind, event: &str, payload: &[u8]) -> Option<DecodeError> {
    let text = match kind {
        MessageKind::Event => return None,
        MessageKind::Exception => serde_json::from_slice::<Value>(payload)
            .ok()
            .and_then(|value| message_in(&value).map(str::to_owned)),
        MessageKind::Error => Some(String::from_utf8_lossy(payload).into_owned()),
    };
    let message = text
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| format!("The provider reported `{event}` without saying why."));
    Some(DecodeError::Reported(ReportedError {
        message,
        kind: Some(event.to_owned()).filter(|event| !event.is_empty()),
        code: None,
        status: status_of(event),
    }))
}

/// Returns the status of an exception where it is a whole answer (Bedrock runtime's API reference, `InvokeModel` and
/// `Converse`).
fn status_of(exception: &str) -> Option<u16> {
    let (_, status) = STATUSES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(exception))?;
    Some(*status)
}

fn message_in(value: &Value) -> Option<&str> {
    let mut texts = ["message", "Message"]
        .iter()
        .filter_map(|name| value.get(name)?.as_str());
    texts.find(|text| !text.is_empty())
}

/// Returns an error's name without the namespace before `#` and the address after `:`.
fn name_in(kind: &str) -> &str {
    let kind = kind.split(':').next().unwrap_or_default();
    kind.rsplit('#').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn finds_type_and_words() {
        for (header, body, message, kind) in [
            (
                "ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/",
                r#"{"message":"The provided model identifier is invalid."}"#,
                "The provided model identifier is invalid.",
                "ValidationException",
            ),
            (
                "",
                r#"{"__type":"com.amazon.coral.service#UnrecognizedClientException","Message":"bad token"}"#,
                "bad token",
                "UnrecognizedClientException",
            ),
            (
                "ThrottlingException",
                r#"{"message":null,"Message":"slow down"}"#,
                "slow down",
                "ThrottlingException",
            ),
            ("", r#"{"message":"denied"}"#, "denied", "upstream_error"),
            (
                "",
                "<UnknownOperationException/>",
                "The provider answered 404 Not Found without saying why.",
                "upstream_error",
            ),
        ] {
            let mut headers = HeaderMap::new();
            if !header.is_empty() {
                headers.insert(ERROR_TYPE, HeaderValue::from_static(header));
            }
            let told = failure(StatusCode::NOT_FOUND, &headers, body.as_bytes());
            assert_eq!(
                (told.status, told.message.as_str()),
                (StatusCode::NOT_FOUND, message)
            );
            let rewritten: Value = serde_json::from_slice(&told.rewritten.unwrap()).unwrap();
            assert_eq!(rewritten["error"]["message"], message);
            assert_eq!(rewritten["error"]["type"], kind);
        }
    }

    #[test]
    fn an_exception_in_a_stream_keeps_type_and_words() {
        use MessageKind::{Error, Event, Exception};
        for (kind, event, payload, told) in [
            (
                Exception,
                "throttlingException",
                r#"{"message":"Too many requests"}"#,
                Some(("Too many requests", Some("throttlingException"), Some(429))),
            ),
            (
                Exception,
                "modelStreamErrorException",
                r#"{"originalStatusCode":500}"#,
                Some((
                    "The provider reported `modelStreamErrorException` without saying why.",
                    Some("modelStreamErrorException"),
                    Some(424),
                )),
            ),
            (Error, "", "it broke", Some(("it broke", None, None))),
            (
                Exception,
                "ThrottlingException",
                r#"{"message":"x"}"#,
                Some(("x", Some("ThrottlingException"), Some(429))),
            ),
            (
                Exception,
                "newException",
                r#"{"message":"x"}"#,
                Some(("x", Some("newException"), None)),
            ),
            (Event, "chunk", "{}", None),
        ] {
            let error = reported(kind, event, payload.as_bytes()).map(|error| match error {
                DecodeError::Reported(error) => (error.message, error.kind, error.status),
                other => panic!("{other:?}"),
            });
            let told =
                told.map(|(text, kind, status)| (text.to_owned(), kind.map(str::to_owned), status));
            assert_eq!(error, told, "{payload}");
        }
    }
}
