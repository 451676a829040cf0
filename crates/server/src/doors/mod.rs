//! The doors: each finds the endpoint in its own way and says how the client speaks.

pub(crate) mod mlflow;
pub(crate) mod openai;

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Response};
use tidegate_gateway::{Body, Outgoing, Snapshot};
use tidegate_wire::dialect::Fault;
use tidegate_wire::json::{PeekError, peek};

/// A request with its body read.
pub(crate) struct Request {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) peer: IpAddr,
}

/// Turns the gateway's answer into a response.
fn respond(outgoing: Outgoing) -> Response<Body> {
    let Outgoing {
        status,
        headers,
        body,
    } = outgoing;
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// Refuses bodies that nest deeper than allowed; what is no object is left to the dialect.
fn check_depth(request: &Request) -> Result<(), Fault> {
    let cap = request.snapshot.server.max_json_depth;
    match peek(&request.body, [], cap) {
        Err(PeekError::TooDeep) => Err(too_deep(cap)),
        _ => Ok(()),
    }
}

fn too_deep(cap: usize) -> Fault {
    let message =
        format!("The request body nests deeper than {cap} levels (`server.max_json_depth`).");
    Fault::invalid(413, message)
}
