//! What must hold for every outside byte. Each target is a plain function that panics when its law is broken: `fuzz/`
//! feeds it to a fuzzer, `tests/seeds.rs` replays the seeds.

#![expect(
    clippy::missing_panics_doc,
    reason = "a panic is how every target reports a broken law"
)]

mod answer;
mod config;
mod door;
mod frames;
mod members;
mod providers;
mod request;
mod syntax;

pub use answer::provider_answer;
pub use config::config;
pub use door::{messages_request, responses_request};
pub use frames::{lines, messages, sse};
pub use members::peek;
pub use providers::provider_names;
pub use request::provider_request;
pub use syntax::syntax;

/// The body of a fuzz target.
pub type Target = fn(&[u8]);

/// All targets by name; a name is also the name of the seeds' folder.
pub const TARGETS: [(&str, Target); 10] = [
    ("config", config),
    ("lines", lines),
    ("messages", messages),
    ("messages_request", messages_request),
    ("peek", peek),
    ("provider_answer", provider_answer),
    ("provider_request", provider_request),
    ("responses_request", responses_request),
    ("sse", sse),
    ("syntax", syntax),
];
