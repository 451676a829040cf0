//! The OpenAPI 3.1 document of a config: every endpoint with its own schema and example.
//!
//! Request schemas come from the table by which requests are checked.

mod answers;
mod anthropic;
mod header;
mod looks;
mod member;
mod openai;
mod proxy;
mod requests;
mod responses;

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
    paths.extend(responses::paths(snapshot));
    paths.extend(anthropic::paths(snapshot));
    paths.extend(proxy::paths(snapshot));
    paths.extend(looks::paths());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tidegate",
            "summary": "One entrance to many model providers.",
            "description": "Every endpoint of this gateway, under the MLflow AI Gateway's paths, under OpenAI's APIs and under Anthropic's.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server, "description": "This gateway"}],
        "tags": [
            {"name": "Routes", "description": "Each configured route under its own path."},
            {"name": "OpenAI API", "description": "Any route, named by `model`, for OpenAI's SDKs."},
            {"name": "Anthropic API", "description": "Any chat route, named by `model`, for Anthropic's SDKs and Claude Code."},
            {"name": "Raw proxy", "description": "Any path of a route's provider, as it is."},
            {"name": "MLflow API", "description": "What is configured."},
            {"name": "Health", "description": "For people and orchestrators."},
        ],
        "paths": paths,
        "components": {"schemas": schemas(), "headers": header::answers()},
    })
}

/// Returns the shared schemas.
fn schemas() -> Map<String, Value> {
    let mut schemas = answers::schemas();
    schemas.extend(openai::schemas());
    schemas.extend(responses::schemas());
    schemas.extend(anthropic::schemas());
    schemas.extend(looks::schemas());
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
        "responses": answered(operation, streams),
    })
}

fn answered(operation: Operation, streams: bool) -> Value {
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

/// Returns the names of the routes of an operation.
fn names(snapshot: &Snapshot, operation: Operation) -> Vec<&str> {
    let endpoints = snapshot.endpoints.iter();
    let same = endpoints.filter(|endpoint| endpoint.operation == operation);
    same.map(|endpoint| &*endpoint.name).collect()
}

/// Returns a request's schema; its `model` is one of the configured names.
fn body(request: &str, names: &[&str]) -> Value {
    if names.is_empty() {
        return reference(request);
    }
    json!({"allOf": [reference(request), {"properties": {"model": {"enum": names}}}]})
}

/// An example of a request: its name, a word of explanation, and its members but for `model`.
type Example = (&'static str, &'static str, Value);

/// Returns examples by name; `model` is the first of the configured names.
fn named(examples: Vec<Example>, names: &[&str]) -> Value {
    let model = names.first().copied().unwrap_or("name-of-a-route");
    let examples = examples.into_iter().map(|(name, summary, mut value)| {
        if let Some(members) = value.as_object_mut() {
            members.shift_insert(0, "model".to_owned(), model.into());
        }
        (name.to_owned(), json!({"summary": summary, "value": value}))
    });
    Value::Object(examples.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_lead_somewhere() {
        fn follow(value: &Value, schemas: &Map<String, Value>) {
            match value {
                Value::Object(members) => {
                    if let Some(path) = members.get("$ref").and_then(Value::as_str) {
                        let name = path.rsplit('/').next().unwrap();
                        assert!(schemas.contains_key(name), "{path}");
                    }
                    members.values().for_each(|it| follow(it, schemas));
                }
                Value::Array(items) => items.iter().for_each(|it| follow(it, schemas)),
                _ => {}
            }
        }
        let schemas = schemas();
        schemas.values().for_each(|it| follow(it, &schemas));
    }
}
