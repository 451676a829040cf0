//! A call at the gateway's edge: what a door hands in, and what it gets back.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Map, Value};
use tidegate_providers::Native;
use tidegate_wire::dialect::openai::not_json;
use tidegate_wire::dialect::{Decoded, Dialect, Fault, Voice};
use tidegate_wire::json::{Member, count_values};

use crate::body::Body;
use crate::endpoint::Endpoint;
use crate::limit::Refused;
use crate::record::{Outcome, Record};
use crate::snapshot::Snapshot;

/// A longer wait is not worth telling: clients would sleep through it.
const LONGEST_RETRY_AFTER: u64 = 60;

/// A call as a door hands it in.
pub struct Incoming {
    /// The snapshot that the door looked the endpoint up in; the call stays on it to its end.
    pub snapshot: Arc<Snapshot>,
    /// What is called.
    pub endpoint: Arc<Endpoint>,
    /// How the client speaks.
    pub dialect: &'static dyn Dialect,
    /// The door's name in logs.
    pub door: &'static str,
    /// Set when the body may pass as it is to a provider that speaks this dialect itself.
    pub native: Option<(Native, Peeked)>,
    /// True when the door promises that nothing is altered in silence.
    pub faithful: bool,
    /// The client's headers.
    pub headers: HeaderMap,
    /// The client's body, whole.
    pub body: Bytes,
    /// The client's address.
    pub peer: IpAddr,
}

/// What a door saw in a body without parsing it.
#[derive(Clone, Debug)]
pub struct Peeked {
    /// Where `model` stands; absent when the path names the endpoint.
    pub model: Option<Member>,
    /// Whether a stream is wanted.
    pub streams: bool,
}

/// A call that cannot be carried out at all.
pub struct Refusal<'a> {
    /// The snapshot at hand.
    pub snapshot: &'a Snapshot,
    /// How the client speaks.
    pub dialect: &'static dyn Dialect,
    /// The door's name in logs.
    pub door: &'static str,
    /// The client's headers.
    pub headers: &'a HeaderMap,
    /// Size of the body, as far as it was read.
    pub bytes_in: usize,
    /// Why.
    pub fault: Fault,
}

/// An answer for the client.
pub struct Outgoing {
    /// HTTP status.
    pub status: StatusCode,
    /// All headers but those of the connection.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
}

/// Why a call is answered with an error, with headers that go along.
pub(crate) struct Failed {
    pub(crate) fault: Fault,
    pub(crate) headers: Box<HeaderMap>,
    pub(crate) outcome: Outcome,
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        let outcome = if matches!(fault.status, 502..=504) {
            Outcome::UpstreamError
        } else {
            Outcome::Refused
        };
        let mut headers = Box::<HeaderMap>::default();
        if fault.status == 501 {
            // OpenAI's clients try everything from 500 on again, unless told that it is of no use.
            let name = HeaderName::from_static("x-should-retry");
            headers.insert(name, HeaderValue::from_static("false"));
        }
        Self {
            fault,
            headers,
            outcome,
        }
    }
}

impl From<Refused> for Failed {
    fn from(refused: Refused) -> Self {
        let mut failed = Self::from(refused.fault);
        let seconds = refused.wait.as_secs() + 1;
        if seconds <= LONGEST_RETRY_AFTER {
            failed
                .headers
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        failed
    }
}

/// Adds the headers that every answer carries.
pub(crate) fn annotate(headers: &mut HeaderMap, record: &Record) {
    headers.insert(HeaderName::from_static("x-request-id"), record.id.clone());
    if record.route.is_empty() {
        return;
    }
    if let Ok(route) = HeaderValue::from_bytes(record.route.as_bytes()) {
        headers.insert(HeaderName::from_static("x-tidegate-route"), route);
    }
    let told = record.translation.as_deref();
    if let Some(Ok(told)) = told.map(HeaderValue::from_str) {
        headers.insert(HeaderName::from_static("x-tidegate-translation"), told);
    }
    if let Some(timing) = record.server_timing() {
        headers.insert(HeaderName::from_static("server-timing"), timing);
    }
}

/// True when the client or the route wants a refusal where the provider cannot be told all that is asked.
pub(crate) fn is_strict(incoming: &Incoming) -> bool {
    let asked = incoming.headers.get("x-tidegate-strict");
    incoming.endpoint.strict
        || asked.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
}

/// Reads the body into a request.
pub(crate) fn decode(incoming: &Incoming) -> Result<Decoded, Fault> {
    check_values(incoming)?;
    incoming
        .dialect
        .decode(incoming.endpoint.operation, &incoming.body)
}

/// Reads a body into its members.
pub(crate) fn members(incoming: &Incoming, body: &[u8]) -> Result<Map<String, Value>, Fault> {
    check_values(incoming)?;
    serde_json::from_slice(body).map_err(|_| not_json(body))
}

/// Refuses a body of too many values: a tree of them takes many times the bytes of its text.
pub(crate) fn check_values(incoming: &Incoming) -> Result<(), Fault> {
    let cap = incoming.snapshot.server.max_json_values;
    if count_values(&incoming.body) > cap {
        let message =
            format!("The request body holds more than {cap} values (`server.max_json_values`).");
        return Err(Fault::invalid(413, message));
    }
    Ok(())
}

/// The voice in which a call is answered when its body did pass, but the answer must be written anew.
pub(crate) fn voice(incoming: &Incoming) -> Result<Box<dyn Voice>, Fault> {
    Ok(decode(incoming)?.voice)
}
