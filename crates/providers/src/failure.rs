//! Errors of providers: nearly every one puts its words in one of a few places.

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

/// What an upstream error says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The status for the client: nearly always the provider's own.
    pub status: StatusCode,
    /// The provider's words, for a person.
    pub message: String,
    /// The error written as `{"error": {"message", "type"}}`, where the provider's own body is in no form that the doors
    /// can read.
    pub rewritten: Option<Bytes>,
}

/// The longest plain text that is taken for a message, in bytes; pages are longer.
const LONGEST_TEXT: usize = 1000;

/// Finds the words in `error.message`, `error`, `message` or `detail`, or takes a plain text, else names the status.
pub(crate) fn read(status: StatusCode, body: &[u8]) -> Failure {
    let value = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let found = ["/error/message", "/error", "/message", "/detail"]
        .iter()
        .find_map(|path| value.pointer(path)?.as_str())
        .or_else(|| plain_text(body).filter(|_| value.is_null()))
        .filter(|text| !text.is_empty());
    let message = found.map_or_else(
        || {
            format!(
                "The provider answered {} without saying why.",
                named(status)
            )
        },
        str::to_owned,
    );
    Failure {
        status,
        message,
        rewritten: None,
    }
}

/// Returns the status with its name; providers send some that have none (529).
fn named(status: StatusCode) -> String {
    status
        .canonical_reason()
        .map_or_else(|| status.as_str().to_owned(), |_| status.to_string())
}

fn plain_text(body: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let markup = text.starts_with(['<', '{', '[']);
    (text.len() <= LONGEST_TEXT && !markup).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_words() {
        for (body, words) in [
            (r#"{"error":{"message":"a"}}"#, "a"),
            (r#"{"error":"b"}"#, "b"),
            (r#"{"statusCode":401,"message":"c"}"#, "c"),
            (r#"{"detail":"d"}"#, "d"),
            ("overloaded\n", "overloaded"),
            (
                "<html>no</html>",
                "The provider answered 503 Service Unavailable without saying why.",
            ),
            (
                r#"{"error":null}"#,
                "The provider answered 503 Service Unavailable without saying why.",
            ),
        ] {
            let failure = read(StatusCode::SERVICE_UNAVAILABLE, body.as_bytes());
            assert_eq!(failure.message, words);
        }
        let overloaded = StatusCode::from_u16(529).unwrap();
        let words = "The provider answered 529 without saying why.";
        assert_eq!(read(overloaded, b"").message, words);
    }
}
