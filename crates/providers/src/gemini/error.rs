//! Errors: `{"error": {"code", "message", "status", "details"}}`, which some answers wrap in a list.

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::failure::{self, Failure};

/// Reads an error, and writes Google's form in OpenAI's: its status is the type. What others say, as Claude does, stays.
pub(crate) fn read(status: StatusCode, body: &[u8]) -> Failure {
    let told = failure::read(status, body);
    let Ok(said) = serde_json::from_slice::<Value>(body) else {
        return told;
    };
    let first = match &said {
        Value::Array(list) => list.first(),
        said => Some(said),
    };
    let error = first.and_then(|first| first.get("error")?.as_object());
    let Some((error, message)) =
        error.and_then(|error| Some((error, error.get("message")?.as_str()?)))
    else {
        return told;
    };
    let inner = match error.get("status") {
        Some(_) => in_openai_form(error),
        None if said.is_array() => error.clone(),
        None => return told,
    };
    Failure {
        message: message.to_owned(),
        rewritten: Some(Bytes::from(json!({"error": inner}).to_string())),
        ..told
    }
}

/// Returns an error with the members of OpenAI's, and what else is told.
fn in_openai_form(error: &Map<String, Value>) -> Map<String, Value> {
    let member = |name: &str| error.get(name).cloned().unwrap_or_default();
    let code = match member("code") {
        Value::Number(code) => code.to_string().into(),
        code => code,
    };
    let members = [
        ("message", member("message")),
        ("type", member("status")),
        ("param", Value::Null),
        ("code", code),
    ];
    let mut written: Map<String, Value> = members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let details = error
        .get("details")
        .filter(|details| details.as_array().is_none_or(|list| !list.is_empty()));
    written.extend(details.map(|details| ("details".to_owned(), details.clone())));
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_written_in_openais_form() {
        let google = r#"{"error":{"code":429,"message":"a","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"36s"}]}}"#;
        let openai = r#"{"error":{"message":"a","type":"RESOURCE_EXHAUSTED","param":null,"code":"429","details":[{"retryDelay":"36s"}]}}"#;
        let claude = r#"{"type":"error","error":{"type":"overloaded_error","message":"a"}}"#;
        let bare = r#"{"error":{"message":"a"}}"#;
        for (body, message, rewritten) in [
            (google.to_owned(), "a", Some(openai)),
            (format!("[{google},{{}}]"), "a", Some(openai)),
            (format!("[{bare}]"), "a", Some(bare)),
            (claude.to_owned(), "a", None),
            ("overloaded".to_owned(), "overloaded", None),
        ] {
            let failure = read(StatusCode::TOO_MANY_REQUESTS, body.as_bytes());
            assert_eq!(failure.message, message);
            assert_eq!(failure.rewritten, rewritten.map(Bytes::from), "{body}");
        }
    }
}
