//! Providers that cannot be reached, take too long, or answer with an error.

use tidegate_tests::client::{answer, json_answer};
use tidegate_tests::samples::{self, CHAT_DOORS};
use tidegate_tests::verdict::{begun, cut, scripted, told};
use tidegate_tests::{Call, Client, Gateway, client, wait_for};

#[test]
fn nobody_listens_at_the_provider() {
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let gateway = Gateway::start(&Gateway::routes(&format!("http://{free}/v1")));
    for (path, plain, streamed) in CHAT_DOORS {
        for body in [plain, streamed] {
            told(
                &client::post(gateway.address(), path, body),
                path,
                502,
                &free.to_string(),
            );
        }
    }
}

#[test]
fn a_host_that_does_not_exist() {
    let gateway = Gateway::start(&Gateway::routes("http://no-such-host.invalid/v1"));
    let (path, plain, _) = CHAT_DOORS[2];
    told(
        &client::post(gateway.address(), path, plain),
        path,
        502,
        "no-such-host.invalid",
    );
}

/// A listener whose queue is full: the kernel answers no connection attempt.
fn deaf() -> (socket2::Socket, Vec<socket2::Socket>, std::net::SocketAddr) {
    use socket2::{Domain, Socket, Type};
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener
        .bind(&std::net::SocketAddr::from(([127, 0, 0, 1], 0)).into())
        .unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let waiting = (0..4)
        .map(|_| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            socket.set_nonblocking(true).unwrap();
            let _ = socket.connect(&address);
            socket
        })
        .collect();
    (listener, waiting, address.as_socket().unwrap())
}

#[test]
fn providers_that_take_too_long() {
    let (_listener, _waiting, address) = deaf();
    let limits = "upstream:\n  connect_timeout_seconds: 0.3\n";
    let gateway = Gateway::start(&format!(
        "{}{limits}",
        Gateway::routes(&format!("http://{address}/v1"))
    ));
    for (path, plain, streamed) in CHAT_DOORS {
        told(
            &client::post(gateway.address(), path, plain),
            path,
            504,
            "0.3 s",
        );
        told(
            &client::post(gateway.address(), path, streamed),
            path,
            504,
            "0.3 s",
        );
    }

    for limits in [
        "first_byte_timeout_seconds: 0.3",
        "total_timeout_seconds: 0.3",
    ] {
        let (gateway, _upstream) = scripted(&format!("upstream:\n  {limits}\n"), |mut call| {
            call.wait_closed();
        });
        for (path, plain, streamed) in CHAT_DOORS {
            told(
                &client::post(gateway.address(), path, plain),
                path,
                504,
                "0.3 s",
            );
            told(
                &client::post(gateway.address(), path, streamed),
                path,
                504,
                "0.3 s",
            );
        }
    }

    // Bytes keep coming, but not the end.
    let (gateway, _upstream) = scripted("upstream:\n  total_timeout_seconds: 0.4\n", |mut call| {
        let streams = call.request.json()["stream"] == true;
        let kind = if streams {
            "text/event-stream"
        } else {
            "application/json"
        };
        call.send(format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n"
        ));
        while call.chunk(if streams { ": wait\n" } else { " " }) {
            std::thread::park_timeout(std::time::Duration::from_millis(20));
        }
    });
    for (path, plain, streamed) in CHAT_DOORS {
        told(
            &client::post(gateway.address(), path, plain),
            path,
            504,
            " s",
        );
        told(
            &client::post(gateway.address(), path, streamed),
            path,
            504,
            "0.4 s",
        );
    }
}

#[test]
fn a_stream_is_bounded_in_whole_only_where_the_config_says_so() {
    let endless = |mut call: Call| {
        begun(&mut call);
        while call.event(&samples::delta("more")) {
            std::thread::park_timeout(std::time::Duration::from_millis(20));
        }
    };
    let (gateway, _upstream) = scripted("upstream:\n  stream_timeout_seconds: 0.4\n", endless);
    for (path, _, streamed) in CHAT_DOORS {
        cut(
            &client::post(gateway.address(), path, streamed),
            path,
            "stream_timeout",
        );
    }
    // The bound on plain answers does not end a running stream (decision N16).
    let (gateway, _upstream) = scripted("upstream:\n  total_timeout_seconds: 0.3\n", endless);
    let request = client::post_bytes("/v1/chat/completions", &[], samples::ASK_V1_STREAM);
    let mut client = Client::sending(gateway.address(), request);
    assert_eq!(client.head().unwrap().status, 200);
    let began = std::time::Instant::now();
    while began.elapsed() < std::time::Duration::from_millis(900) {
        client.chunks_until("more");
    }
}

#[test]
fn errors_pass_with_the_headers_that_say_when_to_come_back() {
    let headers = [
        ("content-type", "application/json"),
        ("retry-after", "7"),
        ("x-ratelimit-remaining-requests", "0"),
        ("x-ratelimit-reset-tokens", "6m0s"),
        ("x-request-id", "req_upstream"),
        ("set-cookie", "session=1"),
        ("x-internal", "secret"),
        ("openai-organization", "org-secret"),
    ];
    for status in [400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 529] {
        let (gateway, _upstream) = scripted("", move |call| {
            call.answer(answer(status, &headers, samples::ERROR));
        });
        for (path, plain, streamed) in CHAT_DOORS {
            for body in [plain, streamed] {
                let answer = client::post(gateway.address(), path, body);
                told(&answer, path, status, "Incorrect API key");
                assert_eq!(answer.header("retry-after"), Some("7"), "{path}");
                assert_eq!(
                    answer.header("x-ratelimit-remaining-requests"),
                    Some("0"),
                    "{path}"
                );
                assert_eq!(
                    answer.header("x-ratelimit-reset-tokens"),
                    Some("6m0s"),
                    "{path}"
                );
                assert_eq!(
                    answer.header("x-upstream-request-id"),
                    Some("req_upstream"),
                    "{path}"
                );
                assert_ne!(
                    answer.header("x-request-id"),
                    Some("req_upstream"),
                    "{path}"
                );
                for kept in ["set-cookie", "x-internal", "openai-organization"] {
                    assert_eq!(answer.header(kept), None, "{path}");
                }
                if path.starts_with("/v1") {
                    assert_eq!(
                        answer.text(),
                        samples::ERROR,
                        "an OpenAI error passes as it is"
                    );
                }
            }
        }
    }
}

#[test]
fn keys_that_the_provider_echoes_are_masked() {
    const KEY: &str = "sk-test-canary-0123456789";
    let error = format!(
        r#"{{"error":{{"message":"Incorrect API key provided: {KEY}","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}}}"#
    );
    let scripts: Vec<Box<dyn Fn(Call) + Send + Sync>> = vec![
        Box::new({
            let error = error.clone();
            move |call| call.answer(json_answer(401, &error))
        }),
        Box::new({
            let error = error.clone();
            move |call| call.answer(answer(500, &[("content-type", "text/plain")], &error))
        }),
        Box::new({
            let error = error.clone();
            move |call| call.answer(json_answer(200, &error))
        }),
        Box::new(move |call| call.answer(json_answer(400, format!(r#"{{"detail":["{KEY}"]}}"#)))),
        Box::new({
            let escaped = error.replace('-', r"\u002D");
            move |call| call.answer(json_answer(401, &escaped))
        }),
        Box::new({
            let error = error.clone();
            move |mut call: Call| {
                begun(&mut call);
                call.event(&error);
                call.end_chunks();
                call.keep();
            }
        }),
        Box::new(move |mut call: Call| {
            call.begin_stream();
            call.event(&error);
            call.end_chunks();
            call.keep();
        }),
    ];
    for (number, script) in scripts.into_iter().enumerate() {
        let (gateway, upstream) = scripted("", script);
        for (path, plain, streamed) in CHAT_DOORS {
            for body in [plain, streamed] {
                let answer = client::post(gateway.address(), path, body);
                assert!(
                    !answer.text().contains(KEY),
                    "{number}: {path}: {}",
                    answer.text()
                );
                for (name, value) in &answer.head.headers {
                    assert!(!value.contains(KEY), "{name}");
                }
            }
        }
        assert_eq!(
            upstream.last().header("authorization"),
            Some(format!("Bearer {KEY}").as_str())
        );
        assert!(!gateway.stderr().contains(KEY));
    }
}

#[test]
fn what_a_provider_repeats_of_a_prompt_or_an_answer_is_not_logged() {
    const WORDS: &str = "words-that-nobody-may-log";
    let error = format!(r#"{{"error":{{"message":"bad: {WORDS}","code":"bad_words"}}}}"#);
    let scripts: Vec<Box<dyn Fn(Call) + Send + Sync>> = vec![
        Box::new({
            let error = error.clone();
            move |call| call.answer(json_answer(400, &error))
        }),
        Box::new(|call| call.answer(answer(503, &[("content-type", "text/plain")], WORDS))),
        Box::new({
            let error = error.clone();
            move |call| call.answer(json_answer(200, &error))
        }),
        Box::new(|call| call.answer(json_answer(200, format!(r#"{{"choices":"{WORDS}"}}"#)))),
        Box::new(|mut call: Call| {
            begun(&mut call);
            call.event(&format!(r#"{{"choices":"{WORDS}"}}"#));
            call.end_chunks();
            call.keep();
        }),
        Box::new(move |mut call: Call| {
            begun(&mut call);
            call.event(&error);
            call.end_chunks();
            call.keep();
        }),
    ];
    for (number, script) in scripts.into_iter().enumerate() {
        let (gateway, _upstream) = scripted("", script);
        for (path, plain, streamed) in CHAT_DOORS {
            client::post(gateway.address(), path, plain);
            client::post(gateway.address(), path, streamed);
        }
        let lines = || gateway.stderr().matches(r#""message":"call""#).count();
        wait_for("a line for every call", || lines() == 2 * CHAT_DOORS.len());
        let logs = gateway.stderr();
        assert!(logs.contains("upstream_error"), "{number}: {logs}");
        assert!(!logs.contains(WORDS), "{number}: {logs}");
        assert_eq!(
            number == 0,
            logs.contains("answered 400: bad_words"),
            "{logs}"
        );
    }
}
