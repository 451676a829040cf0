//! The raw proxy's path.

use serde_json::{Map, Value, json};
use tidegate_gateway::Snapshot;

use super::{header, reference};

/// The path as the document names it.
const PATH: &str = "/gateway/proxy/{name}/{path}";

/// Methods that are described; any other is passed as well.
const METHODS: [(&str, &str); 5] = [
    ("get", "Look"),
    ("post", "Call"),
    ("put", "Replace"),
    ("patch", "Change"),
    ("delete", "Remove"),
];

/// Returns the path, if there is a route whose provider it may reach.
pub(super) fn paths(snapshot: &Snapshot) -> Map<String, Value> {
    let endpoints = snapshot.endpoints.iter();
    let names: Vec<&str> = endpoints.map(|endpoint| &*endpoint.name).collect();
    if names.is_empty() {
        return Map::new();
    }
    let methods = METHODS.map(|(method, does)| (method.to_owned(), call(method, does, &names)));
    let item = Value::Object(methods.into_iter().collect());
    Map::from_iter([(PATH.to_owned(), item)])
}

fn call(method: &str, does: &str, names: &[&str]) -> Value {
    let anything = json!({"schema": {"description": "As the provider gives it."}});
    let mut call = json!({
        "tags": ["Raw proxy"],
        "operationId": format!("proxy_{method}"),
        "summary": format!("{does}, at the provider of a route"),
        "description": "Method, query and body go to the provider's base URL and this path, with the route's key; the answer comes \
                        back as it is. `model` is not replaced. Segments may be several, with `/` in between.",
        "parameters": [
            {"name": "name", "in": "path", "required": true, "description": "A route.",
             "schema": {"type": "string", "enum": names}},
            {"name": "path", "in": "path", "required": true, "description": "A path of the provider's API.",
             "schema": {"type": "string"}, "example": "models"},
        ],
        "responses": {
            "default": {
                "description": "The provider's answer with its status; or the gateway's own refusal, `{\"detail\": …}`.",
                "headers": header::references(),
                "content": {"*/*": anything, "application/json": {"schema": {"anyOf": [reference("MlflowError"), {}]}}},
            },
        },
    });
    if let (Some(call), true) = (
        call.as_object_mut(),
        ["post", "put", "patch"].contains(&method),
    ) {
        let body = json!({"content": {"*/*": {"schema": {}}}});
        call.insert("requestBody".to_owned(), body);
    }
    call
}
