//! The paths that only tell.

use serde_json::{Map, Value, json};

/// Returns them all.
pub(super) fn paths() -> Map<String, Value> {
    let rows = [
        (
            "/v1/models",
            "OpenAI API",
            "list_models",
            "The routes as models",
        ),
        (
            "/v1/models/{name}",
            "OpenAI API",
            "get_model",
            "One route as a model",
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
