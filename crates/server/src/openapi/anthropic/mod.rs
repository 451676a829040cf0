//! Anthropic's Messages API: what its paths take, give and say when they refuse.
//!
//! Source: Anthropic's API reference, as sampled in November 2026.

mod answer;
mod block;
mod example;
mod request;

use serde_json::{Map, Value, json};
use tidegate_gateway::Snapshot;
use tidegate_wire::Operation;

use super::{body, header, names, reference};

/// Returns the paths.
pub(super) fn paths(snapshot: &Snapshot) -> Map<String, Value> {
    let names = names(snapshot, Operation::Chat);
    let rows = [
        (
            "/v1/messages",
            call(
                ["anthropic_messages", "Anthropic API · messages"],
                "A conversation's next turn, plain or as a stream.",
                &body("MessagesRequest", &names),
                &example::messages(&names),
                &answer::message(),
            ),
        ),
        (
            "/v1/messages/count_tokens",
            call(
                ["anthropic_count_tokens", "Anthropic API · count tokens"],
                "How many tokens a request has. Where the provider has no API that counts, the gateway estimates, and tells `emulated=count_tokens`.",
                &body("CountTokensRequest", &names),
                &example::counted(&names),
                &json!({"application/json": {"schema": reference("TokenCount")}}),
            ),
        ),
    ];
    let mut paths: Map<String, Value> = rows
        .into_iter()
        .map(|(path, call)| (path.to_owned(), json!({"post": call})))
        .collect();
    paths.insert(
        "/gateway/anthropic/v1/models".to_owned(),
        json!({"get": models()}),
    );
    paths
}

/// Returns the schemas to which the paths refer, and those of the events of streams.
pub(super) fn schemas() -> Map<String, Value> {
    let groups = [request::schemas(), block::schemas(), answer::schemas()];
    groups.into_iter().flatten().collect()
}

fn call(
    [id, summary]: [&str; 2],
    says: &str,
    schema: &Value,
    examples: &Value,
    content: &Value,
) -> Value {
    let description = format!(
        "{says} `model` names the route, whatever its provider. To providers that speak this API themselves the body goes as \
         it is but for the model. To others it is translated; what they cannot express is told in `x-tidegate-translation`, or \
         refused where strictness is asked for. `x-api-key` and `anthropic-version` are accepted and not looked at."
    );
    json!({
        "tags": ["Anthropic API"],
        "operationId": id,
        "summary": summary,
        "description": description,
        "parameters": [header::strict()],
        "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": schema, "examples": examples}},
        },
        "responses": answered("The answer.", content),
    })
}

fn models() -> Value {
    let number = json!({"name": "limit", "in": "query", "description": "Most models of a page.", "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 20}});
    let id = |name: &str, says: &str| json!({"name": name, "in": "query", "description": says, "schema": {"type": "string"}});
    let content = json!({"application/json": {"schema": reference("ModelPage")}});
    json!({
        "tags": ["Anthropic API"],
        "operationId": "anthropic_list_models",
        "summary": "The chat routes as models",
        "description": "`/v1/models` gives the same where the request has the header `anthropic-version`.",
        "parameters": [number, id("after_id", "The page after this model."), id("before_id", "The page before this model.")],
        "responses": answered("One page.", &content),
    })
}

fn answered(description: &str, content: &Value) -> Value {
    let refused = json!({
        "description": "The request is refused, or the provider failed.",
        "headers": header::references(),
        "content": {"application/json": {"schema": reference("AnthropicError"), "examples": answer::errors()}},
    });
    json!({
        "200": {"description": description, "headers": header::references(), "content": content},
        "default": refused,
    })
}
