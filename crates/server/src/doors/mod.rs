//! The doors: each finds the endpoint in its own way and says how the client speaks.

pub(crate) mod by_model;
pub(crate) mod mlflow;
pub(crate) mod models;
pub(crate) mod proxy;

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Response};
use tidegate_gateway::{Body, Gateway, Outgoing, Refusal, Snapshot};
use tidegate_providers::Native;
use tidegate_wire::dialect::anthropic::{Anthropic, CountTokens};
use tidegate_wire::dialect::mlflow::{Era, Mlflow};
use tidegate_wire::dialect::openai::OpenAi;
use tidegate_wire::dialect::responses::Responses;
use tidegate_wire::dialect::{Dialect, Fault};
use tidegate_wire::json::{PeekError, peek};

use crate::router::Place;

/// A request with its body read.
pub(crate) struct Request {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) peer: IpAddr,
}

impl Request {
    /// Refuses the call before it has an endpoint.
    fn refuse(&self, door: &Door, fault: Fault) -> Response<Body> {
        door.refuse(&self.snapshot, &self.headers, self.body.len(), fault)
    }
}

/// How a door speaks, and its name in logs.
pub(crate) struct Door {
    pub(crate) name: &'static str,
    pub(crate) dialect: &'static dyn Dialect,
    /// The dialect in which bodies may pass as they are.
    pub(crate) native: Option<Native>,
}

/// `/gateway/...`
pub(crate) static GATEWAY: Door = Door {
    name: "gateway",
    dialect: &Mlflow(Era::Auto),
    native: None,
};

/// `/endpoints/...`
pub(crate) static ENDPOINTS: Door = Door {
    name: "endpoints",
    dialect: &Mlflow(Era::Endpoints),
    native: None,
};

/// `/v1/...`
pub(crate) static OPENAI: Door = Door {
    name: "openai",
    dialect: &OpenAi,
    native: Some(Native::OpenAi),
};

/// `/v1/messages`
pub(crate) static MESSAGES: Door = Door {
    name: "messages",
    dialect: &Anthropic,
    native: Some(Native::Messages),
};

/// `/v1/messages/count_tokens`
pub(crate) static COUNT_TOKENS: Door = Door {
    name: "count_tokens",
    dialect: &CountTokens,
    native: Some(Native::CountTokens),
};

/// `/v1/responses`
pub(crate) static RESPONSES: Door = Door {
    name: "responses",
    dialect: &Responses,
    native: Some(Native::Responses),
};

/// `/gateway/proxy/{name}/...`
pub(crate) static PROXY: Door = Door {
    name: "proxy",
    dialect: &Mlflow(Era::Endpoints),
    native: None,
};

impl Door {
    /// Returns the door that a place belongs to, if calls are made there.
    pub(crate) fn of(place: &Place) -> Option<&'static Self> {
        match place {
            Place::Gateway(_) => Some(&GATEWAY),
            Place::Invocations(_) => Some(&ENDPOINTS),
            Place::Unified(_) | Place::OpenAi(_) => Some(&OPENAI),
            Place::Messages => Some(&MESSAGES),
            Place::CountTokens => Some(&COUNT_TOKENS),
            Place::Responses => Some(&RESPONSES),
            Place::Proxy { .. } => Some(&PROXY),
            _ => None,
        }
    }

    /// Refuses a call that has no endpoint yet.
    pub(crate) fn refuse(
        &self,
        snapshot: &Snapshot,
        headers: &HeaderMap,
        bytes_in: usize,
        fault: Fault,
    ) -> Response<Body> {
        let (door, dialect) = (self.name, self.dialect);
        respond(Gateway::refuse(Refusal {
            snapshot,
            dialect,
            door,
            headers,
            bytes_in,
            fault,
        }))
    }
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
