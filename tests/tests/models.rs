//! Lists of models in both APIs' forms, ids of answers, rate limits in the door's headers, and probes.

use serde_json::{Value, json};
use tidegate_tests::client::answer;
use tidegate_tests::{Client, Gateway, Upstream, client, samples};

const VERSION: [(&str, &str); 1] = [("anthropic-version", "2023-06-01")];

fn gateway() -> Gateway {
    let route = |name, operation| Gateway::route(name, operation, "http://127.0.0.1:1/v1");
    let routes = [
        route("a", "chat"),
        route("vectors", "embeddings"),
        route("b", "chat"),
        route("c", "chat"),
    ];
    Gateway::start(&format!(
        "routes:\n{}aliases: {{gpt-4o: b}}\n",
        routes.concat()
    ))
}

fn ids(list: &Value) -> Vec<&str> {
    let models = list["data"].as_array().unwrap();
    models
        .iter()
        .map(|model| model["id"].as_str().unwrap())
        .collect()
}

#[test]
fn each_api_has_its_form() {
    let gateway = gateway();
    let get =
        |path: &str, headers: &[(&str, &str)]| client::get_with(gateway.address(), path, headers);
    for path in [
        "/v1/models",
        "/gateway/openai/v1/models",
        "/gateway/mlflow/v1/models",
    ] {
        let list = get(path, &[]).json();
        assert_eq!(
            (list["object"].clone(), ids(&list)),
            (json!("list"), vec!["a", "vectors", "b", "c"])
        );
    }
    for (path, headers) in [
        ("/v1/models", &VERSION[..]),
        ("/gateway/anthropic/v1/models", &[]),
        ("/gateway/anthropic/v1/models/", &VERSION),
    ] {
        let answer = get(path, headers);
        assert_eq!(
            answer.header("request-id"),
            answer.header("x-request-id"),
            "{path}"
        );
        let list = answer.json();
        assert_eq!(ids(&list), ["a", "b", "c"], "{path}");
        let keys: Vec<&String> = list.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["data", "has_more", "first_id", "last_id"]);
        let since = list["data"][0]["created_at"].as_str().unwrap();
        assert_eq!(
            list["data"][0],
            json!({"type": "model", "id": "a", "display_name": "a", "created_at": since})
        );
        assert!(since.len() == 20 && since.ends_with('Z'), "{since}");
    }
    for (query, want, more) in [
        ("limit=2", vec!["a", "b"], true),
        ("limit=2&after_id=b", vec!["c"], false),
        ("before_id=c&limit=1", vec!["b"], true),
        ("after_id=c", vec![], false),
    ] {
        let list = get(&format!("/v1/models?{query}"), &VERSION).json();
        assert_eq!(
            (ids(&list), list["has_more"].clone()),
            (want, json!(more)),
            "{query}"
        );
    }
    let one = get("/v1/models/gpt-4o", &VERSION).json();
    assert_eq!(
        (one["type"].clone(), one["id"].clone()),
        (json!("model"), json!("b"))
    );
    for (path, status) in [
        ("/v1/models/vectors", 404),
        ("/v1/models/nobody", 404),
        ("/v1/models?limit=0", 400),
        ("/v1/models?after_id=nobody", 400),
    ] {
        let refused = get(path, &VERSION);
        assert_eq!(refused.status, status, "{path}");
        assert!(refused.header("request-id").is_some());
    }
    assert!(get("/v1/models", &[]).header("request-id").is_none());
}

#[test]
fn probes_are_answered() {
    let gateway = gateway();
    for (path, status) in [
        ("/", 307),
        ("/docs", 200),
        ("/health", 200),
        ("/v1/models", 200),
        ("/nothing", 404),
    ] {
        let head = format!("HEAD {path} HTTP/1.1\r\nhost: g\r\n\r\n");
        let head = Client::sending(gateway.address(), head).response_without_body();
        let get = client::get(gateway.address(), path);
        assert_eq!((head.status, get.status), (status, status), "{path}");
        for name in ["content-type", "location"] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
    }
}

#[test]
fn rate_limits_are_told_in_the_headers_of_the_door() {
    let told = [
        ("content-type", "application/json"),
        ("anthropic-ratelimit-requests-limit", "50"),
        ("anthropic-ratelimit-requests-reset", "2001-01-01T00:00:00Z"),
        ("anthropic-ratelimit-input-tokens-limit", "1000"),
        ("x-ratelimit-remaining-tokens", "7"),
        ("anthropic-ratelimit-tokens-remaining", "8"),
    ];
    let upstream = Upstream::answering(answer(200, &told, samples::CHAT));
    let gateway = Gateway::start(&Gateway::routes(&upstream.base()));
    let answer = client::post(gateway.address(), "/v1/chat/completions", samples::ASK_V1);
    for (name, value) in told.into_iter().skip(1).chain([
        ("x-ratelimit-limit-requests", "50"),
        ("x-ratelimit-reset-requests", "0s"),
    ]) {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    let answer = client::post(gateway.address(), "/gateway/chat/invocations", samples::ASK);
    assert_eq!(
        answer.header("anthropic-ratelimit-requests-limit"),
        Some("50")
    );
    assert_eq!(answer.header("x-ratelimit-limit-requests"), None);
}
