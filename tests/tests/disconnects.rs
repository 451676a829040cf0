//! A client that leaves takes its call with it: the provider sees its connection closed at once.

use std::time::{Duration, Instant};

use tidegate_tests::samples::{self, CHAT_DOORS};
use tidegate_tests::{Call, Client, Gateway, Upstream, client};

/// The promise; the best of a few tries counts, since the machine may be busy.
const PROMISE: Duration = Duration::from_millis(100);
const TRIES: usize = 5;

/// Lets a client leave when `ready` says so, and returns the best time until the provider knew.
fn best(
    name: &str,
    path: &str,
    body: &str,
    leave: fn(Client),
    ready: impl Fn(&mut Client, &mut Call),
) {
    let upstream = Upstream::manual();
    let gateway = Gateway::start(&Gateway::routes(&upstream.base()));
    let mut times = Vec::new();
    for _ in 0..TRIES {
        let mut client = Client::sending(gateway.address(), client::post_bytes(path, &[], body));
        let mut call = upstream.call();
        ready(&mut client, &mut call);
        let left = Instant::now();
        leave(client);
        times.push(call.wait_closed().saturating_duration_since(left));
    }
    let best = times.iter().min().copied().unwrap();
    println!(
        "{path}, {name}: the provider knew after {best:?} at best, {:?} at worst",
        times.iter().max().unwrap()
    );
    assert!(best < PROMISE, "{path}, {name}: {times:?}");
    assert_eq!(upstream.requests().len(), TRIES, "nothing is sent again");
    assert_eq!(client::get(gateway.address(), "/health").status, 200);
}

fn close(client: Client) {
    drop(client);
}

#[test]
fn while_the_provider_thinks() {
    for (path, plain, streamed) in CHAT_DOORS {
        best("plain", path, plain, close, |_, _| {});
        best("streamed", path, streamed, close, |_, _| {});
    }
}

#[test]
fn by_a_reset() {
    best(
        "plain",
        "/v1/chat/completions",
        samples::ASK_V1,
        Client::reset,
        |_, _| {},
    );
}

#[test]
fn inside_a_plain_answer() {
    best(
        "half an answer",
        "/v1/chat/completions",
        samples::ASK_V1,
        close,
        |_, call| {
            call.send("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{\"id\":");
        },
    );
}

#[test]
fn between_the_frames_of_a_stream_that_then_stays_silent() {
    for (path, _, streamed) in CHAT_DOORS {
        best("silent stream", path, streamed, close, |client, call| {
            call.begin_stream();
            call.event(&samples::delta("first"));
            assert_eq!(client.head().unwrap().status, 200);
            client.chunks_until("first");
        });
    }
}

#[test]
fn before_the_first_event_of_a_stream() {
    for (path, _, streamed) in CHAT_DOORS {
        best("no event yet", path, streamed, close, |_, call| {
            call.begin_stream();
        });
    }
}

#[test]
fn from_a_stream_that_runs_on() {
    let upstream = Upstream::manual();
    let gateway = Gateway::start(&Gateway::routes(&upstream.base()));
    let request = client::post_bytes("/v1/chat/completions", &[], samples::ASK_V1_STREAM);
    let mut client = Client::sending(gateway.address(), request);
    let mut call = upstream.call();
    call.begin_stream();
    call.event(&samples::delta("first"));
    assert_eq!(client.head().unwrap().status, 200);
    client.chunks_until("first");
    drop(client);
    let left = Instant::now();
    while call.event(&samples::delta("more")) {
        assert!(
            left.elapsed() < Duration::from_secs(10),
            "the provider could go on and on"
        );
    }
}

#[test]
fn a_client_that_does_not_read_holds_the_provider_back() {
    let upstream = Upstream::manual();
    let gateway = Gateway::start(&Gateway::routes(&upstream.base()));
    let request = client::post_bytes("/v1/chat/completions", &[], samples::ASK_V1_STREAM);
    let mut client = Client::sending(gateway.address(), request);
    let mut call = upstream.call();
    call.begin_stream();
    let word = "x".repeat(60_000);
    let sent = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = sent.clone();
    let sender = std::thread::spawn(move || {
        for _ in 0..2_000 {
            if !call.event(&samples::delta(&word)) {
                return;
            }
            counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        }
        call.event(&samples::finish());
        call.event("[DONE]");
        call.end_chunks();
    });
    // 120 MB are waiting; what is taken without a reader is bounded by a few buffers.
    let mut before = usize::MAX;
    loop {
        let now = sent.load(std::sync::atomic::Ordering::SeqCst);
        if now == before && now > 0 {
            break;
        }
        before = now;
        std::thread::park_timeout(Duration::from_millis(300));
    }
    assert!(
        before < 1_000,
        "{before} frames of 60 kB were taken without a reader"
    );
    let answer = client.response();
    assert!(answer.complete);
    assert_eq!(answer.events().len(), 2_002);
    sender.join().unwrap();
}

#[test]
fn a_client_that_never_reads_is_let_go() {
    let upstream = Upstream::manual();
    let gateway = Gateway::start(&format!(
        "{}server:\n  write_timeout_seconds: 0.5\n  header_timeout_seconds: 0.5\n",
        Gateway::routes(&upstream.base())
    ));
    let request = client::post_bytes("/v1/chat/completions", &[], samples::ASK_V1_STREAM);
    let client = Client::sending(gateway.address(), request);
    let mut call = upstream.call();
    call.begin_stream();
    let word = "x".repeat(60_000);
    let began = Instant::now();
    while call.event(&samples::delta(&word)) {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "the provider could go on and on"
        );
    }
    assert_eq!(client::get(gateway.address(), "/health").status, 200);
    drop(client);
}
