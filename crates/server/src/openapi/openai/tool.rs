//! Tools, calls of them, the choice among them, and the form of answers.

use serde_json::{Map, Value, json};

use crate::openapi::member::{Kind, Member, object};

/// Returns the schemas of tools, calls, choices and forms.
pub(super) fn schemas() -> Map<String, Value> {
    let schemas = [
        ("Tool", tool()),
        ("Function", object("", FUNCTION, &["name"])),
        ("ToolChoice", choice()),
        ("FunctionChoice", function_choice()),
        (
            "ToolCall",
            object("A call that the model made.", CALL, &["id", "function"]),
        ),
        ("FunctionCall", object("", CALLED, &["name", "arguments"])),
        ("ExtraContent", extra()),
        ("ResponseFormat", format()),
        ("Prediction", object("", PREDICTION, &["type", "content"])),
    ];
    schemas
        .map(|(name, schema)| (name.to_owned(), schema))
        .into_iter()
        .collect()
}

const FUNCTION: &[Member] = &[
    ("name", Kind::Text, "Its name."),
    ("description", Kind::Text, "What it is for."),
    (
        "parameters",
        Kind::Object(&[]),
        "What it takes, as a JSON Schema.",
    ),
    (
        "strict",
        Kind::Truth,
        "Whether arguments must follow the schema to the letter.",
    ),
];

const CALL: &[Member] = &[
    ("id", Kind::Text, "Its id, which the result names."),
    ("type", Kind::Words(&["function"]), "What is called."),
    (
        "function",
        Kind::Of("FunctionCall"),
        "The function, and what it is called with.",
    ),
    (
        "extra_content",
        Kind::Of("ExtraContent"),
        "A signature of the call. Send it back with the call.",
    ),
];

const CALLED: &[Member] = &[
    ("name", Kind::Text, "The function's name."),
    ("arguments", Kind::Text, "JSON text of an object."),
];

const PREDICTION: &[Member] = &[
    ("type", Kind::Words(&["content"]), "The kind of prediction."),
    ("content", Kind::Of("Content"), "The predicted answer."),
];

fn tool() -> Value {
    json!({"anyOf": [
        {
            "type": "object",
            "description": "A function of the client.",
            "properties": {
                "type": {"const": "function"},
                "function": {"$ref": "#/components/schemas/Function", "description": "What it is."},
            },
            "required": ["type", "function"],
        },
        {
            "type": "object",
            "description": "A tool in the provider's own form, which it gets as it is.",
            "not": {"properties": {"type": {"const": "function"}}, "required": ["type"]},
        },
    ]})
}

fn choice() -> Value {
    let named = json!({
        "type": "object",
        "properties": {"name": {"type": "string", "description": "Its name."}},
        "required": ["name"],
        "description": "Which one.",
    });
    let allowed = json!({
        "type": "object",
        "properties": {
            "mode": {"enum": ["auto", "required"]},
            "tools": {"type": "array", "items": {"type": "object"}, "description": "Those that may be called, each as one of these forms."},
        },
        "required": ["mode", "tools"],
        "description": "Which ones.",
    });
    json!({"oneOf": [
        {"enum": ["auto", "none", "required"], "description": "As the model likes; none; at least one."},
        {
            "type": "object",
            "description": "This function.",
            "properties": {"type": {"const": "function"}, "function": named},
            "required": ["type", "function"],
        },
        {
            "type": "object",
            "description": "One of these, if the model likes or in any case.",
            "properties": {"type": {"const": "allowed_tools"}, "allowed_tools": allowed},
            "required": ["type", "allowed_tools"],
        },
        {
            "type": "object",
            "description": "A tool that is no function, at OpenAI.",
            "properties": {"type": {"const": "custom"}, "custom": named},
            "required": ["type", "custom"],
        },
    ]})
}

fn function_choice() -> Value {
    json!({"oneOf": [
        {"enum": ["auto", "none"], "description": "As the model likes; none."},
        {
            "type": "object",
            "description": "This function.",
            "properties": {"name": {"type": "string", "description": "Its name."}},
            "required": ["name"],
        },
    ]})
}

fn extra() -> Value {
    json!({
        "type": "object",
        "description": "Google's extension of OpenAI's dialect.",
        "properties": {"google": {
            "type": "object",
            "description": "What Google's models add.",
            "properties": {"thought_signature": {"type": "string", "description": "The signature."}},
        }},
    })
}

fn format() -> Value {
    let schema = json!({
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "Its name."},
            "description": {"type": ["string", "null"], "description": "What the answer is."},
            "schema": {"type": "object", "description": "A JSON Schema."},
            "strict": {"type": ["boolean", "null"], "description": "Whether the answer must follow it to the letter."},
        },
        "required": ["name", "schema"],
        "description": "The schema, and how strictly to follow it.",
    });
    let kind = |kind: &str, description: &str| {
        json!({
            "type": "object",
            "description": description,
            "properties": {"type": {"const": kind}},
            "required": ["type"],
        })
    };
    json!({"oneOf": [
        kind("text", "Words."),
        kind("json_object", "Some JSON object."),
        {
            "type": "object",
            "description": "JSON of a schema.",
            "properties": {"type": {"const": "json_schema"}, "json_schema": schema},
            "required": ["type", "json_schema"],
        },
    ]})
}
