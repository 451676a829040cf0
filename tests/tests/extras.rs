//! What the config adds to each call of an endpoint's provider, with the real binary: headers and query parameters.

use tidegate_tests::client::{self, json_answer};
use tidegate_tests::samples::{self, CHAT_DOORS};
use tidegate_tests::{Gateway, Launch, Upstream};

/// A config whose one endpoint adds this to its calls.
fn config(model: &str, extras: &str, sections: &str) -> String {
    format!(
        "endpoints:\n  - name: chat\n    endpoint_type: llm/v1/chat\n    model:\n{model}{extras}{sections}"
    )
}

fn openai(upstream: &Upstream) -> String {
    format!(
        "      provider: openai\n      name: gpt-4o-mini\n      config:\n        openai_api_key: sk-test-canary-0123456789\n        openai_api_base: {}?v=1\n        openai_organization: org-own\n",
        upstream.base()
    )
}

const EXTRAS: &str = "        extra_headers:\n          X-Team: $TEAM\n          openai-organization: org-extra\n          Authorization: Bearer extra\n          user-agent: mine/1\n        extra_query: {tag: $TAG, \"x y\": 1}\n";

fn start(config: &str) -> Gateway {
    Launch::new(config)
        .env("TEAM", "team-canary")
        .env("TAG", "tag canary")
        .arg("--log-level=trace")
        .start()
}

#[test]
fn they_go_with_every_call_and_come_before_all_else() {
    let upstream = Upstream::answering(samples::chat());
    let forward = "upstream:\n  forward_headers: [X-Team, user-agent]\n";
    let gateway = start(&config(&openai(&upstream), EXTRAS, forward));
    for (path, plain, _) in CHAT_DOORS {
        let sent = [("x-team", "client"), ("user-agent", "client/1")];
        let answer = client::post_with(gateway.address(), path, &sent, plain);
        assert_eq!(answer.status, 200, "{path}");
        let request = upstream.last();
        assert_eq!(
            request.target, "/v1/chat/completions?v=1&tag=tag%20canary&x%20y=1",
            "{path}"
        );
        for (name, value) in [
            ("x-team", "team-canary"),
            ("openai-organization", "org-extra"),
            ("authorization", "Bearer extra"),
            ("user-agent", "mine/1"),
        ] {
            let got: Vec<_> = request
                .headers
                .iter()
                .filter(|(known, _)| known == name)
                .map(|(_, value)| value.as_str())
                .collect();
            assert_eq!(got, [value], "{path}: {name}");
        }
    }
    assert!(!gateway.stderr().contains("canary"), "{}", gateway.stderr());
}

#[test]
fn a_provider_that_repeats_them_is_masked() {
    let upstream = Upstream::answering(json_answer(
        403,
        r#"{"error":{"message":"no team-canary, nor ?tag=tag%20canary, nor tag canary"}}"#,
    ));
    let gateway = start(&config(&openai(&upstream), EXTRAS, ""));
    for (path, plain, _) in CHAT_DOORS {
        let answer = client::post(gateway.address(), path, plain);
        assert_eq!(answer.status, 403, "{path}");
        let text = String::from_utf8(answer.body).unwrap();
        assert!(text.contains("no ***, nor ?tag=***, nor ***"), "{text}");
    }
    assert!(!gateway.stderr().contains("canary"), "{}", gateway.stderr());
}

/// A signature covers the query, so it is made when all is there; what it writes cannot be replaced.
#[test]
fn they_come_before_the_signature() {
    let upstream = Upstream::answering(json_answer(
        200,
        r#"{"output":{"message":{"content":[{"text":"hi"}],"role":"assistant"}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}"#,
    ));
    let model = format!(
        "      provider: bedrock\n      name: anthropic.claude-3-haiku-20240307-v1:0\n      config:\n        aws_config: {{aws_region: us-east-1, aws_access_key_id: AKIDEXAMPLE, aws_secret_access_key: secret-canary, aws_endpoint_url: \"http://{}\"}}\n",
        upstream.address()
    );
    let gateway = start(&config(&model, EXTRAS, ""));
    let answer = client::post(gateway.address(), "/gateway/chat/invocations", samples::ASK);
    assert_eq!(answer.status, 200);
    let request = upstream.last();
    let (_, query) = request.target.split_once('?').unwrap();
    assert_eq!(query, "tag=tag%20canary&x%20y=1");
    let authorization = request.header("authorization").unwrap();
    assert!(
        authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"),
        "{authorization}"
    );
    assert_eq!(request.header("x-team"), Some("team-canary"));
    assert!(!gateway.stderr().contains("canary"), "{}", gateway.stderr());
}

#[test]
fn a_reload_replaces_them() {
    let upstream = Upstream::answering(samples::chat());
    let gateway = start(&config(&openai(&upstream), EXTRAS, ""));
    gateway.reload(&config(
        &openai(&upstream),
        "        extra_headers: {x-other: new}\n",
        "",
    ));
    let answer = client::post(gateway.address(), "/gateway/chat/invocations", samples::ASK);
    assert_eq!(answer.status, 200);
    let request = upstream.last();
    assert_eq!(request.header("x-other"), Some("new"));
    assert_eq!(request.header("x-team"), None);
    assert_eq!(request.target, "/v1/chat/completions?v=1");
}
