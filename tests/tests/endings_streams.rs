//! Streams that have begun end honestly: with the terminator, or with one typed error in its place.

use tidegate_tests::samples::{self, CHAT_DOORS};
use tidegate_tests::verdict::{LIMITS, begun, cut, scripted, whole};
use tidegate_tests::{Call, client};

type Script = fn(Call);

/// What the provider does after a good frame, and the code of the error that ends the stream.
const BREAKS: &[(&str, Script, &str)] = &[
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
            call.event(r#"{"error":{"message":"overloaded","type":"server_error","code":"busy"}}"#);
            call.wait_closed();
        },
        "busy",
    ),
];

#[test]
fn streams_that_break() {
    for (what, script, code) in BREAKS {
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

/// Ways to end a stream that are odd but whole.
const ENDS: &[(&str, Script)] = &[
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

#[test]
fn streams_that_end_well_in_unusual_ways() {
    for (what, script) in ENDS {
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
