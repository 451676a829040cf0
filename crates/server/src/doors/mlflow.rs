//! MLflow's doors: `/gateway/{name}/invocations` and `/endpoints/{name}/invocations`.

use std::sync::Arc;

use http::Response;
use tidegate_config::MlflowDialect;
use tidegate_gateway::{Body, Incoming};
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::mlflow::{Era, Mlflow};

use super::{Door, ENDPOINTS, GATEWAY, Request, check_depth, respond};
use crate::app::App;

/// The door whose dialect the config chooses (decision N1).
pub(crate) async fn gateway(app: &App, name: &str, request: Request) -> Response<Body> {
    let era = match request.snapshot.mlflow_dialect {
        MlflowDialect::Auto => Era::Auto,
        MlflowDialect::Candidates => Era::Candidates,
        MlflowDialect::Choices => Era::Choices,
    };
    call(app, name, request, era, &GATEWAY).await
}

/// The door that is always MLflow 2.9 to 2.22 (decision N2).
pub(crate) async fn endpoints(app: &App, name: &str, request: Request) -> Response<Body> {
    call(app, name, request, Era::Endpoints, &ENDPOINTS).await
}

async fn call(
    app: &App,
    name: &str,
    request: Request,
    era: Era,
    door: &'static Door,
) -> Response<Body> {
    let Some(endpoint) = request.snapshot.endpoint(name).cloned() else {
        return request.refuse(door, Fault::invalid(404, "Not Found"));
    };
    if let Err(fault) = check_depth(&request) {
        return request.refuse(door, fault);
    }
    let Request {
        snapshot,
        headers,
        body,
        peer,
    } = request;
    let incoming = Incoming {
        snapshot,
        endpoint,
        dialect: Arc::new(Mlflow(era)),
        door: door.name,
        native: None,
        faithful: false,
        headers,
        body,
        peer,
    };
    respond(app.gateway().call(incoming).await)
}
