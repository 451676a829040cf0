//! Doors where `model` names the endpoint (decisions N3 and N14). MLflow 3's unified door is one of them but for its path,
//! which names it.

use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use tidegate_gateway::{Body, Endpoint, Incoming, Peeked, unknown_model};
use tidegate_wire::Operation;
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::not_json;
use tidegate_wire::json::{Peek, PeekError, peek, with_plain_keys};

use super::{Door, GATEWAY, OPENAI, Request, respond, too_deep};
use crate::app::App;

/// Calls the endpoint that the body names.
pub(crate) async fn call(
    app: &App,
    door: &'static Door,
    operation: Operation,
    request: Request,
) -> Response<Body> {
    let (request, found) = match glance(door, request) {
        Ok(glanced) => glanced,
        Err(refused) => return *refused,
    };
    match find(operation, &request, &found) {
        Ok(endpoint) => {
            let incoming = incoming(door, request, endpoint, found);
            respond(app.gateway().call(incoming).await)
        }
        Err(fault) => request.refuse(door, fault),
    }
}

/// Calls the endpoint that the path names (`/gateway/{name}/mlflow/invocations`).
pub(crate) async fn named(app: &App, name: &str, request: Request) -> Response<Body> {
    let Some(endpoint) = request.snapshot.endpoint(name).cloned() else {
        return request.refuse(&GATEWAY, Fault::invalid(404, "Not Found"));
    };
    match glance(&OPENAI, request) {
        Ok((request, found)) => {
            let incoming = incoming(&OPENAI, request, endpoint, found);
            respond(app.gateway().call(incoming).await)
        }
        Err(refused) => *refused,
    }
}

fn find(operation: Operation, request: &Request, found: &Peek<2>) -> Result<Arc<Endpoint>, Fault> {
    let name = model_name(&request.body, found)?;
    let endpoint = request
        .snapshot
        .resolve(&name)
        .cloned()
        .ok_or_else(|| unknown_model(&name))?;
    if endpoint.operation != operation {
        let article = if operation == Operation::Embeddings {
            "an"
        } else {
            "a"
        };
        let message = format!(
            "Endpoint '{name}' is not {article} {operation} endpoint: it serves {}.",
            endpoint.operation
        );
        return Err(Fault::invalid(400, message).with_param("model"));
    }
    Ok(endpoint)
}

/// Finds `model` and `stream` in one pass. Doubled or escaped keys take the slow road: the body is written anew.
fn glance(
    door: &'static Door,
    mut request: Request,
) -> Result<(Request, Peek<2>), Box<Response<Body>>> {
    match look(&mut request) {
        Ok(found) => Ok((request, found)),
        Err(fault) => Err(Box::new(request.refuse(door, fault))),
    }
}

fn look(request: &mut Request) -> Result<Peek<2>, Fault> {
    // The body may pass to the provider as it is: all of it must be text.
    if std::str::from_utf8(&request.body).is_err() {
        return Err(not_json(&request.body));
    }
    let cap = request.snapshot.server.max_json_depth;
    let members = |body: &Bytes| {
        peek(body, ["model", "stream"], cap).map_err(|error| match error {
            PeekError::TooDeep => too_deep(cap),
            PeekError::Malformed => not_json(body),
        })
    };
    let found = members(&request.body)?;
    if found.plain {
        return Ok(found);
    }
    let plain = with_plain_keys(&request.body).ok_or_else(|| not_json(&request.body))?;
    request.body = Bytes::from(plain);
    members(&request.body)
}

fn model_name(body: &Bytes, found: &Peek<2>) -> Result<String, Fault> {
    let [model, _] = &found.members;
    let Some(model) = model else {
        let message = "The request names no model. Send `model` with the name of an endpoint; `GET /v1/models` lists them.";
        return Err(Fault::invalid(400, message)
            .with_code("model_not_found")
            .with_param("model"));
    };
    let text = body.get(model.value.clone()).unwrap_or_default();
    serde_json::from_slice(text).map_err(|_| {
        let message =
            "`model` must be a text: the name of an endpoint; `GET /v1/models` lists them.";
        Fault::invalid(400, message)
            .with_code("model_not_found")
            .with_param("model")
    })
}

fn incoming(
    door: &'static Door,
    request: Request,
    endpoint: Arc<Endpoint>,
    found: Peek<2>,
) -> Incoming {
    let [model, stream] = found.members;
    let streams = stream.is_some_and(|stream| request.body.get(stream.value) == Some(b"true"));
    let Request {
        snapshot,
        headers,
        body,
        peer,
    } = request;
    Incoming {
        snapshot,
        endpoint,
        dialect: door.dialect,
        door: door.name,
        native: door
            .native
            .map(|native| (native, Peeked { model, streams })),
        faithful: true,
        headers,
        body,
        peer,
    }
}
