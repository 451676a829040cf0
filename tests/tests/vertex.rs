//! `vertex` routes whose tokens the gateway fetches itself, with a service account's key.

use serde_json::{Value, json};
use tidegate_tests::{Gateway, Launch, Upstream, client};

/// A key that opens nothing, made for tests of credentials.
const PEM: &str = include_str!("../../crates/credentials/tests/keys/service-account.pem");

const CHAT: &str =
    r#"{"model": "chat", "messages": [{"role": "user", "content": "hi"}], "stream": true}"#;

/// What Gemini answers, as a stream of one chunk.
fn provider() -> Upstream {
    Upstream::scripted(|mut call| {
        let chunk = json!({"candidates": [{"content": {"role": "model", "parts": [{"text": "Hello"}]}, "finishReason": "STOP"}]});
        let headers = [("content-type", "text/event-stream")];
        call.send(client::answer(
            200,
            &headers,
            format!("data: {chunk}\r\n\r\n"),
        ));
        call.keep();
    })
}

fn google(lifetime: u64) -> Upstream {
    let token =
        json!({"access_token": "ya29.hush-token", "expires_in": lifetime, "token_type": "Bearer"});
    Upstream::answering(client::json_answer(200, token.to_string()))
}

fn config(provider: &Upstream, credentials: &Value) -> String {
    json!({"endpoints": [{"name": "chat", "endpoint_type": "llm/v1/chat", "model": {
        "provider": "vertex", "name": "gemini-2.5-flash", "config": {
            "vertex_project": "p-1", "vertex_location": "europe-west4",
            "vertex_credentials": credentials,
            "vertex_api_base": format!("http://{}", provider.address()),
        },
    }}]})
    .to_string()
}

fn key_file(google: &Upstream) -> String {
    json!({
        "type": "service_account", "client_email": "gate@p-1.iam.gserviceaccount.com", "private_key": PEM,
        "token_uri": format!("http://{}/token", google.address()),
    })
    .to_string()
}

fn call(gateway: &Gateway) -> client::Response {
    client::post(gateway.address(), "/v1/chat/completions", CHAT)
}

#[test]
fn one_token_serves_many_calls_and_stays_secret() {
    let (provider, google) = (provider(), google(3599));
    let launch = Launch::new("");
    let key = launch.folder().join("key.json");
    std::fs::write(&key, key_file(&google)).unwrap();
    let text = config(&provider, &json!("$KEY_FILE"));
    std::fs::write(launch.config(), text).unwrap();
    let gateway = launch
        .env("KEY_FILE", &key)
        .arg("--log-level=trace")
        .start();
    assert_eq!(google.requests().len(), 0);
    for _ in 0..3 {
        let answer = call(&gateway);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.events().last().map(String::as_str), Some("[DONE]"));
        let sent = provider.last();
        assert_eq!(sent.header("authorization"), Some("Bearer ya29.hush-token"));
        assert_eq!(
            sent.target,
            "/v1/projects/p-1/locations/europe-west4/publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse"
        );
    }
    assert_eq!(google.requests().len(), 1);
    let log = gateway.stop().stderr;
    for secret in ["hush", "PRIVATE KEY", "assertion="] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[test]
fn a_refusal_is_told_to_the_client() {
    let google = Upstream::answering(client::json_answer(
        401,
        r#"{"error":"invalid_client","error_description":"The OAuth client was not found."}"#,
    ));
    let provider = provider();
    let gateway = Gateway::start(&config(&provider, &json!(key_file(&google))));
    let answer = call(&gateway);
    assert_eq!(answer.status, 502);
    assert_eq!(
        answer.message(),
        "The endpoint `chat` got no credentials: the token server at `127.0.0.1` refused: invalid_client: The OAuth client was not found."
    );
    assert_eq!(provider.requests().len(), 0);
}
