//! How model servers say that they cannot stream.

use http::StatusCode;
use serde_json::Value;

/// Words of servers whose models cannot be streamed, each with the server that says them. MLflow's scoring server never
/// streams, so whatever only it says about a body of the OpenAI API counts.
const WORDS: [&str; 7] = [
    // Scoring servers before MLflow 2.11, which know no such bodies.
    "exactly one of the input fields",
    // Scoring servers whose model has another signature, or chokes on the body.
    "Failed to enforce schema",
    "Encountered an unexpected error while evaluating the model",
    // MLflow's agent server.
    "No stream function registered",
    // MLflow's models, asked for a stream from Python; servers built on them repeat it.
    "does not support stream",
    "does not support predict_stream",
    "Streaming implementation not provided",
];

/// The most bytes of an error that are searched: a stack trace follows the words.
const SEARCHED: usize = 16_384;

/// True when an answer that is no stream says that there will be none: a plain answer, or an error in these words.
pub(super) fn declines_stream(status: StatusCode, body: &[u8]) -> bool {
    if status.is_success() {
        return is_answer(body);
    }
    let searched = body.get(..SEARCHED).unwrap_or(body);
    let told = String::from_utf8_lossy(searched);
    let refused = matches!(status.as_u16(), 400 | 404 | 405 | 415 | 422 | 500 | 501);
    refused && WORDS.iter().any(|words| told.contains(words))
}

/// True for JSON that reports no error.
fn is_answer(body: &[u8]) -> bool {
    let answer = serde_json::from_slice::<Value>(body);
    answer.is_ok_and(|answer| answer.get("error").is_none_or(Value::is_null))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_a_refusal_of_streams_from_other_errors() {
        for (status, body, declines) in [
            (200, r#"{"predictions": ["a"]}"#, true),
            (200, r#"[{"choices": [], "error": null}]"#, true),
            (200, r#"{"error": "out of memory"}"#, false),
            (200, "<html>", false),
            (500, r#"{"detail":"No stream function registered"}"#, true),
            (
                400,
                r#"{"error_code": "BAD_REQUEST", "message": "The input must be a JSON dictionary with exactly one of the input fields {'inputs'}."}"#,
                true,
            ),
            (
                400,
                r#"{"error_code":"BAD_REQUEST","message":"bad"}"#,
                false,
            ),
            (503, r#"{"detail":"No stream function registered"}"#, false),
            (429, "slow down", false),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(declines_stream(status, body.as_bytes()), declines, "{body}");
        }
    }
}
