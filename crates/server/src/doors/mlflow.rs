//! MLflow's doors: `/gateway/{name}/invocations` and `/endpoints/{name}/invocations`.

use http::Response;
use tidegate_config::MlflowDialect;
use tidegate_gateway::{Body, Incoming};
use tidegate_wire::dialect::mlflow::{Era, Mlflow};
use tidegate_wire::dialect::{Dialect, Fault};

use super::{Door, ENDPOINTS, GATEWAY, Request, check_depth, respond};
use crate::app::App;

/// The door whose dialect the config chooses (decision N1).
pub(crate) async fn gateway(app: &App, name: &str, request: Request) -> Response<Body> {
    let dialect = match request.snapshot.mlflow_dialect {
        MlflowDialect::Auto => &Mlflow(Era::Auto),
        MlflowDialect::Candidates => &Mlflow(Era::Candidates),
        MlflowDialect::Choices => &Mlflow(Era::Choices),
    };
    call(app, name, request, dialect, &GATEWAY).await
}

/// The door that is always MLflow 2.9 to 2.22 (decision N2).
pub(crate) async fn endpoints(app: &App, name: &str, request: Request) -> Response<Body> {
    call(app, name, request, ENDPOINTS.dialect, &ENDPOINTS).await
}

async fn call(
    app: &App,
    name: &str,
    request: Request,
    dialect: &'static dyn Dialect,
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
        dialect,
        door: door.name,
        native: None,
        faithful: false,
        headers,
        body,
        peer,
    };
    respond(app.gateway().call(incoming).await)
}
