//! Answers that pass, and what is seen in them.

use super::*;

fn told(model: Option<&str>, usage: Option<&str>) -> Told {
    Told {
        usage: usage.map(|usage| serde_json::from_str(usage).unwrap()),
        model: model.map(str::to_owned),
    }
}

#[test]
fn a_stream_is_watched() {
    let reported = |message: &str| {
        Observed::OddError(ReportedError {
            message: message.to_owned(),
            kind: None,
            code: None,
            status: None,
        })
    };
    let start = r#"{"type":"message_start","message":{"model":"m","usage":{"input_tokens":2,"cache_read_input_tokens":3,"output_tokens":1}}}"#;
    let delta = r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7}}   "#;
    let stop = r#"{"type": "message_stop"  }"#;
    let whole = r#"{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":3}}"#;
    let begun = r#"{"prompt_tokens":5,"completion_tokens":1,"total_tokens":6,"prompt_tokens_details":{"cached_tokens":3}}"#;
    let content = || Ok(Observed::Content);
    for (frames, last, finished, seen) in [
        (
            vec![start, delta, stop],
            Ok(Observed::Done),
            true,
            told(Some("m"), Some(whole)),
        ),
        (
            vec![start, delta],
            content(),
            true,
            told(Some("m"), Some(whole)),
        ),
        (
            vec![start, stop],
            Err(DecodeError::Unfinished),
            false,
            told(Some("m"), Some(begun)),
        ),
        (
            vec![r#"{"type":"message_delta","delta":{"stop_reason":null}}"#],
            content(),
            false,
            told(None, None),
        ),
        (
            vec![r#"{"type":"ping"}"#, r#"{"type":7}"#, "[1]"],
            content(),
            false,
            told(None, None),
        ),
        (
            vec![r#"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#],
            Ok(Observed::Error),
            false,
            told(None, None),
        ),
        (
            vec![r#"{"error":{"message":"x"}}"#],
            Ok(reported("x")),
            false,
            told(None, None),
        ),
        (
            vec![r#"{"type":"error","error":"x"}"#],
            Ok(reported("x")),
            false,
            told(None, None),
        ),
    ] {
        let mut tap = AnthropicTap::default();
        let seen_last = frames.iter().map(|data| tap.observe("", data)).last();
        assert_eq!(
            (seen_last.unwrap(), tap.finished(), tap.told()),
            (last, finished, seen),
            "{frames:?}"
        );
    }
    let broken = AnthropicTap::default().observe("", "{");
    assert!(matches!(broken, Err(DecodeError::BrokenJson(_))));
}

#[test]
fn a_stream_without_its_end_gets_one() {
    let error = StreamError {
        message: "cut".to_owned(),
        kind: "upstream_error".to_owned(),
        code: None,
    };
    for (outcome, want) in [
        (
            Ok(()),
            "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        ),
        (
            Err(&error),
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"cut\"}}\n\n",
        ),
    ] {
        let mut out = BytesMut::new();
        AnthropicTap::default().end(outcome, &mut out);
        assert_eq!(std::str::from_utf8(&out).unwrap(), want);
    }
}

#[test]
fn plain_answers_are_looked_at() {
    let reported = |message: &str, kind: &str| {
        Err(DecodeError::Reported(ReportedError {
            message: message.to_owned(),
            kind: Some(kind.to_owned()),
            code: None,
            status: None,
        }))
    };
    let lacks = |what: &str| Err(DecodeError::Shape(format!("it has no `{what}`")));
    let count = r#"{"prompt_tokens":9,"total_tokens":9}"#;
    let usage = r#"{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}"#;
    let message = r#"{"type":"message","model":"m","content":[],"usage":{"input_tokens":1,"output_tokens":2}}"#;
    let error = r#"{"type":"error","error":{"type":"api_error","message":"x"}}"#;
    let messages = || -> Box<dyn Tap> { Box::new(AnthropicTap::default()) };
    let counts = || -> Box<dyn Tap> { Box::new(CountTap::default()) };
    for (mut tap, body, want, seen) in [
        (messages(), message, Ok(()), told(Some("m"), Some(usage))),
        (
            messages(),
            error,
            reported("x", "api_error"),
            told(None, None),
        ),
        (messages(), "{}", lacks("content"), told(None, None)),
        (
            counts(),
            r#"{"input_tokens":9}"#,
            Ok(()),
            told(None, Some(count)),
        ),
        (
            counts(),
            error,
            reported("x", "api_error"),
            told(None, None),
        ),
        (counts(), message, lacks("input_tokens"), told(None, None)),
    ] {
        assert_eq!(
            (tap.inspect(body.as_bytes()), tap.told()),
            (want, seen),
            "{body}"
        );
    }
    let broken = AnthropicTap::default().inspect(b"\xff");
    assert!(matches!(broken, Err(DecodeError::BrokenJson(_))));
}
