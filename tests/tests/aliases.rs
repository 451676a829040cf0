//! Aliases: names that tools hard-code reach an endpoint on doors where `model` names it, and nowhere else.

use serde_json::json;
use tidegate_tests::{Gateway, Upstream, client, samples};

const ALIASES: &str =
    "aliases:\n  gpt-4o: chat\n  openai/gpt-4o: split\n  \"gpt-4*\": other\n  \"*\": chat\n";

fn config(base: &str, aliases: &str) -> String {
    let routes = ["chat", "other"].map(|name| Gateway::route(name, "chat", base));
    let split = "  - {name: split, task_type: llm/v1/chat, destinations: [{name: other, traffic_percentage: 1}]}\n";
    format!("routes:\n{}{split}{aliases}", routes.concat())
}

fn ask(gateway: &Gateway, model: &str) -> (u16, Option<String>) {
    let body = json!({"model": model, "messages": [{"role": "user", "content": "hi"}]});
    let answer = client::post(gateway.address(), "/v1/chat/completions", body.to_string());
    let route = answer.header("x-tidegate-route").map(str::to_owned);
    (answer.status, route)
}

#[test]
fn names_stand_for_endpoints_and_change_with_the_file() {
    let upstream = Upstream::answering(samples::chat());
    let gateway = Gateway::start(&config(&upstream.base(), ALIASES));
    for (model, route) in [
        ("chat", "chat"),
        ("other", "other"),
        ("gpt-4o", "chat"),
        ("openai/gpt-4o", "split"),
        ("gpt-4o-mini", "other"),
        ("claude-sonnet-4-5", "chat"),
        ("", "chat"),
    ] {
        assert_eq!(
            ask(&gateway, model),
            (200, Some(route.to_owned())),
            "{model}"
        );
        assert_eq!(upstream.last().json()["model"], "gpt-4o-mini");
    }
    for path in [
        "/gateway/gpt-4o/invocations",
        "/endpoints/gpt-4o/invocations",
    ] {
        let answer = client::post(gateway.address(), path, samples::ASK);
        assert_eq!(answer.status, 404, "{path}");
    }
    let model = client::get(gateway.address(), "/v1/models/openai/gpt-4o");
    assert_eq!(
        (model.status, model.json()["id"].clone()),
        (200, json!("split"))
    );

    gateway.reload(&config(&upstream.base(), "aliases: {gpt-4o: other}\n"));
    assert_eq!(ask(&gateway, "gpt-4o"), (200, Some("other".to_owned())));
    assert_eq!(ask(&gateway, "claude-sonnet-4-5"), (404, None));
}

#[test]
fn what_stands_for_nothing_is_refused_with_its_line() {
    let config = config("http://127.0.0.1:1/v1", "aliases:\n  gpt-4o: chatt\n");
    let exit = tidegate_tests::Launch::new(&config).run();
    assert_eq!(exit.code, Some(2), "{}", exit.stderr);
    for part in [
        "an alias stands for no endpoint or traffic split of this file",
        ":20:11",
        "did you mean `chat`?",
    ] {
        assert!(exit.stderr.contains(part), "{part}: {}", exit.stderr);
    }
}
