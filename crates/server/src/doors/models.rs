//! The endpoints as lists of models.

use http::{Response, StatusCode};
use serde_json::{Value, json};
use tidegate_gateway::{Body, Endpoint, Snapshot, unknown_model};

use crate::app::App;
use crate::error::{Form, json};

/// `GET /v1/models`: the endpoints.
pub(crate) fn list(app: &App, snapshot: &Snapshot) -> Response<Body> {
    let data: Vec<Value> = snapshot
        .endpoints
        .iter()
        .map(|endpoint| describe(app, endpoint))
        .collect();
    json(StatusCode::OK, &json!({"object": "list", "data": data}))
}

/// `GET /v1/models/{id}`.
pub(crate) fn one(app: &App, snapshot: &Snapshot, name: &str) -> Response<Body> {
    match snapshot.endpoint(name) {
        Some(endpoint) => json(StatusCode::OK, &describe(app, endpoint)),
        None => Form::OpenAi.response(&unknown_model(name)),
    }
}

fn describe(app: &App, endpoint: &Endpoint) -> Value {
    let owner = endpoint.first().map(|target| target.spec.fields.name);
    json!({"id": &*endpoint.name, "object": "model", "created": app.started(), "owned_by": owner})
}
