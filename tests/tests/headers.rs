//! Which headers pass in which direction, what every answer carries, and the access log.

#![expect(
    clippy::too_many_lines,
    reason = "a table of cases reads best in one piece"
)]

use serde_json::Value;
use tidegate_tests::client::answer;
use tidegate_tests::samples::{self, CHAT_DOORS};
use tidegate_tests::{Client, Gateway, Launch, Upstream, client, wait_for};

fn gateway(sections: &str) -> (Gateway, Upstream) {
    let upstream = Upstream::scripted(|call| {
        let streams = call.request.json()["stream"] == true;
        call.answer(if streams {
            samples::stream(&["Hel", "lo"])
        } else {
            samples::chat()
        });
    });
    let routes = Gateway::routes(&upstream.base());
    (Gateway::start(&format!("{routes}{sections}")), upstream)
}

#[test]
fn what_clients_send_stays_here_unless_listed() {
    let (gateway, upstream) = gateway("upstream:\n  forward_headers: [X-Team, x-run-id]\n");
    let sent = [
        ("authorization", "Bearer client-secret"),
        ("cookie", "session=secret"),
        ("x-api-key", "client-secret"),
        ("api-key", "client-secret"),
        ("proxy-authorization", "Basic secret"),
        ("openai-organization", "org-client"),
        ("x-forwarded-for", "10.0.0.1"),
        ("forwarded", "for=10.0.0.1"),
        ("x-custom", "1"),
        ("user-agent", "client/1"),
        ("accept", "text/html"),
        ("accept-encoding", "gzip, br"),
        ("origin", "https://page.example"),
        ("referer", "https://page.example/x"),
        ("x-stainless-lang", "python"),
        ("te", "trailers"),
        ("x-request-id", "req-1"),
        (
            "traceparent",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ),
        ("tracestate", "a=1"),
        ("tracestate", "b=2"),
        ("openai-beta", "assistants=v2"),
        ("openai-project", "proj_1"),
        ("x-team", "blue"),
        ("X-Run-Id", "42"),
    ];
    let listed = [
        "traceparent",
        "tracestate",
        "openai-beta",
        "openai-project",
        "x-team",
        "x-run-id",
    ];
    for (path, plain, streamed) in CHAT_DOORS {
        for body in [plain, streamed] {
            assert_eq!(
                client::post_with(gateway.address(), path, &sent, body).status,
                200
            );
            let request = upstream.last();
            for name in listed {
                let wanted: Vec<&str> = sent
                    .iter()
                    .filter(|(n, _)| n.eq_ignore_ascii_case(name))
                    .map(|(_, v)| *v)
                    .collect();
                let got: Vec<&str> = request
                    .headers
                    .iter()
                    .filter(|(n, _)| n == name)
                    .map(|(_, v)| v.as_str())
                    .collect();
                assert_eq!(got, wanted, "{path}: {name}");
            }
            let mut names: Vec<&str> = request
                .headers
                .iter()
                .map(|(name, _)| name.as_str())
                .collect();
            names.retain(|name| !listed.contains(name));
            names.sort_unstable();
            assert_eq!(
                names,
                [
                    "accept",
                    "accept-encoding",
                    "authorization",
                    "content-length",
                    "content-type",
                    "host",
                    "user-agent"
                ]
            );
            assert_eq!(
                request.header("authorization"),
                Some("Bearer sk-test-canary-0123456789")
            );
            assert_eq!(request.header("accept-encoding"), Some("identity"));
            assert_eq!(request.header("user-agent"), Some("tidegate/0.1.0"));
            assert_eq!(request.header("content-type"), Some("application/json"));
            assert_eq!(
                request.header("host"),
                Some(upstream.address().to_string().as_str())
            );
            assert_eq!(request.target, "/v1/chat/completions");
        }
    }
}

#[test]
fn headers_that_carry_credentials_cannot_be_listed() {
    for name in [
        "Authorization",
        "cookie",
        "x-api-key",
        "proxy-authorization",
        "host",
        "connection",
    ] {
        let config = format!(
            "{}upstream:\n  forward_headers: [{name}]\n",
            Gateway::routes("http://127.0.0.1:1/v1")
        );
        let exit = Launch::new(&config).run();
        assert_eq!(exit.code, Some(2), "{name}: {}", exit.stderr);
        assert!(exit.stderr.contains(name), "{}", exit.stderr);
    }
}

#[test]
fn ids_and_timings_of_every_answer() {
    let upstream = Upstream::scripted(|call| {
        let status = if call.request.json()["user"] == "fail" {
            500
        } else {
            200
        };
        let headers = [
            ("content-type", "application/json"),
            ("x-request-id", "req_upstream"),
            ("openai-processing-ms", "12"),
            ("server", "secret"),
            ("via", "1.1 x"),
        ];
        call.answer(answer(
            status,
            &headers,
            if status == 200 {
                samples::CHAT
            } else {
                samples::ERROR
            },
        ));
    });
    let gateway = Gateway::start(&Gateway::routes(&upstream.base()));
    let fail = |body: &str| body.replacen('{', r#"{"user":"fail","#, 1);
    for (path, plain, streamed) in CHAT_DOORS {
        for body in [
            plain.to_owned(),
            streamed.to_owned(),
            fail(plain),
            fail(streamed),
        ] {
            let answer = client::post_with(
                gateway.address(),
                path,
                &[("x-request-id", "mine-1")],
                &body,
            );
            assert_eq!(answer.header("x-request-id"), Some("mine-1"), "{path}");
            assert_eq!(
                answer.header("x-upstream-request-id"),
                Some("req_upstream"),
                "{path}"
            );
            assert_eq!(answer.header("x-tidegate-route"), Some("chat"), "{path}");
            assert_eq!(answer.header("openai-processing-ms"), Some("12"), "{path}");
            assert_eq!(
                (answer.header("via"), answer.header("server")),
                (None, None),
                "{path}"
            );
            let timing = answer.header("server-timing").unwrap();
            assert!(
                timing.starts_with("upstream;dur=") && timing.contains(", gateway;dur="),
                "{timing}"
            );
            if answer.status == 200 && body.contains("stream") {
                assert_eq!(answer.header("x-accel-buffering"), Some("no"), "{path}");
                assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
                assert_eq!(
                    answer.header("content-type"),
                    Some("text/event-stream; charset=utf-8"),
                    "{path}"
                );
            }
        }
    }
    let mut fresh = Vec::new();
    for path in [
        "/health",
        "/v1/models",
        "/nowhere",
        "/v1/nowhere",
        "/gateway/chat/invocations",
    ] {
        let answer = client::get(gateway.address(), path);
        fresh.push(
            answer
                .header("x-request-id")
                .unwrap_or_else(|| panic!("{path}"))
                .to_owned(),
        );
        let answer = client::get_with(gateway.address(), path, &[("x-request-id", "mine-2")]);
        assert_eq!(answer.header("x-request-id"), Some("mine-2"), "{path}");
    }
    let long = "x".repeat(129);
    for bad in ["has blank", "ünï", "", long.as_str()] {
        let answer = client::post_with(
            gateway.address(),
            "/v1/chat/completions",
            &[("x-request-id", bad)],
            samples::ASK_V1,
        );
        let id = answer.header("x-request-id").unwrap().to_owned();
        assert!(
            id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{id}"
        );
        fresh.push(id);
        let answer = client::get_with(gateway.address(), "/health", &[("x-request-id", bad)]);
        let id = answer.header("x-request-id").unwrap().to_owned();
        assert!(
            id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "not a call: {id}"
        );
        fresh.push(id);
    }
    let count = fresh.len();
    fresh.sort_unstable();
    fresh.dedup();
    assert_eq!(fresh.len(), count, "fresh ids differ");
}

#[test]
fn browsers_of_other_origins_only_where_the_config_says_so() {
    let page = [("origin", "https://page.example")];
    let ask = |gateway: &Gateway, headers: &[(&str, &str)]| {
        client::post_with(
            gateway.address(),
            "/v1/chat/completions",
            headers,
            samples::ASK_V1,
        )
    };
    let preflight = |gateway: &Gateway, origin: &str| {
        let request = format!(
            "OPTIONS /v1/chat/completions HTTP/1.1\r\nhost: g\r\norigin: {origin}\r\naccess-control-request-method: POST\r\naccess-control-request-headers: authorization,content-type\r\n\r\n"
        );
        Client::sending(gateway.address(), request).response()
    };

    let (off, _upstream) = gateway("");
    let answer = ask(&off, &page);
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (200, None)
    );
    assert_eq!(preflight(&off, "https://page.example").status, 405);
    let forged = [
        ("origin", "https://page.example"),
        ("sec-fetch-site", "cross-site"),
    ];
    assert_eq!(ask(&off, &forged).status, 403);

    let (on, _upstream) = gateway("server:\n  cors_origins: [\"https://page.example\"]\n");
    let answer = ask(&on, &forged);
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (200, Some("https://page.example"))
    );
    assert!(
        answer
            .header("access-control-expose-headers")
            .unwrap()
            .contains("x-request-id")
    );
    assert_eq!(answer.header("vary"), Some("origin"));
    let answer = preflight(&on, "https://page.example");
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    assert_eq!(
        answer.header("access-control-allow-headers"),
        Some("authorization,content-type")
    );
    assert_eq!(
        answer.header("access-control-allow-methods"),
        Some("GET, HEAD, POST, PUT, PATCH, DELETE")
    );
    let other = ask(&on, &[("origin", "https://other.example")]);
    assert_eq!(other.header("access-control-allow-origin"), None);
    let streamed = client::post_with(
        on.address(),
        "/v1/chat/completions",
        &page,
        samples::ASK_V1_STREAM,
    );
    assert_eq!(
        streamed.header("access-control-allow-origin"),
        Some("https://page.example")
    );
    let refused = client::post_with(on.address(), "/v1/chat/completions", &page, "{");
    assert_eq!(
        (
            refused.status,
            refused.header("access-control-allow-origin")
        ),
        (400, Some("https://page.example"))
    );

    let (any, _upstream) = gateway("server:\n  cors_origins: [\"*\"]\n");
    assert!(
        ask(&any, &forged)
            .header("access-control-allow-origin")
            .is_some()
    );
}

const SECRET_PROMPT: &str = "the-prompt-that-nobody-may-log";

fn lines(path: &std::path::Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn the_access_log_tells_every_call_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("access.log");
    let upstream = Upstream::scripted(|mut call| {
        let body = call.request.json();
        match body["user"].as_str() {
            Some("error") => call.answer(client::json_answer(500, samples::ERROR)),
            Some("drop") => drop(call),
            Some("cut") => {
                call.begin_stream();
                call.event(&samples::delta("first"));
            }
            Some("wait") => {
                call.begin_stream();
                call.event(&samples::delta("first"));
                call.wait_closed();
            }
            Some("think") => {
                call.wait_closed();
            }
            _ if body["stream"] == true => call.answer(samples::stream(&["Hel", "lo"])),
            _ => call.answer(samples::chat()),
        }
    });
    let routes = Gateway::routes(&upstream.base());
    let gateway = Gateway::start(&format!(
        "{routes}server:\n  access_log: {{file: {}}}\n",
        log.display()
    ));
    let body = |user: &str, stream: bool| {
        format!(
            r#"{{"model":"chat","user":"{user}","stream":{stream},"messages":[{{"role":"user","content":"{SECRET_PROMPT}"}}]}}"#
        )
    };
    let cases = [
        ("ok", false, "ok", 200),
        ("ok", true, "ok", 200),
        ("error", false, "upstream_error", 500),
        ("error", true, "upstream_error", 500),
        ("drop", false, "upstream_error", 502),
        ("cut", true, "cut", 200),
        ("wait", true, "client_gone", 200),
        ("think", false, "client_gone", 499),
    ];
    for (number, (user, stream, outcome, status)) in cases.into_iter().enumerate() {
        let id = format!("call-{number}");
        let headers = [
            ("x-request-id", id.as_str()),
            ("authorization", "Bearer client-secret"),
        ];
        let before = upstream.requests().len();
        let mut client = Client::sending(
            gateway.address(),
            client::post_bytes("/v1/chat/completions", &headers, body(user, stream)),
        );
        match user {
            "wait" => {
                client.head().unwrap();
                client.chunks_until("first");
            }
            "think" => upstream.wait_for_requests(before + 1),
            _ => {
                client.response();
            }
        }
        drop(client);
        wait_for("a line in the access log", || {
            lines(&log).len() == number + 1
        });
        let line = lines(&log).pop().unwrap();
        assert_eq!(line["request_id"], *id, "{line}");
        assert_eq!(line["outcome"], outcome, "{user}: {line}");
        assert_eq!(line["status"], status, "{user}: {line}");
        assert_eq!(line["stream"], stream, "{line}");
        assert_eq!(
            (&line["route"], &line["door"], &line["provider"]),
            (&"chat".into(), &"openai".into(), &"openai".into())
        );
        assert_eq!(line["operation"], "chat");
        assert!(
            line["total_ms"].as_f64().unwrap() > 0.0 && line["time"].is_string(),
            "{line}"
        );
        if user == "ok" && !stream {
            assert_eq!(
                (&line["prompt_tokens"], &line["completion_tokens"]),
                (&5.into(), &2.into())
            );
            assert_eq!(line["bytes_in"], body(user, stream).len());
            assert_eq!(line["model"], "gpt-4o-mini-2024-07-18");
        }
    }
    client::post(gateway.address(), "/gateway/chat/invocations", "{}");
    let refused = lines(&log).pop().unwrap();
    assert_eq!(
        (&refused["outcome"], &refused["status"], &refused["door"]),
        (&"refused".into(), &422.into(), &"gateway".into())
    );

    let text = std::fs::read_to_string(&log).unwrap() + &gateway.stop().stderr;
    for secret in [
        SECRET_PROMPT,
        "client-secret",
        "sk-test-canary",
        "Hello there",
        "Bearer",
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn a_rotated_access_log_is_opened_again_without_losing_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let (log, old) = (
        folder.path().join("access.log"),
        folder.path().join("access.log.1"),
    );
    let (gateway, _upstream) = gateway(&format!(
        "server:\n  access_log: {{file: {}}}\n",
        log.display()
    ));
    let call = || {
        assert_eq!(
            client::post(gateway.address(), "/v1/chat/completions", samples::ASK_V1).status,
            200
        );
    };
    call();
    std::fs::rename(&log, &old).unwrap();
    call();
    assert_eq!(lines(&old).len(), 2);
    gateway.signal("HUP");
    wait_for("the reload", || gateway.health()["generation"] == 2);
    call();
    wait_for("a line in the new log", || lines(&log).len() == 1);
    assert_eq!(lines(&old).len(), 2);
}

#[test]
fn by_default_the_access_log_goes_to_standard_error() {
    let (gateway, _upstream) = gateway("");
    client::post_with(
        gateway.address(),
        "/v1/chat/completions",
        &[("x-request-id", "one")],
        samples::ASK_V1,
    );
    wait_for("a line", || {
        gateway.stderr().contains("\"request_id\":\"one\"")
    });
    let (off, _upstream) = self::gateway("server:\n  access_log: off\n");
    client::post_with(
        off.address(),
        "/v1/chat/completions",
        &[("x-request-id", "one")],
        samples::ASK_V1,
    );
    assert!(!off.stop().stderr.contains("request_id"));
}

#[test]
fn what_a_provider_cannot_do_is_not_worth_another_try() {
    let gateway = Gateway::start(
        "endpoints:\n  - {name: r, endpoint_type: llm/v1/chat, model: {provider: palm, name: chat-bison-001, config: {palm_api_key: k}}}\n",
    );
    for path in ["/gateway/r/invocations", "/v1/chat/completions"] {
        let body = r#"{"model":null,"messages":[{"role":"user","content":"Hi"}],"stream":true}"#;
        let body = if path.starts_with("/v1") {
            body.replace("null", "\"r\"")
        } else {
            body.to_owned()
        };
        let answer = client::post(gateway.address(), path, body);
        assert_eq!(
            (answer.status, answer.header("x-should-retry")),
            (501, Some("false")),
            "{path}"
        );
    }
}
