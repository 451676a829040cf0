//! Errors: `{"error": {…}}`, which some answers wrap in a list.

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use crate::failure::{self, Failure};

/// Reads an error.
pub(crate) fn read(status: StatusCode, body: &[u8]) -> Failure {
    let list: Option<Vec<Value>> = serde_json::from_slice(body).ok();
    let Some(first) = list.and_then(|list| list.into_iter().next()) else {
        return failure::read(status, body);
    };
    let inner = Bytes::from(first.to_string());
    Failure {
        rewritten: Some(inner.clone()),
        ..failure::read(status, &inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_opened() {
        let error = r#"{"error":{"code":429,"message":"a","status":"RESOURCE_EXHAUSTED"}}"#;
        let list = format!("[{error},{{}}]");
        for (body, rewritten) in [(error, None), (list.as_str(), Some(error))] {
            let failure = read(StatusCode::TOO_MANY_REQUESTS, body.as_bytes());
            assert_eq!(failure.message, "a");
            assert_eq!(failure.rewritten, rewritten.map(Bytes::from));
        }
    }
}
