//! Tools for tests from the outside: the real binary, providers that follow a script, and a client that sees every byte.
//!
//! ```no_run
//! use tidegate_tests::{Gateway, Upstream, client};
//!
//! let upstream = Upstream::answering(client::json_answer(200, r#"{"choices": []}"#));
//! let gateway = Gateway::start(&Gateway::routes(&upstream.base()));
//! let answer = client::post(gateway.address(), "/v1/chat/completions", r#"{"model": "chat", "messages": []}"#);
//! assert_eq!(answer.status, 200);
//! assert_eq!(upstream.requests().len(), 1);
//! ```
//!
//! The binary is not built by the tests: run `cargo build && cargo test -p tidegate-tests`, or set `TIDEGATE_BIN`.
//!
//! Nothing here waits for a fixed time: what is waited for is a condition, and [`PATIENCE`] only bounds how long.

pub mod client;
pub mod gateway;
pub mod samples;
pub mod tls;
pub mod upstream;
pub mod verdict;

use std::time::{Duration, Instant};

pub use client::{Client, Response};
pub use gateway::{Exit, Gateway, Launch};
pub use upstream::{Call, Upstream};

/// How long a test waits for anything before it is lost.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until a condition holds and returns how long it took.
pub fn wait_for(what: &str, condition: impl FnMut() -> bool) -> Duration {
    wait_within(PATIENCE, what, condition)
}

/// Waits until a condition holds, at most for `limit`, and returns how long it took.
pub fn wait_within(limit: Duration, what: &str, mut condition: impl FnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < limit, "waited {limit:?} in vain: {what}");
        std::thread::park_timeout(Duration::from_millis(2));
    }
    began.elapsed()
}
