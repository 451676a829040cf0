//! Refusals and failures.

use serde_json::{Map, Value, json};

use crate::openapi::header;
use crate::openapi::reference;

/// One kind of failure: status, words, and errors as they are sent (type, param, code, message).
struct Failure {
    status: &'static str,
    description: &'static str,
    examples: &'static [(
        &'static str,
        Option<&'static str>,
        Option<&'static str>,
        &'static str,
    )],
}

const INVALID: &str = "invalid_request_error";

const FAILURES: [Failure; 7] = [
    Failure {
        status: "400",
        description: "The request must change.",
        examples: &[
            (
                INVALID,
                None,
                Some("not_carried"),
                "This endpoint's provider cannot be asked this as it is (dropped=seed), and strictness was asked for. Leave these out, or ask without strictness (`x-tidegate-strict`, or `strict` of the route).",
            ),
            (
                INVALID,
                Some("messages"),
                Some("unsupported_content"),
                "This endpoint's provider cannot take audio in messages. It takes text, images as data URLs.",
            ),
            (
                INVALID,
                Some("messages"),
                Some("invalid_value"),
                "Invalid 'messages[0].role': it must be one of `system`, `developer`, `user`, `assistant` and `tool`.",
            ),
        ],
    },
    Failure {
        status: "404",
        description: "No route has this name.",
        examples: &[(
            INVALID,
            Some("model"),
            Some("model_not_found"),
            "The model `nope` does not exist: no endpoint of this name is configured. `GET /v1/models` lists them.",
        )],
    },
    Failure {
        status: "429",
        description: "The route's limit, or the provider's, is used up.",
        examples: &[(
            "rate_limit_error",
            None,
            Some("rate_limit_exceeded"),
            "Rate limit exceeded: 10 per 1 minute",
        )],
    },
    Failure {
        status: "501",
        description: "The provider cannot do this, or cannot stream it.",
        examples: &[(
            "not_implemented_error",
            None,
            Some("not_implemented"),
            "The embeddings route is not implemented for Example models.",
        )],
    },
    Failure {
        status: "502",
        description: "The provider cannot be reached, or its answer makes no sense.",
        examples: &[(
            "upstream_error",
            None,
            Some("upstream_unreachable"),
            "The provider at api.example.com cannot be reached: connection refused.",
        )],
    },
    Failure {
        status: "504",
        description: "The provider is too slow.",
        examples: &[(
            "upstream_error",
            None,
            Some("upstream_timeout"),
            "The provider did not answer within 60 s.",
        )],
    },
    Failure {
        status: "default",
        description: "Any other refusal, or the provider's own error with its status.",
        examples: &[],
    },
];

/// Returns the answers of failures by status.
pub(super) fn responses() -> Map<String, Value> {
    let rows = FAILURES.iter();
    rows.map(|row| (row.status.to_owned(), response(row)))
        .collect()
}

fn response(failure: &Failure) -> Value {
    let examples: Map<String, Value> = failure
        .examples
        .iter()
        .map(|(kind, param, code, message)| {
            let error = json!({"message": message, "type": kind, "param": param, "code": code});
            let name = code.unwrap_or(kind).to_owned();
            (name, json!({"value": {"error": error}}))
        })
        .collect();
    let mut content = json!({"schema": reference("OpenAiError")});
    if let (false, Some(members)) = (examples.is_empty(), content.as_object_mut()) {
        members.insert("examples".to_owned(), examples.into());
    }
    json!({
        "description": failure.description,
        "headers": header::references(),
        "content": {"application/json": content},
    })
}

/// Returns the schema of errors.
pub(super) fn schemas() -> Map<String, Value> {
    let error = json!({
        "type": "object",
        "properties": {
            "message": {"type": "string", "description": "What is wrong, and what to do."},
            "type": {"type": ["string", "null"], "description": "Who must act."},
            "param": {"type": ["string", "null"], "description": "The member that is wrong."},
            "code": {"type": ["string", "integer", "null"], "description": "What is wrong, for programs."},
        },
        "required": ["message"],
        "description": "The error.",
    });
    let schema = json!({"type": "object", "properties": {"error": error}, "required": ["error"]});
    Map::from_iter([("OpenAiError".to_owned(), schema)])
}
