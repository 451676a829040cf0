//! OpenAI's Responses API: what its path takes and gives.
//!
//! Source: OpenAI's API reference, as sampled in November 2026.

mod answer;
mod example;
mod item;
mod request;

use serde_json::{Map, Value, json};
use tidegate_gateway::Snapshot;
use tidegate_wire::Operation;

use super::{body, header, names, openai};

/// Returns the path.
pub(super) fn paths(snapshot: &Snapshot) -> Map<String, Value> {
    let names = names(snapshot, Operation::Chat);
    let mut answers = openai::failures();
    let answer = json!({
        "description": "The answer.",
        "headers": header::references(),
        "content": answer::content(),
    });
    answers.insert("200".to_owned(), answer);
    let call = json!({
        "tags": ["OpenAI API"],
        "operationId": "openai_responses",
        "summary": "OpenAI API · responses",
        "description": "A conversation's next turn, plain or as a stream. `model` names a chat route, whatever its provider. To a \
                        provider that speaks this API the body goes as it is. To others it is translated; what they cannot \
                        express is told in `x-tidegate-translation`, or refused where strictness is asked for. Nothing is \
                        stored: a request that needs an earlier response (`previous_response_id`, `conversation`) is refused \
                        where the provider does not keep it.",
        "parameters": [header::strict()],
        "requestBody": {
            "required": true,
            "content": {"application/json": {
                "schema": body("ResponsesRequest", &names),
                "examples": example::requests(&names),
            }},
        },
        "responses": answers,
    });
    Map::from_iter([("/v1/responses".to_owned(), json!({"post": call}))])
}

/// Returns the schemas to which the path refers, and those of the events of streams.
pub(super) fn schemas() -> Map<String, Value> {
    let groups = [request::schemas(), item::schemas(), answer::schemas()];
    groups.into_iter().flatten().collect()
}
