//! The OpenAI API's paths: what each takes, gives and says when it refuses.

mod answer;
mod chat;
mod error;
mod example;
mod message;
mod others;
mod part;
mod tool;

use serde_json::{Map, Value, json};
use tidegate_gateway::Snapshot;
use tidegate_wire::Operation;

use super::{body, header, names};

/// Returns the paths of the three operations.
pub(super) fn paths(snapshot: &Snapshot) -> Map<String, Value> {
    let rows = [
        ("/v1/chat/completions", Operation::Chat),
        ("/v1/completions", Operation::Completions),
        ("/v1/embeddings", Operation::Embeddings),
    ];
    rows.into_iter()
        .map(|(path, operation)| (path.to_owned(), json!({"post": call(snapshot, operation)})))
        .collect()
}

/// Returns the schemas to which the paths refer, and those of the pieces of streams.
pub(super) fn schemas() -> Map<String, Value> {
    let groups = [
        chat::schemas(),
        message::schemas(),
        part::schemas(),
        tool::schemas(),
        others::schemas(),
        answer::schemas(),
        error::schemas(),
    ];
    groups.into_iter().flatten().collect()
}

/// Returns the answers of failures by status.
pub(super) fn failures() -> Map<String, Value> {
    error::responses()
}

fn call(snapshot: &Snapshot, operation: Operation) -> Value {
    let names = names(snapshot, operation);
    let (request, says) = match operation {
        Operation::Chat => (
            "ChatCompletionRequest",
            "A conversation's next turn, plain or as a stream.",
        ),
        Operation::Completions => (
            "CompletionRequest",
            "A text's continuation. A route to a chat model takes one text as `prompt`.",
        ),
        Operation::Embeddings => ("EmbeddingsRequest", "A vector for each text."),
    };
    let description = format!(
        "{says} `model` names the route. To a provider that speaks OpenAI's dialect the body goes as it is. To others it \
         is translated; what they cannot express is left out, brought into range or emulated, and told in the header \
         `x-tidegate-translation`, or refused where strictness is asked for. Members that are not listed go to the provider."
    );
    json!({
        "tags": ["OpenAI API"],
        "operationId": format!("openai_{}", operation.name()),
        "summary": format!("OpenAI API · {operation}"),
        "description": description,
        "parameters": [header::strict()],
        "requestBody": {
            "required": true,
            "content": {"application/json": {
                "schema": body(request, &names),
                "examples": example::requests(operation, &names),
            }},
        },
        "responses": answer::responses(operation),
    })
}

#[cfg(test)]
mod tests {
    use tidegate_providers::{CHAT_MEMBERS, EMBEDDINGS_MEMBERS};

    use super::*;

    #[test]
    fn what_the_door_takes_is_described() {
        let schemas = schemas();
        for (name, members) in [
            ("ChatCompletionRequest", &CHAT_MEMBERS[..]),
            ("EmbeddingsRequest", &EMBEDDINGS_MEMBERS),
        ] {
            let described = schemas[name]["properties"].as_object().unwrap();
            for member in members {
                assert!(described.contains_key(*member), "{name} lacks `{member}`");
            }
        }
    }
}
