//! The OpenAPI 3.1 document of a config: every endpoint with its own schema and example.
//!
//! Request schemas come from the table by which requests are checked.

mod answers;
mod openai;
mod requests;

use http::{Response, StatusCode};
use serde_json::{Map, Value, json};
use tidegate_gateway::{Body, Endpoint, Snapshot};
use tidegate_wire::Operation;

use crate::error::json;

/// Answers `GET /openapi.json`.
pub(crate) fn respond(snapshot: &Snapshot, root_path: &str) -> Response<Body> {
    json(StatusCode::OK, &document(snapshot, root_path))
}

/// Returns the document. Without a root path its server is the place that the document came from, whatever proxy stands
/// in between.
pub fn document(snapshot: &Snapshot, root_path: &str) -> Value {
    let server = if root_path.is_empty() { "." } else { root_path };
    let mut paths = Map::new();
    for endpoint in &snapshot.endpoints {
        for door in [requests::Door::Gateway, requests::Door::Endpoints] {
            let path = format!("/{}/{}/invocations", door.name(), endpoint.name);
            paths.insert(path, json!({"post": invocation(snapshot, endpoint, door)}));
        }
    }
    paths.extend(openai::paths(snapshot));
    paths.extend(looks());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tidegate",
            "summary": "One entrance to many model providers.",
            "description": "Every endpoint of this gateway, under the MLflow AI Gateway's paths and under the OpenAI API.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server, "description": "This gateway"}],
        "tags": [
            {"name": "Routes", "description": "Each configured route under its own path."},
            {"name": "OpenAI API", "description": "Any route, named by `model`, for OpenAI's SDKs."},
            {"name": "MLflow API", "description": "What is configured."},
            {"name": "Health", "description": "For people and orchestrators."},
        ],
        "paths": paths,
        "components": {"schemas": schemas(), "headers": openai::headers()},
    })
}

/// Returns the shared schemas.
fn schemas() -> Map<String, Value> {
    let mut schemas = answers::schemas();
    schemas.extend(openai::schemas());
    schemas
}

fn invocation(snapshot: &Snapshot, endpoint: &Endpoint, door: requests::Door) -> Value {
    let operation = endpoint.operation;
    let target = endpoint.first();
    let provider = target
        .map(|target| target.spec.fields.name)
        .unwrap_or_default();
    let model = target.and_then(|target| target.model.as_deref());
    let streams = target.is_some_and(|target| target.spec.streams.contains(&operation));
    let shown = model.map_or_else(
        || provider.to_owned(),
        |model| format!("{provider} / {model}"),
    );
    json!({
        "tags": ["Routes"],
        "operationId": format!("{}_{}", door.name(), endpoint.name),
        "summary": format!("{} · {operation} · {shown}", endpoint.name),
        "description": door.describe(snapshot.mlflow_dialect),
        "x-tidegate-route": {
            "name": &*endpoint.name,
            "route_type": operation.route_type(),
            "provider": provider,
            "model": model,
            "streams": streams,
        },
        "requestBody": {
            "required": true,
            "content": {"application/json": {
                "schema": requests::mlflow_schema(door, snapshot.mlflow_dialect, operation),
                "example": requests::example(operation),
            }},
        },
        "responses": responses(operation, streams),
    })
}

fn responses(operation: Operation, streams: bool) -> Value {
    let schema = match operation {
        Operation::Chat => "ChatAnswer",
        Operation::Completions => "CompletionsAnswer",
        Operation::Embeddings => "EmbeddingsAnswer",
    };
    let mut content = json!({"application/json": {"schema": reference(schema)}});
    if let (true, Some(kinds)) = (streams, content.as_object_mut()) {
        let events = json!({"schema": {"type": "string", "description": "Server-sent events, ended by `data: [DONE]`."}});
        kinds.insert("text/event-stream".to_owned(), events);
    }
    let failure = |description: &str| json!({"description": description, "content": {"application/json": {"schema": reference("MlflowError")}}});
    json!({
        "200": {"description": "The answer.", "content": content},
        "4XX": failure("The request is refused, by the gateway or by the provider."),
        "5XX": failure("The provider failed, or cannot be reached."),
    })
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

/// The paths that only tell.
fn looks() -> Map<String, Value> {
    let rows = [
        (
            "/v1/models",
            "OpenAI API",
            "list_models",
            "The routes as models",
        ),
        (
            "/api/2.0/gateway/routes/",
            "MLflow API",
            "list_routes",
            "The routes",
        ),
        (
            "/api/2.0/endpoints/",
            "MLflow API",
            "list_endpoints",
            "The routes as endpoints",
        ),
        (
            "/v1/models/{name}",
            "OpenAI API",
            "get_model",
            "One route as a model",
        ),
        (
            "/api/2.0/gateway/routes/{name}",
            "MLflow API",
            "get_route",
            "One route",
        ),
        (
            "/api/2.0/endpoints/{name}",
            "MLflow API",
            "get_endpoint",
            "One route as an endpoint",
        ),
        (
            "/health",
            "Health",
            "health",
            "Whether the gateway runs; `?verbose` tells of the last reload",
        ),
        ("/health/live", "Health", "health_live", "Liveness probe"),
        (
            "/health/ready",
            "Health",
            "health_ready",
            "Readiness probe: 503 while draining",
        ),
    ];
    rows.into_iter()
        .map(|(path, tag, id, summary)| {
            let answer = json!({"description": "OK", "content": {"application/json": {"schema": {"type": "object"}}}});
            let name = json!({"name": "name", "in": "path", "required": true, "schema": {"type": "string"}});
            let parameters: Vec<Value> = path.contains("{name}").then_some(name).into_iter().collect();
            let get = json!({"tags": [tag], "operationId": id, "summary": summary, "parameters": parameters,
                             "responses": {"200": answer}});
            (path.to_owned(), json!({"get": get}))
        })
        .collect()
}
