//! What an honest end looks like on every door.

use crate::samples;
use crate::{Call, Gateway, Response, Upstream};

/// Limits that a test reaches quickly.
pub const LIMITS: &str =
    "upstream:\n  idle_timeout_seconds: 0.4\n  max_frame_bytes: 2048\n  max_response_bytes: 4096\n";

/// Starts a provider that follows a script, and a gateway before it. `limits` are sections of the config.
pub fn scripted(
    limits: &str,
    script: impl Fn(Call) + Send + Sync + 'static,
) -> (Gateway, Upstream) {
    let upstream = Upstream::scripted(script);
    let routes = Gateway::routes(&upstream.base());
    (Gateway::start(&format!("{routes}{limits}")), upstream)
}

/// An error before the stream or the plain answer began: a status and JSON in the door's form.
#[track_caller]
pub fn told(answer: &Response, path: &str, status: u16, words: &str) {
    assert_eq!(answer.status, status, "{path}: {}", answer.text());
    assert_eq!(
        answer.header("content-type"),
        Some("application/json"),
        "{path}"
    );
    let body = answer.json();
    let member = if path.starts_with("/v1") {
        "error"
    } else {
        "detail"
    };
    assert!(body.get(member).is_some(), "{path}: {body}");
    assert!(
        answer.text().contains(words),
        "{path}: {words:?} is not in {}",
        answer.text()
    );
    if path.starts_with("/v1") && matches!(status, 502 | 504) {
        assert!(body["error"]["type"].is_string(), "{path}: {body}");
    }
}

/// An error inside a stream: the last frame is a typed error, no terminator follows, the body ends by the rules.
#[track_caller]
pub fn cut(answer: &Response, path: &str, code: &str) {
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    assert!(
        answer.complete,
        "{path}: the body itself must end by the rules"
    );
    assert!(answer.text().ends_with("\n\n"), "{path}");
    let events = answer.events();
    assert!(
        !events.iter().any(|event| event == "[DONE]"),
        "{path}: {events:?}"
    );
    let error: serde_json::Value = serde_json::from_str(events.last().unwrap()).unwrap();
    assert_eq!(error["error"]["code"], code, "{path}: {error}");
    assert!(
        error["error"]["message"].is_string() && error["error"]["type"].is_string(),
        "{path}: {error}"
    );
    for event in &events[..events.len() - 1] {
        let event: serde_json::Value = serde_json::from_str(event).unwrap();
        assert!(event.get("error").is_none(), "{path}: one error is enough");
    }
}

/// A stream that came whole: one terminator at its end, no error, and these words.
#[track_caller]
pub fn whole(answer: &Response, path: &str, words: &str) {
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    assert!(answer.complete);
    let events = answer.events();
    assert_eq!(
        events.iter().filter(|event| *event == "[DONE]").count(),
        1,
        "{path}: {events:?}"
    );
    assert_eq!(events.last().unwrap(), "[DONE]", "{path}");
    assert!(!answer.text().contains("\"error\""), "{path}: {events:?}");
    assert!(answer.text().contains(words), "{path}: {events:?}");
}

/// Begins a stream with one good event.
pub fn begun(call: &mut Call) {
    call.begin_stream();
    call.event(&samples::delta("first"));
}
