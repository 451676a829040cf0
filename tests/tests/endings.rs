//! Every answer ends honestly: whole, or with an error that says what happened, in the form of the door.

use tidegate_tests::client::{answer, json_answer};
use tidegate_tests::samples::{self, CHAT_DOORS};
use tidegate_tests::{Call, Client, Gateway, Response, Upstream, client};

const LIMITS: &str =
    "upstream:\n  idle_timeout_seconds: 0.4\n  max_frame_bytes: 2048\n  max_response_bytes: 4096\n";

fn scripted(limits: &str, script: impl Fn(Call) + Send + Sync + 'static) -> (Gateway, Upstream) {
    let upstream = Upstream::scripted(script);
    let routes = Gateway::routes(&upstream.base());
    (Gateway::start(&format!("{routes}{limits}")), upstream)
}

/// An error before the stream or the plain answer began: a status and JSON in the door's form.
#[track_caller]
fn told(answer: &Response, path: &str, status: u16, words: &str) {
    assert_eq!(answer.status, status, "{path}: {}", answer.text());
    assert_eq!(
        answer.header("content-type"),
        Some("application/json"),
        "{path}"
    );
    let body = answer.json();
    let member = if path.starts_with("/v1") {
        "error"
    } else {
        "detail"
    };
    assert!(body.get(member).is_some(), "{path}: {body}");
    assert!(
        answer.text().contains(words),
        "{path}: {words:?} is not in {}",
        answer.text()
    );
    if path.starts_with("/v1") && matches!(status, 502 | 504) {
        assert!(body["error"]["type"].is_string(), "{path}: {body}");
    }
}

/// An error inside a stream: the last frame is a typed error, no terminator follows, the body ends by the rules.
#[track_caller]
fn cut(answer: &Response, path: &str, code: &str) {
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    assert!(
        answer.complete,
        "{path}: the body itself must end by the rules"
    );
    assert!(answer.text().ends_with("\n\n"), "{path}");
    let events = answer.events();
    assert!(
        !events.iter().any(|event| event == "[DONE]"),
        "{path}: {events:?}"
    );
    let error: serde_json::Value = serde_json::from_str(events.last().unwrap()).unwrap();
    assert_eq!(error["error"]["code"], code, "{path}: {error}");
    assert!(
        error["error"]["message"].is_string() && error["error"]["type"].is_string(),
        "{path}: {error}"
    );
    for event in &events[..events.len() - 1] {
        let event: serde_json::Value = serde_json::from_str(event).unwrap();
        assert!(event.get("error").is_none(), "{path}: one error is enough");
    }
}

#[track_caller]
fn whole(answer: &Response, path: &str, words: &str) {
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    assert!(answer.complete);
    let events = answer.events();
    assert_eq!(
        events.iter().filter(|event| *event == "[DONE]").count(),
        1,
        "{path}: {events:?}"
    );
    assert_eq!(events.last().unwrap(), "[DONE]", "{path}");
    assert!(!answer.text().contains("\"error\""), "{path}: {events:?}");
    assert!(answer.text().contains(words), "{path}: {events:?}");
}

type Script = fn(Call);

const JSON_HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/// What plain calls get: what the provider does, the status, words of the message.
const PLAIN: &[(&str, Script, u16, &str)] = &[
    ("closed before the head", drop, 502, "closed"),
    ("reset before the head", Call::reset, 502, ""),
    (
        "half a head",
        |mut call| drop(call.send("HTTP/1.1 200 OK\r\ncontent-ty")),
        502,
        "",
    ),
    (
        "closed after the head",
        |mut call| drop(call.send(format!("{JSON_HEAD}content-length: 500\r\n\r\n"))),
        502,
        "closed",
    ),
    (
        "half a body",
        |mut call| drop(call.send(format!("{JSON_HEAD}content-length: 500\r\n\r\n{{\"id\":"))),
        502,
        "closed",
    ),
    (
        "half a chunk",
        |mut call| {
            drop(call.send(format!(
                "{JSON_HEAD}transfer-encoding: chunked\r\n\r\n50\r\n{{\"id\":"
            )));
        },
        502,
        "",
    ),
    (
        "no last chunk",
        |mut call| {
            drop(call.send(format!(
                "{JSON_HEAD}transfer-encoding: chunked\r\n\r\n2\r\n{{}}\r\n"
            )));
        },
        502,
        "",
    ),
    (
        "a bad chunk size",
        |mut call| {
            drop(call.send(format!(
                "{JSON_HEAD}transfer-encoding: chunked\r\n\r\nxyz\r\n"
            )));
        },
        502,
        "HTTP",
    ),
    (
        "no HTTP",
        |mut call| drop(call.send("SSH-2.0-OpenSSH_9.6\r\n\r\n")),
        502,
        "",
    ),
    (
        "a stall",
        |mut call| {
            call.send(format!("{JSON_HEAD}content-length: 500\r\n\r\n{{"));
            call.wait_closed();
        },
        504,
        "0.4 s",
    ),
    (
        "half a JSON",
        |call| call.answer(json_answer(200, "{\"id\":\"x\",\"choices\":[")),
        502,
        "",
    ),
    (
        "no object",
        |call| call.answer(json_answer(200, "[1,2]")),
        502,
        "",
    ),
    (
        "no choices",
        |call| call.answer(json_answer(200, "{\"hello\":1}")),
        502,
        "",
    ),
    (
        "broken UTF-8",
        |call| call.answer(json_answer(200, b"{\"id\":\"\xff\xfe\",\"choices\":[]}")),
        502,
        "",
    ),
    (
        "nothing as JSON",
        |call| call.answer(json_answer(200, "")),
        502,
        "",
    ),
    (
        "nothing at all",
        |call| call.answer(answer(200, &[], "")),
        502,
        "one",
    ),
    (
        "204",
        |mut call| {
            call.send("HTTP/1.1 204 No Content\r\n\r\n");
            call.keep();
        },
        502,
        "",
    ),
    (
        "HTML",
        |call| {
            call.answer(answer(
                200,
                &[("content-type", "text/html")],
                "<h1>Welcome</h1>",
            ));
        },
        502,
        "text/html",
    ),
    (
        "words",
        |call| call.answer(answer(200, &[("content-type", "text/plain")], "hello")),
        502,
        "text/plain",
    ),
    (
        "gzip",
        |call| {
            call.answer(answer(
                200,
                &[
                    ("content-type", "application/json"),
                    ("content-encoding", "gzip"),
                ],
                b"\x1f\x8b\x08",
            ));
        },
        502,
        "gzip",
    ),
    (
        "an error in gzip",
        |call| {
            call.answer(answer(
                401,
                &[
                    ("content-type", "application/json"),
                    ("content-encoding", "gzip"),
                ],
                b"\x1f\x8b\x08",
            ));
        },
        401,
        "",
    ),
    (
        "a redirect",
        |call| call.answer(answer(302, &[("location", "http://127.0.0.1:1/")], "")),
        502,
        "302",
    ),
    (
        "a permanent redirect",
        |call| call.answer(answer(308, &[("location", "/v1/elsewhere")], "")),
        502,
        "308",
    ),
    (
        "too large",
        |call| {
            call.answer(json_answer(
                200,
                format!("{{\"pad\":\"{}\"}}", "x".repeat(5000)),
            ));
        },
        502,
        "4096 bytes",
    ),
    (
        "an error that is too large",
        |call| {
            call.answer(json_answer(
                500,
                format!("{{\"pad\":\"{}\"}}", "x".repeat(5000)),
            ));
        },
        502,
        "4096 bytes",
    ),
    (
        "an error in a 200",
        |call| call.answer(json_answer(200, samples::ERROR)),
        502,
        "Incorrect API key",
    ),
    (
        "401",
        |call| call.answer(json_answer(401, samples::ERROR)),
        401,
        "Incorrect API key",
    ),
    (
        "500",
        |call| call.answer(json_answer(500, "{\"error\":{\"message\":\"boom\"}}")),
        500,
        "boom",
    ),
    (
        "503 in HTML",
        |call| {
            call.answer(answer(
                503,
                &[("content-type", "text/html")],
                "<h1>down</h1>",
            ));
        },
        503,
        "",
    ),
];

#[test]
fn plain_answers() {
    for (what, script, status, words) in PLAIN {
        let (gateway, upstream) = scripted(LIMITS, *script);
        for (path, plain, _) in CHAT_DOORS {
            let answer = client::post(gateway.address(), path, plain);
            let mlflow = !path.starts_with("/v1");
            // MLflow's words for what is neither JSON nor text, whatever its status: 502.
            let status = if *what == "503 in HTML" && mlflow {
                502
            } else {
                *status
            };
            println!("{what}: {path}: {} {}", answer.status, answer.text());
            told(&answer, path, status, words);
            assert_eq!(answer.header("x-tidegate-route"), Some("chat"));
        }
        assert_eq!(
            upstream.requests().len(),
            3,
            "{what}: nothing is sent again"
        );
    }
}

#[test]
fn embeddings_end_the_same_way() {
    for (what, script, status, words) in PLAIN {
        if ["no choices", "503 in HTML"].contains(what) {
            continue;
        }
        let (gateway, _upstream) = scripted(LIMITS, *script);
        for (path, body) in [
            ("/gateway/embeddings/invocations", r#"{"text": "hi"}"#),
            ("/endpoints/embeddings/invocations", r#"{"input": "hi"}"#),
            (
                "/v1/embeddings",
                r#"{"model": "embeddings", "input": "hi"}"#,
            ),
        ] {
            println!("{what}");
            told(
                &client::post(gateway.address(), path, body),
                path,
                *status,
                words,
            );
        }
    }
}

#[test]
fn streams_that_never_begin() {
    let more: &[(&str, Script, u16, &str)] = &[
        (
            "an event stream without an event",
            |mut call| {
                call.begin_stream();
                call.end_chunks();
                call.keep();
            },
            502,
            "",
        ),
        (
            "only comments",
            |mut call| {
                call.begin_stream();
                call.chunk(": hello\n\n");
                call.end_chunks();
                call.keep();
            },
            502,
            "",
        ),
        (
            "closed before an event",
            |mut call| {
                call.begin_stream();
            },
            502,
            "",
        ),
        (
            "a first event that is no JSON",
            |mut call| {
                call.begin_stream();
                call.event("{oh");
                call.wait_closed();
            },
            502,
            "",
        ),
        (
            "a first event that is too large",
            |mut call| {
                call.begin_stream();
                call.event(&samples::delta(&"x".repeat(5000)));
                call.wait_closed();
            },
            502,
            "2048",
        ),
    ];
    for (what, script, status, words) in PLAIN.iter().chain(more) {
        let (gateway, _upstream) = scripted(LIMITS, *script);
        for (path, _, streamed) in CHAT_DOORS {
            let answer = client::post(gateway.address(), path, streamed);
            let mlflow = !path.starts_with("/v1");
            let status = if *what == "503 in HTML" && mlflow {
                502
            } else {
                *status
            };
            println!("{what}: {path}: {} {}", answer.status, answer.text());
            if *what == "only comments" && answer.status == 200 {
                cut(&answer, path, "stream_interrupted");
                continue;
            }
            told(&answer, path, status, words);
        }
    }
}

/// Begins a stream with one good event.
fn begun(call: &mut Call) {
    call.begin_stream();
    call.event(&samples::delta("first"));
}

#[test]
fn streams_that_break() {
    let cases: &[(&str, Script, &str)] = &[
        (
            "closed after a frame",
            |mut call| begun(&mut call),
            "stream_interrupted",
        ),
        (
            "reset after a frame",
            |mut call| {
                begun(&mut call);
                call.reset();
            },
            "stream_interrupted",
        ),
        (
            "ended without a finish",
            |mut call| {
                begun(&mut call);
                call.end_chunks();
                call.keep();
            },
            "stream_interrupted",
        ),
        (
            "closed inside a frame",
            |mut call| {
                begun(&mut call);
                call.chunk("data: {\"id\":\"x\",\"cho");
            },
            "stream_interrupted",
        ),
        (
            "ended inside a frame",
            |mut call| {
                begun(&mut call);
                call.chunk("data: {\"id\":\"x\",\"cho");
                call.end_chunks();
                call.keep();
            },
            "stream_interrupted",
        ),
        (
            "closed inside a character",
            |mut call| {
                begun(&mut call);
                call.chunk(b"data: {\"id\":\"\xc3");
            },
            "stream_interrupted",
        ),
        (
            "ended inside a character",
            |mut call| {
                begun(&mut call);
                call.chunk(b"data: {\"id\":\"\xc3");
                call.end_chunks();
            },
            "stream_interrupted",
        ),
        (
            "silence",
            |mut call| {
                begun(&mut call);
                call.wait_closed();
            },
            "stream_timeout",
        ),
        (
            "silence inside a frame",
            |mut call| {
                begun(&mut call);
                call.chunk("data: {");
                call.wait_closed();
            },
            "stream_timeout",
        ),
        (
            "no JSON",
            |mut call| {
                begun(&mut call);
                call.event("{oh");
                call.wait_closed();
            },
            "upstream_invalid_response",
        ),
        (
            "broken UTF-8",
            |mut call| {
                begun(&mut call);
                call.chunk(b"data: {\"id\":\"\xff\xfe\"}\n\n");
                call.wait_closed();
            },
            "upstream_invalid_response",
        ),
        (
            "a frame too large",
            |mut call| {
                begun(&mut call);
                call.event(&samples::delta(&"x".repeat(5000)));
                call.wait_closed();
            },
            "upstream_invalid_response",
        ),
        (
            "a frame without an end",
            |mut call| {
                begun(&mut call);
                call.chunk(format!("data: {}", "x".repeat(5000)));
                call.wait_closed();
            },
            "upstream_invalid_response",
        ),
        (
            "a bad chunk",
            |mut call| {
                begun(&mut call);
                call.send("zz\r\n");
                call.wait_closed();
            },
            "stream_interrupted",
        ),
        (
            "an error event",
            |mut call| {
                begun(&mut call);
                call.event(
                    r#"{"error":{"message":"overloaded","type":"server_error","code":"busy"}}"#,
                );
                call.wait_closed();
            },
            "busy",
        ),
    ];
    for (what, script, code) in cases {
        let (gateway, _upstream) = scripted(LIMITS, *script);
        for (path, _, streamed) in CHAT_DOORS {
            let answer = client::post(gateway.address(), path, streamed);
            println!("{what}: {path}: {}", answer.text());
            assert!(
                answer.text().contains("first"),
                "{what}: what came before the break is passed on"
            );
            cut(&answer, path, code);
        }
    }
}

#[test]
fn streams_that_end_well_in_unusual_ways() {
    let cases: &[(&str, Script)] = &[
        ("no terminator after a finish", |mut call| {
            begun(&mut call);
            call.event(&samples::finish());
            call.end_chunks();
            call.keep();
        }),
        ("a finish without its blank line", |mut call| {
            begun(&mut call);
            call.chunk(format!("data: {}", samples::finish()));
            call.end_chunks();
            call.keep();
        }),
        ("a terminator without its blank line", |mut call| {
            begun(&mut call);
            call.event(&samples::finish());
            call.chunk("data: [DONE]");
            call.end_chunks();
            call.keep();
        }),
        ("a terminator, and then silence", |mut call| {
            begun(&mut call);
            call.event(&samples::finish());
            call.event("[DONE]");
            call.wait_closed();
        }),
        ("a terminator, and then a cut", |mut call| {
            begun(&mut call);
            call.event(&samples::finish());
            call.event("[DONE]");
        }),
        ("more after the terminator", |mut call| {
            begun(&mut call);
            call.event(&samples::finish());
            call.chunk(format!(
                "data: [DONE]\n\ndata: {}\n\n",
                samples::delta("late")
            ));
            call.wait_closed();
        }),
        ("carriage returns", |mut call| {
            call.begin_stream();
            call.chunk(format!(
                "data: {}\r\n\r\ndata: {}\r\n\r\n",
                samples::delta("first"),
                samples::finish()
            ));
            call.chunk("data: [DONE]\r\n\r\n");
            call.end_chunks();
        }),
        ("byte by byte", |mut call| {
            call.begin_stream();
            for byte in samples::stream_text(&["first", "ünï😀"]).bytes() {
                call.chunk([byte]);
            }
            call.end_chunks();
        }),
        ("comments, ids, names and retries", |mut call| {
            call.begin_stream();
            call.chunk(format!(
                ": ping\n\nid: 7\nevent: message\nretry: 3\ndata:{}\n\n: ping\n\n",
                samples::delta("first")
            ));
            call.chunk(format!("data: {}\n\ndata: [DONE]\n\n", samples::finish()));
            call.end_chunks();
        }),
        ("a body that ends with the connection", |mut call| {
            call.send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n");
            call.send(samples::stream_text(&["first"]));
        }),
        ("HTTP/1.0", |mut call| {
            call.send("HTTP/1.0 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\r\n");
            call.send(samples::stream_text(&["first"]));
        }),
    ];
    for (what, script) in cases {
        let (gateway, upstream) = scripted(LIMITS, *script);
        for (path, _, streamed) in CHAT_DOORS {
            let answer = client::post(gateway.address(), path, streamed);
            println!("{what}: {path}: {}", answer.text());
            whole(&answer, path, "first");
            assert!(!answer.text().contains("late"), "{what}");
        }
        assert_eq!(upstream.requests().len(), 3);
    }
}

#[test]
fn json_where_a_stream_was_asked_and_the_reverse() {
    let (gateway, _upstream) = scripted(LIMITS, |call| {
        let streams = call.request.json()["stream"] == true;
        call.answer(if streams {
            samples::chat()
        } else {
            samples::stream(&["Hello", " there"])
        });
    });
    for (path, plain, streamed) in CHAT_DOORS {
        let answer = client::post(gateway.address(), path, streamed);
        assert_eq!(
            answer.header("content-type"),
            Some("text/event-stream; charset=utf-8"),
            "{path}"
        );
        whole(&answer, path, "Hello there");
        let answer = client::post(gateway.address(), path, plain);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert_eq!(
            answer.header("content-type"),
            Some("application/json"),
            "{path}"
        );
        assert!(
            answer.text().contains("Hello there"),
            "{path}: {}",
            answer.text()
        );
    }
}

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
