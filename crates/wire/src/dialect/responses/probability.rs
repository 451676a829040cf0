//! How probable tokens were, as the API tells it.

use serde_json::{Map, Value};

/// Returns a token with its likeliest rivals. The API has the bytes of each and always a list of rivals; providers that tell
/// none mean the token's own, and no rivals.
pub(super) fn token(told: &Value) -> Value {
    let mut token = bytes(told);
    if let Some(members) = token.as_object_mut() {
        let rivals = members.get("top_logprobs").and_then(Value::as_array);
        let rivals = rivals.into_iter().flatten().map(bytes).collect();
        members.insert("top_logprobs".to_owned(), Value::Array(rivals));
    }
    token
}

fn bytes(told: &Value) -> Value {
    let Value::Object(members) = told else {
        return told.clone();
    };
    let mut members: Map<String, Value> = members.clone();
    if !members.get("bytes").is_some_and(Value::is_array) {
        let text = members.get("token").and_then(Value::as_str);
        let own = text.unwrap_or_default().as_bytes().to_vec();
        members.insert("bytes".to_owned(), own.into());
    }
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tokens_have_bytes_and_rivals() {
        for (told, want) in [
            (
                json!({"token": "é", "logprob": -0.5, "bytes": null}),
                json!({"token": "é", "logprob": -0.5, "bytes": [195, 169], "top_logprobs": []}),
            ),
            (
                json!({"token": "a", "bytes": [1], "top_logprobs": [{"token": "b"}, 3]}),
                json!({"token": "a", "bytes": [1], "top_logprobs": [{"token": "b", "bytes": [98]}, 3]}),
            ),
            (json!("odd"), json!("odd")),
        ] {
            assert_eq!(token(&told), want);
        }
    }
}
