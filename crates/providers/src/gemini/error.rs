//! Errors: `{"error": {…}}`, which some answers wrap in a list.

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use crate::call::CallHead;
use crate::failure::{self, Failure};

/// Reads an error. A door that speaks OpenAI's dialect is told its kind as `type` too.
pub(crate) fn read(call: CallHead, status: StatusCode, body: &[u8]) -> Failure {
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    let (mut said, listed) = match said {
        Value::Array(list) => (list.into_iter().next().unwrap_or_default(), true),
        other => (other, false),
    };
    let typed = call.faithful && with_type(&mut said);
    if !listed && !typed {
        return failure::read(status, body);
    }
    let inner = Bytes::from(said.to_string());
    Failure {
        rewritten: Some(inner.clone()),
        ..failure::read(status, &inner)
    }
}

/// Adds the kind of an error under OpenAI's name; false where there is nothing to add.
fn with_type(said: &mut Value) -> bool {
    let Some(error) = said.get_mut("error").and_then(Value::as_object_mut) else {
        return false;
    };
    let kind = error.get("status").filter(|kind| kind.is_string()).cloned();
    match kind {
        Some(kind) if !error.contains_key("type") => {
            error.insert("type".to_owned(), kind);
            error.entry("param").or_insert(Value::Null);
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use tidegate_wire::Operation;

    use super::*;

    #[test]
    fn lists_are_opened_and_kinds_are_told() {
        let call = |faithful| CallHead {
            faithful,
            ..CallHead::of(Operation::Chat)
        };
        let error = r#"{"error":{"code":429,"message":"a","status":"RESOURCE_EXHAUSTED"}}"#;
        let list = format!("[{error},{{}}]");
        let typed = r#"{"error":{"code":429,"message":"a","status":"RESOURCE_EXHAUSTED","type":"RESOURCE_EXHAUSTED","param":null}}"#;
        for (body, faithful, rewritten) in [
            (error, false, None),
            (list.as_str(), false, Some(error)),
            (error, true, Some(typed)),
            (list.as_str(), true, Some(typed)),
            (r#"{"error":{"message":"a"}}"#, true, None),
        ] {
            let failure = read(
                call(faithful),
                StatusCode::TOO_MANY_REQUESTS,
                body.as_bytes(),
            );
            assert_eq!(failure.message, "a");
            assert_eq!(failure.rewritten, rewritten.map(Bytes::from));
        }
    }
}
