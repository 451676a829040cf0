//! One record per call: filled on the way, written when the answer ends or the client leaves.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use tidegate_wire::{Operation, Usage};
use tokio::time::Instant;

use crate::access_log::AccessSink;

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Answered whole.
    Ok,
    /// Refused by the gateway: the client is to blame.
    Refused,
    /// The provider answered with an error, or not at all.
    UpstreamError,
    /// The stream broke after it had begun.
    Cut,
    /// The client left before the answer ended.
    ClientGone,
}

impl Outcome {
    /// Returns its name in logs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::UpstreamError => "upstream_error",
            Self::Cut => "cut",
            Self::ClientGone => "client_gone",
        }
    }
}

/// What is known about a call. Never prompts, answers or keys.
pub(crate) struct Record {
    pub(crate) id: HeaderValue,
    pub(crate) door: &'static str,
    /// Empty when the call found none.
    pub(crate) route: Arc<str>,
    pub(crate) operation: Option<Operation>,
    pub(crate) provider: &'static str,
    pub(crate) model: Option<String>,
    pub(crate) status: u16,
    pub(crate) streamed: bool,
    pub(crate) began: Instant,
    /// When the request went upstream and when the answer's head came.
    pub(crate) sent: Option<Instant>,
    pub(crate) answered: Option<Instant>,
    pub(crate) bytes_in: usize,
    pub(crate) bytes_out: usize,
    pub(crate) usage: Option<Usage>,
    pub(crate) outcome: Outcome,
    pub(crate) error: Option<String>,
    /// What the provider could not be told as it was asked ([`tidegate_wire::Translation`]).
    pub(crate) translation: Option<String>,
    sink: Arc<AccessSink>,
}

impl Record {
    /// Opens a record; until it is told otherwise, the client has left.
    pub(crate) fn open(
        id: HeaderValue,
        door: &'static str,
        route: Arc<str>,
        operation: Option<Operation>,
        bytes_in: usize,
        sink: Arc<AccessSink>,
    ) -> Self {
        Self {
            id,
            door,
            route,
            operation,
            provider: "",
            model: None,
            status: 499,
            streamed: false,
            began: Instant::now(),
            sent: None,
            answered: None,
            bytes_in,
            bytes_out: 0,
            usage: None,
            outcome: Outcome::ClientGone,
            error: None,
            translation: None,
            sink,
        }
    }

    /// Returns the time between sending the request upstream and the answer's head.
    pub(crate) fn upstream_time(&self) -> Duration {
        match (self.sent, self.answered) {
            (Some(sent), Some(answered)) => answered.saturating_duration_since(sent),
            (Some(sent), None) => sent.elapsed(),
            _ => Duration::ZERO,
        }
    }

    /// Returns the `server-timing` header: time upstream until the answer's head, and all other time until now.
    pub(crate) fn server_timing(&self) -> Option<HeaderValue> {
        let upstream = self.upstream_time();
        let gateway = self.began.elapsed().saturating_sub(upstream);
        // Microseconds as whole numbers: printing floats costs more than all the rest of the header.
        let [upstream, gateway] = [upstream, gateway].map(|time| (time.as_nanos() + 500) / 1000);
        let text = format!(
            "upstream;dur={}.{:03}, gateway;dur={}.{:03}",
            upstream / 1000,
            upstream % 1000,
            gateway / 1000,
            gateway % 1000
        );
        HeaderValue::try_from(text).ok()
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let sink = self.sink.clone();
        sink.write(self);
    }
}
