//! MLflow 3's raw proxy: any method and any path of a provider's own API.

use http::{Method, Response};
use tidegate_gateway::{Body, Raw};
use tidegate_wire::dialect::Fault;

use super::{PROXY, Request, respond};
use crate::app::App;

/// What is asked of the provider.
pub(crate) struct Wanted {
    pub(crate) method: Method,
    /// What stands behind the endpoint's name, as the client wrote it.
    pub(crate) path: String,
    pub(crate) query: Option<String>,
}

/// Calls the provider of the endpoint that the path names.
pub(crate) async fn call(
    app: &App,
    name: &str,
    wanted: Wanted,
    request: Request,
) -> Response<Body> {
    let Some(endpoint) = request.snapshot.endpoint(name).cloned() else {
        return request.refuse(&PROXY, Fault::invalid(404, "Not Found"));
    };
    let Request {
        snapshot,
        headers,
        body,
        peer,
    } = request;
    let raw = Raw {
        snapshot,
        endpoint,
        dialect: PROXY.dialect,
        door: PROXY.name,
        method: wanted.method,
        path: wanted.path,
        query: wanted.query,
        headers,
        body,
        peer,
    };
    respond(app.gateway().pass(raw).await)
}
