//! Errors of Mistral's API: usual ones, and a list of what is wrong with a request.

use http::StatusCode;
use serde_json::Value;

use crate::failure::{self, Failure};

/// Reads an error. A request that does not fit the API's schema is answered with a list of `loc` and `msg`, under
/// `detail` or under `message.detail`.
pub(super) fn read(status: StatusCode, body: &[u8]) -> Failure {
    let usual = failure::read(status, body);
    let value = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let list = ["/detail", "/message/detail"]
        .iter()
        .find_map(|path| value.pointer(path)?.as_array());
    let problems: Vec<_> = list.into_iter().flatten().filter_map(problem).collect();
    if problems.is_empty() {
        return usual;
    }
    Failure {
        message: problems.join("; "),
        ..usual
    }
}

/// Writes one entry as `body.temperature: Input should be a valid number`.
fn problem(entry: &Value) -> Option<String> {
    let words = entry.get("msg")?.as_str()?;
    let place = entry.get("loc").and_then(Value::as_array);
    let steps: Vec<_> = place
        .into_iter()
        .flatten()
        .map(|step| {
            step.as_str()
                .map_or_else(|| step.to_string(), str::to_owned)
        })
        .collect();
    Some(if steps.is_empty() {
        words.to_owned()
    } else {
        format!("{}: {words}", steps.join("."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_words() {
        for (body, words) in [
            (r#"{"object":"error","message":"a","type":"t"}"#, "a"),
            (r#"{"detail":"Invalid API Key"}"#, "Invalid API Key"),
            (
                r#"{"detail":[{"type":"x","loc":["body","messages",0],"msg":"b","input":"secret"},{"msg":"c"}]}"#,
                "body.messages.0: b; c",
            ),
            (
                r#"{"object":"error","message":{"detail":[{"loc":["body"],"msg":"d"}]}}"#,
                "body: d",
            ),
            (
                r#"{"detail":[]}"#,
                "The provider answered 422 Unprocessable Entity without saying why.",
            ),
            (
                r#"{"detail":[1,{"loc":["body"]}]}"#,
                "The provider answered 422 Unprocessable Entity without saying why.",
            ),
        ] {
            let failure = read(StatusCode::UNPROCESSABLE_ENTITY, body.as_bytes());
            assert_eq!(failure.message, words);
        }
    }
}
