//! Raw calls: any path of a provider's own API, with the route's credentials. Nothing is read or written anew but errors,
//! in which keys are masked.

mod address;
mod body;

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, StatusCode, header};
use tidegate_providers::{Transport, UpstreamHead};
use tidegate_wire::dialect::{Dialect, Fault};
use tokio::time::Instant;

use crate::answer_head::{coding_of, content_type, passed_headers};
use crate::body::Body;
use crate::call::{Failed, Outgoing, annotate};
use crate::endpoint::{Endpoint, Target};
use crate::pipeline::{Gateway, choose};
use crate::record::{Outcome, Record};
use crate::snapshot::Snapshot;
use crate::timer::Timers;
use crate::upstream::{Outbound, Pieces, UpstreamAnswer, Wants, read_capped};
use crate::{delivery, fault, request};

pub use body::RawBody;

/// Client headers that say what the body is and what is wanted.
const OF_THE_BODY: [HeaderName; 2] = [header::CONTENT_TYPE, header::ACCEPT];

/// A raw call as a door hands it in.
pub struct Raw {
    /// The snapshot that the door looked the endpoint up in.
    pub snapshot: Arc<Snapshot>,
    /// Whose provider is called.
    pub endpoint: Arc<Endpoint>,
    /// How the gateway's own errors are written.
    pub dialect: &'static dyn Dialect,
    /// The door's name in logs.
    pub door: &'static str,
    /// The client's method.
    pub method: Method,
    /// The path below the provider's base URL, as the client wrote it, without a slash at its beginning.
    pub path: String,
    /// The query, as the client wrote it.
    pub query: Option<String>,
    /// The client's headers.
    pub headers: HeaderMap,
    /// The client's body, whole.
    pub body: Bytes,
    /// The client's address.
    pub peer: IpAddr,
}

impl Gateway {
    /// Carries out a raw call. Errors of the gateway's own are written in the door's dialect.
    pub async fn pass(&self, raw: Raw) -> Outgoing {
        let mut record = Record::open(
            request::request_id(raw.headers.get("x-request-id")),
            raw.door,
            raw.endpoint.name.clone(),
            None,
            raw.body.len(),
            raw.snapshot.access.clone(),
        );
        let dialect = raw.dialect;
        match self.reach(raw, &mut record).await {
            Ok(answer) => deliver(answer, record),
            Err(failed) => delivery::refuse(failed, dialect, record),
        }
    }

    /// Sends the call and waits for the answer's head; an error's body is read whole.
    async fn reach(&self, raw: Raw, record: &mut Record) -> Result<Passed, Failed> {
        let limits = &raw.snapshot.limits;
        let deadline = Instant::now() + limits.total_timeout;
        let target = choose(&raw.endpoint)?;
        record.provider = target.spec.fields.name;
        let head = head(&raw, &target)?;
        if let Some(limit) = &target.limit {
            self.limiter
                .admit(&target.endpoint, limit, raw.peer, Instant::now())?;
        }
        let is_head = raw.method == Method::HEAD;
        let outbound = Outbound {
            transport: head.transport,
            signer: target.signer.clone(),
            method: raw.method,
            headers: head.headers,
            body: Pieces::from(raw.body),
            operation: raw.endpoint.operation,
            wants: Wants::Anything,
        };
        record.sent = Some(Instant::now());
        let sent = raw.snapshot.upstream.send(outbound, limits, deadline).await;
        record.answered = Some(Instant::now());
        let mut answer = sent.map_err(|fault| Fault {
            message: target.masker.text(&fault.message),
            ..fault
        })?;
        let masker = target.masker.with(std::mem::take(&mut answer.secrets));
        let status = answer.status;
        record.status = status.as_u16();
        let mut headers = passed_headers(&answer.headers, &masker);
        headers.extend(of_the_body(&answer.headers, is_head));
        if status.is_informational() {
            return Err(fault::invalid_answer(&format!("its status is {status}")).into());
        }
        if !status.is_client_error() && !status.is_server_error() {
            let timers = Timers::start(limits.idle_timeout, limits.stream_timeout);
            return Ok(Passed::Running(headers, Box::new(answer), timers));
        }
        if let Some(coding) = coding_of(&answer.headers) {
            return Err(fault::coded_answer(status.as_u16(), &coding).into());
        }
        let kind = content_type(&answer.headers).to_owned();
        let body = masker.bytes(read_capped(answer.body, limits, deadline).await?);
        let told = fault::from_provider(status.as_u16(), String::new(), Some(kind), body.clone());
        record.error = Some(fault::for_log(&told));
        Ok(Passed::Error(headers, status, body))
    }
}

/// An answer of the provider.
enum Passed {
    /// One that passes as it comes.
    Running(HeaderMap, Box<UpstreamAnswer>, Timers),
    /// An error, masked.
    Error(HeaderMap, StatusCode, Bytes),
}

/// Returns where the call goes, and all its headers but those that a signer adds.
fn head(raw: &Raw, target: &Target) -> Result<UpstreamHead, Fault> {
    let base = target
        .provider
        .as_ref()
        .and_then(|provider| provider.base());
    let http = base.and_then(|base| match base.transport {
        Transport::Http(uri) => Some((uri, base.headers)),
        Transport::Local(_) => None,
    });
    let Some((base, mut headers)) = http else {
        return Err(fault::not_proxied(target.spec.display));
    };
    let uri = address::join(&base, &raw.path, raw.query.as_deref())?;
    for name in OF_THE_BODY {
        if let Some(value) = raw.headers.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    request::forward(
        &raw.headers,
        target.spec.client_headers,
        &raw.snapshot.forward,
        &mut headers,
    );
    let mut head = UpstreamHead {
        transport: Transport::Http(uri),
        headers,
    };
    target.extras.add(&mut head)?;
    Ok(head)
}

/// Returns the headers that say what a body is. Its length is told by the body itself, where there is one.
fn of_the_body(headers: &HeaderMap, is_head: bool) -> HeaderMap {
    let length = is_head.then_some(header::CONTENT_LENGTH);
    let names = [header::CONTENT_TYPE, header::CONTENT_ENCODING];
    let names = names.into_iter().chain(length);
    let found = names.filter_map(|name| Some((name.clone(), headers.get(&name)?.clone())));
    found.collect()
}

fn deliver(answer: Passed, mut record: Record) -> Outgoing {
    let (mut headers, status, body) = match answer {
        Passed::Running(mut headers, answer, timers) => {
            record.streamed = answer.body.length().is_none();
            if record.streamed {
                delivery::unbuffered(&mut headers);
            }
            (headers, answer.status, Err((answer.body, timers)))
        }
        Passed::Error(headers, status, body) => (headers, status, Ok(body)),
    };
    annotate(&mut headers, &record);
    let body = match body {
        Ok(body) => {
            record.outcome = Outcome::UpstreamError;
            record.bytes_out = body.len();
            Body::Full(body)
        }
        Err((body, timers)) => Body::Raw(Box::new(RawBody::new(body, timers, record))),
    };
    Outgoing {
        status,
        headers,
        body,
    }
}
