//! Logs on standard error: pretty for people, JSON for machines.

use std::io::IsTerminal as _;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::cli::{LogFormat, Logs};

/// Crates that write whole requests and answers to their own logs, prompts, tokens and keys among them. Their warnings
/// repeat what servers and programs say; the gateway says itself why a call failed.
const TALKATIVE: [&str; 5] = ["aws_", "azure_", "typespec", "oauth2", "h2"];

/// Starts logging. `RUST_LOG` beats the level on the command line.
pub(crate) fn start(logs: &Logs) {
    let filter = std::env::var("RUST_LOG")
        .ok()
        .filter(|text| !text.is_empty())
        .and_then(|text| EnvFilter::try_new(text).ok())
        .unwrap_or_else(|| EnvFilter::new(logs.log_level.to_string()));
    let terminal = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let pretty = match logs.log_format {
        LogFormat::Pretty => true,
        LogFormat::Json => false,
        LogFormat::Auto => terminal,
    };
    let lines = if pretty {
        lines
            .with_ansi(terminal)
            .with_target(false)
            .compact()
            .boxed()
    } else {
        lines
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .boxed()
    };
    tracing_subscriber::registry()
        .with(lines)
        .with(filter)
        .with(filter_fn(harmless))
        .init();
}

/// False for what no level may bring into the log.
fn harmless(event: &Metadata<'_>) -> bool {
    let talkative = TALKATIVE
        .iter()
        .any(|name| event.target().starts_with(name));
    !talkative || *event.level() <= Level::ERROR
}
