//! Headers of requests and answers.

use serde_json::{Map, Value, json};

/// Name, value, and on which answers.
const ANSWERS: [(&str, &str, &str); 4] = [
    (
        "x-tidegate-translation",
        "dropped=logit_bias,seed; clamped=temperature:1.5>1; emulated=json_schema",
        "What the provider could not be told as it was asked; missing where it was told all. On all answers, errors too.",
    ),
    ("x-tidegate-route", "chat", "The route that was called."),
    (
        "x-request-id",
        "req_4fzyo82mvyr",
        "The request's own id if it sent one, else a new one.",
    ),
    (
        "server-timing",
        "upstream;dur=12.345, gateway;dur=0.123",
        "Milliseconds until the head of the provider's answer, and of the gateway.",
    ),
];

/// Returns the headers of answers by name.
pub(super) fn answers() -> Value {
    let headers = ANSWERS.map(|(name, value, description)| {
        let header = json!({
            "description": description,
            "schema": {"type": "string", "examples": [value]},
        });
        (name.to_owned(), header)
    });
    Value::Object(headers.into_iter().collect())
}

/// Returns references to all of them.
pub(super) fn references() -> Map<String, Value> {
    let refer = |(name, ..): (&str, &str, &str)| {
        let path = format!("#/components/headers/{name}");
        (name.to_owned(), json!({"$ref": path}))
    };
    ANSWERS.map(refer).into_iter().collect()
}

/// Returns the header by which a request wants to be carried whole or not at all.
pub(super) fn strict() -> Value {
    json!({
        "name": "x-tidegate-strict",
        "in": "header",
        "description": "`true`: refuse the request (400, code `not_carried`) where the provider cannot be told all of it as it is asked.",
        "schema": {"type": "string", "enum": ["true", "false"]},
    })
}
