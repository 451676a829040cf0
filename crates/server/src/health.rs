//! Health: the seed's answer, the reload's state on request, and two probes for orchestrators.

use http::{Response, StatusCode};
use serde_json::json;
use tidegate_gateway::Body;

use crate::app::App;
use crate::error::json;

/// `GET /health`, with `?verbose` also the state of the last reload.
pub(crate) fn health(app: &App, query: Option<&str>) -> Response<Body> {
    let verbose = query.is_some_and(|query| {
        query
            .split('&')
            .any(|pair| pair == "verbose" || pair.starts_with("verbose="))
    });
    if !verbose {
        return json(StatusCode::OK, &json!({"status": "OK"}));
    }
    let status = app.reload_status();
    json(
        StatusCode::OK,
        &json!({
            "status": "OK",
            "version": env!("CARGO_PKG_VERSION"),
            "generation": status.generation,
            "last_reload": status.last_reload,
            "error": status.error,
        }),
    )
}

/// `GET /health/live`: the process answers.
pub(crate) fn live() -> Response<Body> {
    json(StatusCode::OK, &json!({"status": "OK"}))
}

/// `GET /health/ready`: new calls are welcome.
pub(crate) fn ready(app: &App) -> Response<Body> {
    if app.is_draining() {
        return json(
            StatusCode::SERVICE_UNAVAILABLE,
            &json!({"status": "draining"}),
        );
    }
    json(StatusCode::OK, &json!({"status": "OK"}))
}
