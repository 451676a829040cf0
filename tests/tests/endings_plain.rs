//! Plain answers, and streams before their first event, end honestly: whole, or with a status and words in the form of the door.

use tidegate_tests::client::{answer, json_answer};
use tidegate_tests::samples::{self, CHAT_DOORS};
use tidegate_tests::verdict::{LIMITS, cut, scripted, told};
use tidegate_tests::{Call, client};

type Script = fn(Call);

const JSON_HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/// What plain calls get: what the provider does, the status, words of the message.
const PLAIN: &[(&str, Script, u16, &str)] = &[
    ("closed before the head", drop, 502, "closed"),
    ("reset before the head", Call::reset, 502, ""),
    (
        "half a head",
        |call| call.last("HTTP/1.1 200 OK\r\ncontent-ty"),
        502,
        "",
    ),
    (
        "closed after the head",
        |call| call.last(format!("{JSON_HEAD}content-length: 500\r\n\r\n")),
        502,
        "closed",
    ),
    (
        "half a body",
        |call| call.last(format!("{JSON_HEAD}content-length: 500\r\n\r\n{{\"id\":")),
        502,
        "closed",
    ),
    (
        "half a chunk",
        |call| {
            call.last(format!(
                "{JSON_HEAD}transfer-encoding: chunked\r\n\r\n50\r\n{{\"id\":"
            ));
        },
        502,
        "",
    ),
    (
        "no last chunk",
        |call| {
            call.last(format!(
                "{JSON_HEAD}transfer-encoding: chunked\r\n\r\n2\r\n{{}}\r\n"
            ));
        },
        502,
        "",
    ),
    (
        "a bad chunk size",
        |call| {
            call.last(format!(
                "{JSON_HEAD}transfer-encoding: chunked\r\n\r\nxyz\r\n"
            ));
        },
        502,
        "HTTP",
    ),
    (
        "no HTTP",
        |call| call.last("SSH-2.0-OpenSSH_9.6\r\n\r\n"),
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
