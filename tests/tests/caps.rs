//! What is too big, too slow, too much or no HTTP is refused in the door's own form, and the gateway goes on serving.

use std::time::{Duration, Instant};

use tidegate_tests::samples::{self, CHAT_DOORS};
use tidegate_tests::{Client, Gateway, Response, Upstream, client, wait_for};

fn gateway(server: &str) -> (Gateway, Upstream) {
    let upstream = Upstream::answering(samples::chat());
    let routes = Gateway::routes(&upstream.base());
    (
        Gateway::start(&format!("{routes}server:\n{server}")),
        upstream,
    )
}

/// Checks status and form, and returns the message.
#[track_caller]
fn refused(answer: &Response, path: &str, status: u16) -> String {
    assert_eq!(answer.status, status, "{path}: {}", answer.text());
    assert_eq!(
        answer.header("content-type"),
        Some("application/json"),
        "{path}"
    );
    let body = answer.json();
    let pointer = if path.starts_with("/v1") {
        "/error/message"
    } else {
        "/detail"
    };
    let message = body.pointer(pointer).and_then(|text| text.as_str());
    message
        .unwrap_or_else(|| panic!("{path}: not in the door's form: {body}"))
        .to_owned()
}

#[track_caller]
fn still_serves(gateway: &Gateway) {
    let answer = client::post(gateway.address(), "/v1/chat/completions", samples::ASK_V1);
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn padded(body: &str, size: usize) -> String {
    format!("{}{body}", " ".repeat(size))
}

#[test]
fn bodies_over_the_cap() {
    let (gateway, upstream) = gateway("  max_body_bytes: 1000\n");
    for (path, plain, _) in CHAT_DOORS {
        // Far too much: all of it is sent before the answer is read.
        for size in [1001, 5_000, 3_000_000] {
            let body = padded(plain, size);
            let answer = client::post(gateway.address(), path, &body);
            assert!(
                refused(&answer, path, 413).contains("1000 bytes"),
                "{}",
                answer.text()
            );

            let head =
                format!("POST {path} HTTP/1.1\r\nhost: g\r\ntransfer-encoding: chunked\r\n\r\n");
            let mut client = Client::sending(gateway.address(), head);
            client.send(format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len()));
            refused(&client.response(), path, 413);
        }

        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: g\r\nexpect: 100-continue\r\ncontent-length: 5000\r\n\r\n"
        );
        let began = Instant::now();
        let mut client = Client::sending(gateway.address(), head);
        let head = client.head().unwrap();
        assert_eq!(
            head.status, 413,
            "no `100 Continue` for a body that will be refused"
        );
        assert!(began.elapsed() < Duration::from_secs(1));
        refused(&client.body_of(head, false), path, 413);
        assert!(client.is_closed());

        // At the cap, not over it.
        let answer = client::post(gateway.address(), path, padded(plain, 1000 - plain.len()));
        assert_eq!(answer.status, 200, "{}", answer.text());
        still_serves(&gateway);
    }
    assert_eq!(upstream.requests().len(), 6);
}

#[test]
fn a_body_that_may_come_is_asked_for() {
    let (gateway, _upstream) = gateway("  max_body_bytes: 1000\n");
    let body = samples::ASK_V1;
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\nexpect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut client = Client::sending(gateway.address(), head);
    assert_eq!(client.head().unwrap().status, 100);
    client.send(body);
    assert_eq!(client.response().status, 200);
}

#[test]
fn heads_over_the_caps() {
    let (gateway, _upstream) = gateway("  max_header_bytes: 8192\n  max_headers: 50\n");
    let fields = |count: usize| {
        (0..count)
            .map(|n| format!("x-{n}: y\r\n"))
            .collect::<String>()
    };
    for (path, plain, _) in CHAT_DOORS {
        let cases = [
            ("60 fields", fields(60)),
            ("500 fields", fields(500)),
            ("5,000 fields", fields(5_000)),
            ("10 kB", format!("x-big: {}\r\n", "y".repeat(10_000))),
            ("100 kB", format!("x-big: {}\r\n", "y".repeat(100_000))),
            ("1 MB", format!("x-big: {}\r\n", "y".repeat(1_000_000))),
        ];
        for (what, lines) in cases {
            let request = format!(
                "POST {path} HTTP/1.1\r\nhost: g\r\n{lines}content-length: {}\r\n\r\n{plain}",
                plain.len()
            );
            let mut client = Client::sending(gateway.address(), request);
            let answer = client
                .try_response()
                .unwrap_or_else(|| panic!("{path}: no answer to {what}"));
            refused(&answer, path, 431);
            still_serves(&gateway);
        }
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: g\r\n{}content-length: {}\r\n\r\n{plain}",
            fields(40),
            plain.len()
        );
        assert_eq!(
            Client::sending(gateway.address(), request)
                .response()
                .status,
            200
        );
    }
    let long = format!("GET /{} HTTP/1.1\r\nhost: g\r\n\r\n", "a".repeat(100_000));
    let answer = Client::sending(gateway.address(), long).response();
    assert!(matches!(answer.status, 414 | 431), "{}", answer.status);
    answer.json();
}

#[test]
fn more_header_fields_where_the_config_allows_them() {
    let (gateway, _upstream) = gateway("  max_headers: 300\n");
    let fields: String = (0..250).map(|n| format!("x-{n}: y\r\n")).collect();
    let request = format!("GET /health HTTP/1.1\r\nhost: g\r\n{fields}\r\n");
    assert_eq!(
        Client::sending(gateway.address(), request)
            .response()
            .status,
        200
    );
}

/// Path, form, headers, status.
type Refusal<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], u16);

#[test]
fn refusals_reach_clients_that_send_everything_first() {
    let (gateway, _upstream) = gateway("  max_header_bytes: 8192\n");
    let body = padded(samples::ASK_V1, 3_000_000);
    let address = gateway.address();
    let cross = [("sec-fetch-site", "cross-site")];
    let large = "y".repeat(9_000);
    let cases: [Refusal<'_>; 6] = [
        ("/nowhere", "/", &[], 404),
        ("/v1/nowhere", "/v1", &[], 404),
        ("/v1/models", "/v1", &[], 405),
        ("/v1/chat/completions", "/v1", &cross, 403),
        ("/v1/chat/completions", "/v1", &[("x-big", &large)], 431),
        (
            "/v1/chat/completions",
            "/v1",
            &[("content-encoding", "br")],
            415,
        ),
    ];
    for (path, form, headers, status) in cases {
        let mut client = Client::connect(address);
        assert!(
            client.send(client::post_bytes(path, headers, &body)),
            "{path}: a reset while sending"
        );
        refused(&client.response(), form, status);
        assert!(client.is_closed());
    }
    for request in [
        format!(
            "GET /v1/models HTTP/1.1\r\nx-big: {}\r\n\r\n",
            "y".repeat(1_000_000)
        ),
        format!("HELLO\r\n\r\n{body}"),
        String::from_utf8(client::post_bytes(
            "/v1/chat/completions",
            &[("content-length", "7")],
            &body,
        ))
        .unwrap(),
    ] {
        let mut client = Client::connect(address);
        assert!(
            client.send(&request),
            "a reset while sending {:?}",
            &request[..60]
        );
        assert!(matches!(client.response().status, 400 | 431));
    }
    still_serves(&gateway);
}

#[test]
fn deep_json() {
    let (gateway, upstream) = gateway("  max_json_depth: 20\n");
    for (path, plain, _) in CHAT_DOORS {
        let deep = |levels: usize| {
            let nest = format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
            format!("{},\"metadata\":{nest}}}", plain.strip_suffix('}').unwrap())
        };
        for levels in [25, 100_000] {
            let answer = client::post(gateway.address(), path, deep(levels));
            assert!(refused(&answer, path, 413).contains("20 levels"));
        }
        still_serves(&gateway);
    }
    assert_eq!(upstream.requests().len(), 3);
}

#[test]
fn slow_heads_and_bodies() {
    let (gateway, _upstream) =
        gateway("  header_timeout_seconds: 0.3\n  body_timeout_seconds: 0.3\n");
    for (path, _, _) in CHAT_DOORS {
        let began = Instant::now();
        let mut client = Client::sending(
            gateway.address(),
            format!("POST {path} HTTP/1.1\r\nhost: g\r\nx-a"),
        );
        assert!(refused(&client.response(), path, 408).contains("0.3 s"));
        assert!(client.is_closed());
        assert!(
            began.elapsed() < Duration::from_secs(3),
            "{:?}",
            began.elapsed()
        );

        for framing in ["content-length: 100", "transfer-encoding: chunked"] {
            let head = format!("POST {path} HTTP/1.1\r\nhost: g\r\n{framing}\r\n\r\n5\r\n{{\"a");
            let mut client = Client::sending(gateway.address(), head);
            assert!(refused(&client.response(), path, 408).contains("0.3 s"));
            assert!(client.is_closed());
        }
        still_serves(&gateway);
    }
    // The second request of a connection has the same clock.
    let mut client = Client::sending(gateway.address(), "GET /health HTTP/1.1\r\nhost: g\r\n\r\n");
    assert_eq!(client.response().status, 200);
    client.send("GET /v1/models HTT");
    refused(&client.response(), "/v1/models", 408);
}

#[test]
fn idle_connections_are_closed_without_a_word() {
    let (gateway, _upstream) = gateway("  keep_alive_timeout_seconds: 0.2\n");
    let mut fresh = Client::connect(gateway.address());
    let mut used = Client::sending(gateway.address(), "GET /health HTTP/1.1\r\nhost: g\r\n\r\n");
    assert_eq!(used.response().status, 200);
    assert!(fresh.is_closed() && used.is_closed());
}

#[test]
fn connections_over_the_cap() {
    let (gateway, upstream) = gateway("  max_connections: 2\n");
    let mut held: Vec<Client> = (0..2)
        .map(|_| {
            let mut client =
                Client::sending(gateway.address(), "GET /health HTTP/1.1\r\nhost: g\r\n\r\n");
            assert_eq!(client.response().status, 200);
            client
        })
        .collect();
    for (path, plain, _) in CHAT_DOORS {
        for body in [plain.to_owned(), padded(plain, 100_000)] {
            let mut client =
                Client::sending(gateway.address(), client::post_bytes(path, &[], body));
            let answer = client.response();
            assert!(refused(&answer, path, 503).contains("Too many connections"));
            assert_eq!(answer.header("retry-after"), Some("1"));
        }
    }
    assert_eq!(upstream.requests().len(), 0);
    held.clear();
    wait_for("a free place", || {
        let request = client::post_bytes("/v1/chat/completions", &[], samples::ASK_V1);
        Client::sending(gateway.address(), request)
            .response()
            .status
            == 200
    });
}

#[test]
fn no_http() {
    let (gateway, upstream) = gateway("  max_connections: 100\n");
    let post = "POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\n";
    let cases = [
        ("words", "HELLO WORLD\r\n\r\n".to_owned(), "/"),
        (
            "a later version",
            "GET /v1/models HTTP/9.1\r\n\r\n".to_owned(),
            "/v1",
        ),
        (
            "a length that is no number",
            format!("{post}content-length: abc\r\n\r\n"),
            "/v1",
        ),
        (
            "a negative length",
            format!("{post}content-length: -1\r\n\r\n"),
            "/v1",
        ),
        (
            "two lengths",
            format!("{post}content-length: 1\r\ncontent-length: 2\r\n\r\nab"),
            "/v1",
        ),
        (
            "a field without a name",
            format!("{post}: x\r\n\r\n"),
            "/v1",
        ),
        (
            "a field name with a blank",
            format!("{post}content length: 2\r\n\r\n{{}}"),
            "/v1",
        ),
        (
            "an unknown transfer coding",
            format!("{post}transfer-encoding: gzip\r\n\r\n"),
            "/v1",
        ),
        (
            "a NUL in a value",
            format!("{post}x: a\0b\r\ncontent-length: 2\r\n\r\n{{}}"),
            "/v1",
        ),
        (
            "a chunk size that is no number",
            format!("{post}transfer-encoding: chunked\r\n\r\nzz\r\n{{}}"),
            "/v1",
        ),
        (
            "TLS",
            "\x16\x03\x01\x02\x00\x01\x00\x01\x7c\x03\x03\r\n\r\n".to_owned(),
            "/",
        ),
    ];
    for (what, bytes, form) in cases {
        let mut client = Client::sending(gateway.address(), bytes);
        let answer = client
            .try_response()
            .unwrap_or_else(|| panic!("no answer to {what}"));
        refused(&answer, form, 400);
        assert!(client.is_closed(), "{what}");
        still_serves(&gateway);
    }
    assert_eq!(upstream.requests().len(), 11);
}

#[test]
fn a_length_beside_chunks_is_refused_or_ignored_but_never_smuggles() {
    let (gateway, upstream) = gateway("  max_connections: 100\n");
    let body = samples::ASK_V1;
    let inner = "GET /smuggled HTTP/1.1\r\nhost: g\r\n\r\n";
    let request = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n{inner}",
        body.len()
    );
    let mut client = Client::sending(gateway.address(), request);
    let answer = client.response();
    assert!(matches!(answer.status, 200 | 400), "{}", answer.status);
    assert!(
        client.try_response().is_none(),
        "the connection must end: RFC 9112, 6.3"
    );
    assert!(upstream.requests().len() <= 1);
}

#[test]
fn a_body_cut_off_is_not_sent_on() {
    let (gateway, upstream) = gateway("  max_connections: 100\n");
    for (path, _, _) in CHAT_DOORS {
        for framing in [
            "content-length: 100\r\n\r\n{",
            "transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
        ] {
            let client = &mut Client::sending(
                gateway.address(),
                format!("POST {path} HTTP/1.1\r\nhost: g\r\n{framing}"),
            );
            client.finish_sending();
            if let Some(answer) = client.try_response() {
                refused(&answer, path, 400);
            }
        }
    }
    still_serves(&gateway);
    assert_eq!(upstream.requests().len(), 1);
}

#[test]
fn compressed_requests_are_refused_with_words() {
    let (gateway, upstream) = gateway("  max_connections: 100\n");
    for (path, plain, _) in CHAT_DOORS {
        let answer = client::post_with(
            gateway.address(),
            path,
            &[("content-encoding", "gzip")],
            plain,
        );
        assert!(refused(&answer, path, 415).contains("gzip"));
    }
    assert_eq!(upstream.requests().len(), 0);
}

#[test]
fn bodies_of_many_small_values() {
    let (gateway, _upstream) = gateway("  max_json_values: 5000\n");
    let ask = |count: usize| {
        let body = format!("{{\"messages\":[{}1]}}", "1,".repeat(count));
        client::post(gateway.address(), "/gateway/chat/invocations", &body)
    };
    assert_eq!(ask(6_000).status, 413);
    // What is parsed gives a bounded number of entries, however many items are wrong.
    let refused = ask(4_000);
    assert_eq!(refused.status, 422);
    assert_eq!(refused.json()["detail"].as_array().unwrap().len(), 1000);
}
