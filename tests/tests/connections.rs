//! Connections on both sides: kept, closed, pipelined, of every version; and one call is one call.

use tidegate_tests::client::json_answer;
use tidegate_tests::samples::{self, CHAT_DOORS};
use tidegate_tests::{Client, Gateway, Upstream, client, wait_for};

fn with(upstream: &Upstream) -> Gateway {
    Gateway::start(&Gateway::routes(&upstream.base()))
}

fn answering() -> (Gateway, Upstream) {
    let upstream = Upstream::scripted(|call| {
        let streams = call.request.json()["stream"] == true;
        call.answer(if streams {
            samples::stream(&["Hel", "lo"])
        } else {
            samples::chat()
        });
    });
    (with(&upstream), upstream)
}

#[test]
fn calls_in_a_row_share_one_connection_upstream() {
    let (gateway, upstream) = answering();
    for _ in 0..10 {
        for (path, plain, streamed) in CHAT_DOORS {
            for body in [plain, streamed] {
                assert_eq!(client::post(gateway.address(), path, body).status, 200);
            }
        }
    }
    assert_eq!(upstream.requests().len(), 60);
    assert_eq!(upstream.connections(), 1);
}

#[test]
fn a_chunked_stream_read_to_its_terminator_leaves_its_connection_usable() {
    let upstream = Upstream::scripted(|mut call| {
        call.begin_stream();
        call.chunk(samples::stream_text(&["Hel", "lo"]));
        call.end_chunks();
        call.keep();
    });
    let gateway = with(&upstream);
    for _ in 0..10 {
        let answer = client::post(
            gateway.address(),
            "/v1/chat/completions",
            samples::ASK_V1_STREAM,
        );
        assert_eq!(answer.events().last().unwrap(), "[DONE]");
    }
    println!("10 streams took {} connections", upstream.connections());
    assert_eq!(upstream.requests().len(), 10);
}

#[test]
fn errors_of_the_provider_leave_its_connection_usable() {
    let upstream = Upstream::answering(json_answer(500, samples::ERROR));
    let gateway = with(&upstream);
    for _ in 0..10 {
        assert_eq!(
            client::post(gateway.address(), "/v1/chat/completions", samples::ASK_V1).status,
            500
        );
    }
    assert_eq!(upstream.connections(), 1);
}

#[test]
fn a_connection_that_the_provider_closed_while_idle_is_replaced() {
    let upstream = Upstream::scripted(|mut call| {
        call.send(samples::chat());
    });
    let gateway = with(&upstream);
    for count in 1..=20 {
        let answer = client::post(gateway.address(), "/v1/chat/completions", samples::ASK_V1);
        assert_eq!(answer.status, 200, "call {count}: {}", answer.text());
        assert_eq!(
            upstream.requests().len(),
            count,
            "exactly one request per call"
        );
        wait_for("the connection to be closed", || {
            upstream.open_connections() == 0
        });
    }
    assert_eq!(upstream.connections(), 20);
}

#[test]
fn a_provider_that_asks_for_closing_is_obeyed() {
    let close = client::answer(
        200,
        &[
            ("content-type", "application/json"),
            ("connection", "close"),
        ],
        samples::CHAT,
    );
    let upstream = Upstream::answering(close);
    let gateway = with(&upstream);
    for _ in 0..3 {
        assert_eq!(
            client::post(gateway.address(), "/v1/chat/completions", samples::ASK_V1).status,
            200
        );
    }
    assert_eq!((upstream.connections(), upstream.requests().len()), (3, 3));
}

#[test]
fn a_request_that_was_written_is_never_sent_again() {
    // The connection works once, and dies when the second request has been read: did the provider act on it?
    let upstream = Upstream::scripted(|call| {
        let first = call.request.json()["messages"][0]["content"] == "hi";
        if first {
            call.answer(samples::chat());
        }
    });
    let gateway = with(&upstream);
    let second = r#"{"model":"chat","messages":[{"role":"user","content":"act"}]}"#;
    for count in 1..=10 {
        assert_eq!(
            client::post(gateway.address(), "/v1/chat/completions", samples::ASK_V1).status,
            200
        );
        let answer = client::post(gateway.address(), "/v1/chat/completions", second);
        assert_eq!(answer.status, 502, "{}", answer.text());
        assert_eq!(upstream.requests().len(), count * 2);
    }
}

#[test]
fn a_large_request_to_a_provider_that_stops_reading_is_sent_once() {
    // The provider answers and closes before it has read the body.
    let upstream = Upstream::scripted_over(
        |mut stream| {
            use std::io::{Read as _, Write as _};
            let mut head = [0; 512];
            let _ = stream.read(&mut head);
            let _ = stream.write_all(&json_answer(429, samples::ERROR));
            None
        },
        drop,
    );
    let base = upstream.base().replace("https", "http");
    let gateway = Gateway::start(&Gateway::routes(&base));
    let long = format!(
        r#"{{"model":"chat","messages":[{{"role":"user","content":"{}"}}]}}"#,
        "x".repeat(8_000_000)
    );
    let answer = client::post(gateway.address(), "/v1/chat/completions", long);
    assert!(
        matches!(answer.status, 429 | 502),
        "{} {}",
        answer.status,
        answer.text()
    );
    assert_eq!(upstream.connections(), 1);
}

#[test]
fn an_early_answer_is_not_lost() {
    let upstream = Upstream::scripted(|call| call.answer(samples::chat()));
    let gateway = with(&upstream);
    let long = format!(
        r#"{{"model":"chat","messages":[{{"role":"user","content":"{}"}}]}}"#,
        "x".repeat(8_000_000)
    );
    for _ in 0..3 {
        assert_eq!(
            client::post(gateway.address(), "/v1/chat/completions", &long).status,
            200
        );
    }
    assert_eq!(
        upstream.last().body.len(),
        long.len() + "gpt-4o-mini".len() - "chat".len()
    );
}

#[test]
fn informational_answers_are_skipped() {
    let early = [
        b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".to_vec(),
        samples::chat(),
    ]
    .concat();
    let upstream = Upstream::answering(early);
    let gateway = with(&upstream);
    for (path, plain, _) in CHAT_DOORS {
        assert_eq!(client::post(gateway.address(), path, plain).status, 200);
    }
}

#[test]
fn clients_of_http_1_0() {
    let (gateway, _upstream) = answering();
    for (path, plain, streamed) in CHAT_DOORS {
        for body in [plain, streamed] {
            let request = format!(
                "POST {path} HTTP/1.0\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            let mut client = Client::sending(gateway.address(), request);
            let head = client.head().unwrap();
            assert_eq!(head.status, 200);
            assert_eq!(
                head.header("transfer-encoding"),
                None,
                "HTTP/1.0 knows no chunks"
            );
            let answer = client.body_of(head, false);
            if body == streamed {
                assert_eq!(answer.events().last().unwrap(), "[DONE]");
            } else {
                assert!(answer.json().is_object());
            }
            assert!(client.is_closed());
        }
    }
    let mut kept = Client::connect(gateway.address());
    for _ in 0..3 {
        kept.send("GET /health HTTP/1.0\r\nconnection: keep-alive\r\n\r\n");
        let answer = kept.response();
        assert_eq!(
            (answer.status, answer.header("connection")),
            (200, Some("keep-alive"))
        );
    }
}

#[test]
fn kept_and_closed_connections_of_clients() {
    let (gateway, _upstream) = answering();
    let mut kept = Client::connect(gateway.address());
    for _ in 0..5 {
        for (path, plain, streamed) in CHAT_DOORS {
            for body in [plain, streamed] {
                kept.send(client::post_bytes(path, &[], body));
                let answer = kept.response();
                assert_eq!((answer.status, answer.complete), (200, true));
            }
        }
    }
    kept.send(client::post_bytes(
        "/v1/chat/completions",
        &[("connection", "close")],
        samples::ASK_V1,
    ));
    let answer = kept.response();
    assert_eq!(
        (answer.status, answer.header("connection")),
        (200, Some("close"))
    );
    assert!(kept.is_closed());
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let (gateway, upstream) = answering();
    let mut bytes = Vec::new();
    for (path, plain, streamed) in CHAT_DOORS {
        bytes.extend(client::post_bytes(path, &[], plain));
        bytes.extend(client::post_bytes(path, &[], streamed));
        bytes.extend(b"GET /nowhere HTTP/1.1\r\nhost: g\r\n\r\n");
    }
    let mut client = Client::sending(gateway.address(), bytes);
    for _ in CHAT_DOORS {
        assert_eq!(
            client.response().header("content-type"),
            Some("application/json")
        );
        assert_eq!(client.response().events().last().unwrap(), "[DONE]");
        let refused = client.response();
        assert_eq!(
            (refused.status, refused.message().as_str()),
            (404, "Not Found")
        );
    }
    assert_eq!(upstream.requests().len(), 6);
    client.send("GET /health HTTP/1.1\r\nhost: g\r\n\r\nBROKEN\r\n\r\n");
    assert_eq!(client.response().status, 200);
    let broken = client.response();
    assert_eq!(broken.status, 400);
    assert!(!broken.message().is_empty());
}

#[test]
fn requests_in_pieces() {
    let (gateway, upstream) = answering();
    let whole = client::post_bytes("/v1/chat/completions", &[], samples::ASK_V1);
    let mut client = Client::connect(gateway.address());
    for byte in &whole {
        client.send([*byte]);
    }
    assert_eq!(client.response().status, 200);
    let plain = upstream.last().body;

    for (path, body, _) in CHAT_DOORS {
        client.send(format!(
            "POST {path} HTTP/1.1\r\nhost: g\r\ntransfer-encoding: chunked\r\n\r\n"
        ));
        for piece in body.as_bytes().chunks(7) {
            client.send(
                [
                    format!("{:X};note=x\r\n", piece.len()).as_bytes(),
                    piece,
                    b"\r\n",
                ]
                .concat(),
            );
        }
        client.send("0\r\nx-trailer: y\r\n\r\n");
        assert_eq!(client.response().status, 200, "{path}");
    }
    assert_eq!(upstream.last().body, plain, "pieces make no difference");
    assert!(
        upstream
            .requests()
            .iter()
            .all(|request| request.header("content-length").is_some())
    );
}

#[test]
fn methods() {
    let (gateway, upstream) = answering();
    let cases = [
        ("/gateway/chat/invocations", "POST"),
        ("/endpoints/chat/invocations", "POST"),
        ("/v1/chat/completions", "POST"),
        ("/v1/models", "GET, HEAD"),
        ("/health", "GET, HEAD"),
        ("/api/2.0/gateway/routes/", "GET, HEAD"),
        ("/api/2.0/endpoints/limits", "GET, HEAD, POST"),
    ];
    let mut client = Client::connect(gateway.address());
    for (path, allowed) in cases {
        for method in [
            "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "GET", "POST", "BREW",
        ] {
            if allowed.split(", ").any(|allowed| allowed == method) {
                continue;
            }
            client.send(format!(
                "{method} {path} HTTP/1.1\r\nhost: g\r\ncontent-length: 0\r\n\r\n"
            ));
            let answer = if method == "HEAD" {
                client.response_without_body()
            } else {
                client.response()
            };
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
            if method != "HEAD" {
                assert_eq!(answer.message(), "Method Not Allowed", "{method} {path}");
                let form = if path.starts_with("/v1") {
                    "error"
                } else {
                    "detail"
                };
                assert!(answer.json().get(form).is_some(), "{method} {path}");
            }
        }
    }
    assert_eq!(upstream.requests().len(), 0);
    client.send("CONNECT example.org:443 HTTP/1.1\r\nhost: example.org\r\n\r\n");
    assert!(matches!(client.response().status, 400 | 404 | 405));
}

#[test]
fn names_in_paths() {
    let upstream = Upstream::answering(samples::chat());
    let base = upstream.base();
    let routes =
        ["café", "a.b-c_d", "limits", "mlflow"].map(|name| Gateway::route(name, "chat", &base));
    let gateway = Gateway::start(&format!("routes:\n{}", routes.concat()));
    for name in [
        "caf%C3%A9",
        "caf%c3%a9",
        "café",
        "a.b-c_d",
        "%61.b%2Dc_d",
        "limits",
        "mlflow",
    ] {
        for path in [
            format!("/gateway/{name}/invocations"),
            format!("/endpoints/{name}/invocations/"),
        ] {
            let answer = client::post(gateway.address(), &path, samples::ASK);
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        }
        let answer = client::get(gateway.address(), &format!("/api/2.0/endpoints/{name}"));
        assert_eq!(answer.status, 200, "{name}");
    }
    for name in [
        "caf%E9",
        "caf%C3",
        "a%2Fb",
        "..%2f..%2fetc",
        "%00",
        "CAFÉ",
        "chat%20",
    ] {
        let answer = client::post(
            gateway.address(),
            &format!("/gateway/{name}/invocations"),
            samples::ASK,
        );
        assert_eq!(
            (answer.status, answer.message().as_str()),
            (404, "Not Found"),
            "{name}"
        );
    }
    let answer = client::post(
        gateway.address(),
        "/v1/chat/completions",
        r#"{"model":"caf\u00e9","messages":[]}"#,
    );
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("x-tidegate-route"), Some("café"));
}

#[test]
fn absolute_targets_and_root() {
    let (gateway, _upstream) = answering();
    let address = gateway.address();
    let mut client = Client::sending(
        address,
        format!("GET http://{address}/health HTTP/1.1\r\nhost: g\r\n\r\n"),
    );
    assert_eq!(client.response().status, 200);
    client.send("GET /health?x=1#frag HTTP/1.1\r\nhost: g\r\n\r\n");
    assert!(matches!(client.response().status, 200 | 400));
    let redirect = client::get(address, "/");
    assert!(
        redirect.status == 307 || redirect.status == 302,
        "{}",
        redirect.status
    );
    assert!(
        !redirect.header("location").unwrap().contains("//"),
        "relative, decision N15"
    );
}

#[test]
fn no_bytes_that_are_no_text_go_upstream() {
    let (gateway, upstream) = answering();
    let broken =
        b"{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"\xff\xfe\"}]}";
    for (path, _, _) in CHAT_DOORS {
        let answer = client::post(gateway.address(), path, broken);
        assert!(
            matches!(answer.status, 400 | 422),
            "{path}: {} {}",
            answer.status,
            answer.text()
        );
        answer.json();
    }
    assert_eq!(upstream.requests().len(), 0);
}

#[test]
fn many_calls_at_once() {
    let upstream = Upstream::manual();
    let gateway = with(&upstream);
    let mut clients: Vec<Client> = (0..50)
        .map(|_| {
            Client::sending(
                gateway.address(),
                client::post_bytes("/v1/chat/completions", &[], samples::ASK_V1),
            )
        })
        .collect();
    // All fifty wait at the provider at the same time.
    let calls: Vec<_> = clients.iter().map(|_| upstream.call()).collect();
    for call in calls {
        call.answer(samples::chat());
    }
    assert!(
        clients
            .iter_mut()
            .all(|client| client.response().status == 200)
    );
    assert_eq!(upstream.requests().len(), 50);
}
