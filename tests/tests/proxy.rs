//! The raw proxy: any method and path of a provider's API, as it is, with the route's key; and the names in its paths.

use tidegate_tests::client::{answer, json_answer};
use tidegate_tests::{Client, Gateway, Upstream, client, samples, wait_for};

const KEY: &str = "sk-test-canary-0123456789";

fn send(
    gateway: &Gateway,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> client::Response {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: g\r\n{headers}content-length: {length}\r\n\r\n{body}"
    );
    let mut client = Client::sending(gateway.address(), request);
    if method == "HEAD" {
        client.response_without_body()
    } else {
        client.response()
    }
}

#[test]
fn all_passes_as_it_is() {
    let told = [
        ("content-type", "text/weird"),
        ("x-ratelimit-limit-requests", "9"),
        ("request-id", "req_up"),
        ("set-cookie", "a=b"),
        ("x-other", "1"),
    ];
    let upstream = Upstream::answering(answer(201, &told, "raw \u{7f} body"));
    let gateway = Gateway::start(&Gateway::routes(&upstream.base()));
    let headers = "content-type: text/plain\r\naccept: x/y\r\nauthorization: Bearer mine\r\ncookie: a=b\r\nopenai-beta: z\r\nx-api-key: mine\r\n";
    for (method, path, target, body) in [
        ("GET", "models?a=b%20c&d", "/v1/models?a=b%20c&d", ""),
        (
            "POST",
            "v1/audio/speech",
            "/v1/audio/speech",
            "{\"model\":\"kept\"  }",
        ),
        ("PUT", "files/a%2Fb/", "/v1/files/a%2Fb/", "x"),
        ("DELETE", "files/1", "/v1/files/1", ""),
        ("PATCH", "v2/x", "/v2/x", "not json {"),
        ("BREW", "x", "/v1/x", ""),
    ] {
        let answer = send(
            &gateway,
            method,
            &format!("/gateway/proxy/chat/{path}"),
            headers,
            body,
        );
        assert_eq!(answer.status, 201, "{method}: {}", answer.text());
        assert_eq!(answer.text(), "raw \u{7f} body");
        for (name, value) in [
            ("content-type", Some("text/weird")),
            ("x-ratelimit-limit-requests", Some("9")),
            ("x-upstream-request-id", Some("req_up")),
            ("x-tidegate-route", Some("chat")),
            ("content-length", Some("10")),
            ("set-cookie", None),
            ("x-other", None),
        ] {
            assert_eq!(answer.header(name), value, "{method}: {name}");
        }
        let asked = upstream.last();
        assert_eq!((&*asked.method, &*asked.target), (method, target));
        assert_eq!(String::from_utf8_lossy(&asked.body), body);
        for (name, value) in [
            ("content-type", Some("text/plain")),
            ("accept", Some("x/y")),
            ("authorization", Some("Bearer sk-test-canary-0123456789")),
            ("openai-beta", Some("z")),
            ("cookie", None),
            ("x-api-key", None),
        ] {
            assert_eq!(asked.header(name), value, "{method}: {name}");
        }
    }
    wait_for("the access log", || {
        gateway.stderr().contains("\"door\":\"proxy\"")
    });
}

#[test]
fn errors_pass_with_keys_masked_and_our_own_are_mlflows() {
    let upstream = Upstream::scripted(|call| {
        let body = format!("{{\"error\":{{\"message\":\"bad key {KEY}\",\"code\":\"nope\"}}}}");
        call.answer(json_answer(401, body));
    });
    let sandbox = "  - {name: sand, route_type: llm/v1/chat, model: {provider: sandbox}}\n";
    let gateway = Gateway::start(&format!(
        "{}{sandbox}server: {{max_body_bytes: 1000}}\n",
        Gateway::routes(&upstream.base())
    ));
    let refused = send(&gateway, "GET", "/gateway/proxy/chat/models", "", "");
    assert_eq!(refused.status, 401);
    assert_eq!(
        refused.text(),
        r#"{"error":{"message":"bad key ***","code":"nope"}}"#
    );
    assert_eq!(upstream.requests().len(), 1);
    let long = "x".repeat(1001);
    for (method, path, headers, body, status) in [
        ("GET", "nobody/models", "", "", 404),
        ("GET", "chat/../x", "", "", 400),
        ("GET", "chat/%2e%2E/x", "", "", 400),
        ("POST", "chat/a/..%2fb", "", "", 400),
        ("POST", "sand/chat/completions", "", "{}", 501),
        ("PUT", "chat/files", "", &*long, 413),
        ("TRACE", "chat/files", "", "", 405),
        ("CONNECT", "chat/files", "", "", 405),
        (
            "DELETE",
            "chat/files/1",
            "sec-fetch-site: cross-site\r\n",
            "",
            403,
        ),
        (
            "POST",
            "chat/files/1",
            "content-encoding: gzip\r\n",
            "x",
            415,
        ),
    ] {
        let answer = send(
            &gateway,
            method,
            &format!("/gateway/proxy/{path}"),
            headers,
            body,
        );
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
        assert!(answer.json()["detail"].is_string(), "{path}");
    }
    assert_eq!(upstream.requests().len(), 1);
}

#[test]
fn streams_run_as_they_come_and_break_as_they_break() {
    let upstream = Upstream::manual();
    let gateway = Gateway::start(&Gateway::routes(&upstream.base()));
    let begin = || {
        let request = client::post_bytes("/gateway/proxy/chat/x", &[], "{}");
        let client = Client::sending(gateway.address(), request);
        (client, upstream.call())
    };
    let (mut client, mut call) = begin();
    call.begin_stream();
    let head = client.head().unwrap();
    assert_eq!(
        (head.status, head.header("content-type")),
        (200, Some("text/event-stream"))
    );
    call.chunk("da");
    assert_eq!(client.chunk().unwrap(), b"da");
    call.chunk("ta: x");
    assert_eq!(client.chunk().unwrap(), b"ta: x");
    call.end_chunks();
    assert!(client.chunk().is_none_or(|last| last.is_empty()));
    call.keep();

    // A cut of either kind of body is no clean end.
    for head in [
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf",
    ] {
        let (mut client, call) = begin();
        call.last(head);
        assert_eq!(client.head().unwrap().status, 200);
        let rest = String::from_utf8(client.rest()).unwrap();
        assert!(
            rest.contains("half") && !rest.ends_with("0\r\n\r\n"),
            "{rest}"
        );
    }
    wait_for("both cuts in the log", || {
        gateway.stderr().matches("\"outcome\":\"cut\"").count() == 2
    });

    let (mut client, mut call) = begin();
    call.begin_stream();
    assert_eq!(client.head().unwrap().status, 200);
    drop(client);
    call.wait_closed();
}

#[test]
fn silence_ends_a_stream_and_bodies_may_be_large() {
    let large = "x".repeat(3_000_000);
    let answers = large.clone();
    let upstream = Upstream::scripted(move |mut call| {
        if call.request.target == "/v1/silent" {
            call.begin_stream();
            call.chunk("a");
            call.wait_closed();
        } else {
            call.answer(answer(200, &[], &answers));
        }
    });
    let limits = "upstream: {idle_timeout_seconds: 0.3, max_response_bytes: 1024}\n";
    let gateway = Gateway::start(&format!("{}{limits}", Gateway::routes(&upstream.base())));
    let echoed = client::post(gateway.address(), "/gateway/proxy/chat/large", &large);
    assert_eq!((echoed.status, echoed.body.len()), (200, large.len()));
    assert_eq!(upstream.last().body.len(), large.len());

    let request = client::post_bytes("/gateway/proxy/chat/silent", &[], "");
    let mut client = Client::sending(gateway.address(), request);
    assert_eq!(client.head().unwrap().status, 200);
    assert!(
        !String::from_utf8(client.rest())
            .unwrap()
            .ends_with("0\r\n\r\n")
    );
}

#[test]
fn limits_count() {
    let upstream = Upstream::answering(samples::chat());
    let route = Gateway::route("chat", "chat", &upstream.base());
    let config = format!("routes:\n{route}    limit: {{calls: 1, renewal_period: day}}\n");
    let gateway = Gateway::start(&config);
    assert_eq!(
        send(&gateway, "GET", "/gateway/proxy/chat/models", "", "").status,
        200
    );
    assert_eq!(
        send(&gateway, "GET", "/gateway/proxy/chat/models", "", "").status,
        429
    );
    let chat = client::post(gateway.address(), "/v1/chat/completions", samples::ASK_V1);
    assert_eq!(chat.status, 429);
}

#[test]
fn names_of_endpoints_that_paths_use_as_words() {
    let upstream = Upstream::answering(samples::chat());
    let base = upstream.base();
    let names = ["openai", "anthropic", "mlflow", "chat"];
    let routes = names
        .map(|name| Gateway::route(name, "chat", &base))
        .concat();
    let gateway = Gateway::start(&format!("routes:\n{routes}"));
    for name in names {
        for (path, body) in [
            (format!("/gateway/{name}/invocations"), samples::ASK),
            (format!("/gateway/{name}/mlflow/invocations"), samples::ASK),
            (
                "/gateway/openai/v1/chat/completions".to_owned(),
                samples::ASK_V1,
            ),
            (
                "/gateway/mlflow/v1/chat/completions".to_owned(),
                samples::ASK_V1,
            ),
        ] {
            assert_eq!(
                client::post(gateway.address(), &path, body).status,
                200,
                "{path}"
            );
        }
    }
    // Without an endpoint named `proxy` this is a path of the endpoint `mlflow`; with one it is that one's unified door.
    let path = "/gateway/proxy/mlflow/invocations";
    assert_eq!(
        client::post(gateway.address(), path, samples::ASK).status,
        200
    );
    assert_eq!(upstream.last().target, "/v1/invocations");
    let missing = client::post(
        gateway.address(),
        "/gateway/proxy/invocations",
        samples::ASK,
    );
    assert_eq!(missing.status, 404);

    let proxy = Gateway::route("proxy", "chat", &base);
    gateway.reload(&format!("routes:\n{routes}{proxy}"));
    for path in ["/gateway/proxy/invocations", path] {
        assert_eq!(
            client::post(gateway.address(), path, samples::ASK).status,
            200,
            "{path}"
        );
        assert_eq!(upstream.last().target, "/v1/chat/completions");
    }
    let raw = client::post(gateway.address(), "/gateway/proxy/proxy/moderations", "{}");
    assert_eq!(
        (raw.status, &*upstream.last().target),
        (200, "/v1/moderations")
    );
}
