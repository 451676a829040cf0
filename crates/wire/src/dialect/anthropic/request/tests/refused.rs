//! Requests that cannot be understood, and the places that are named.

use super::super::read;

/// Whole bodies.
const BODIES: &[(&str, &str)] = &[
    ("{}", "messages: Field required"),
    (r#"{"messages":"a"}"#, "messages: it must be a list."),
    (
        r#"{"messages":[]}"#,
        "messages: at least one message of `user` is needed.",
    ),
    (r#"{"messages":[1]}"#, "messages.0: it must be an object."),
    (
        r#"{"messages":[{"content":"a"}]}"#,
        "messages.0.role: Field required",
    ),
    (
        r#"{"messages":[{"role":"tool","content":"a"}]}"#,
        "messages.0.role: it must be `user` or `assistant`.",
    ),
    (
        r#"{"messages":[{"role":"user"}]}"#,
        "messages.0.content: Field required",
    ),
    (
        r#"{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":"x"}]}]}"#,
        "messages.0.content.0.input: it must be an object.",
    ),
];

/// Contents of a message of the user.
const SAID: &[(&str, &str)] = &[
    (
        "1",
        "messages.0.content: it must be a text or a list of blocks.",
    ),
    (r#"["a"]"#, "messages.0.content.0: it must be an object."),
    (
        r#"[{"text":"a"}]"#,
        "messages.0.content.0.type: Field required",
    ),
    (
        r#"[{"type":"text"}]"#,
        "messages.0.content.0.text: Field required",
    ),
    (
        r#"[{"type":"image","source":{"type":"x"}}]"#,
        "messages.0.content.0.source: it must be of the `type` `base64`, `url` or `file`.",
    ),
    (
        r#"[{"type":"thinking","thinking":"a"}]"#,
        "messages.0.content: a message of `user` cannot hold a block of the type `thinking`.",
    ),
    (
        r#"[{"type":"tool_result","tool_use_id":"a","content":[{"type":"tool_result","tool_use_id":"b"}]}]"#,
        "messages.0.content.0.content: it must be a text or a list of texts, images and documents.",
    ),
];

/// Members beside messages.
const MEMBERS: &[(&str, &str)] = &[
    (r#""system":[1]"#, "system.0: it must be an object."),
    (
        r#""max_tokens":1.5"#,
        "max_tokens: it must be a whole number that is not negative.",
    ),
    (
        r#""stop_sequences":["a",1]"#,
        "stop_sequences.1: it must be a text.",
    ),
    (r#""stream":"yes""#, "stream: it must be true or false."),
    (
        r#""service_tier":"flex""#,
        "service_tier: it must be `auto` or `standard_only`.",
    ),
    (
        r#""thread":{"type":"create"}"#,
        "`thread`: this endpoint keeps no conversations. Send all messages in each request, without `thread`.",
    ),
    (
        r#""thinking":{"type":"enabled"}"#,
        "thinking.budget_tokens: Field required",
    ),
    (
        r#""output_config":{"format":{"type":"grammar"}}"#,
        "output_config.format: it must be of the `type` `json_schema`.",
    ),
    (
        r#""tools":[{"name":"f"}]"#,
        "tools.0.input_schema: Field required",
    ),
    (
        r#""tool_choice":"auto""#,
        "tool_choice: it must be an object.",
    ),
    (
        r#""tool_choice":{"type":"any"}"#,
        "tool_choice: a call is wanted, but `tools` holds no tool that this endpoint's model can call.",
    ),
    (
        r#""tool_choice":{"type":"tool","name":"f"}"#,
        "tool_choice: `f` is not among the `tools` that this endpoint's model can call.",
    ),
];

fn refused(body: &str, want: &str) {
    let fault = read(body.as_bytes()).unwrap_err();
    assert_eq!((fault.status, fault.message.as_str()), (400, want));
}

#[test]
fn what_cannot_be_understood_is_refused_by_its_place() {
    for (body, want) in BODIES {
        refused(body, want);
    }
    for (content, want) in SAID {
        let body = format!(r#"{{"messages":[{{"role":"user","content":{content}}}]}}"#);
        refused(&body, want);
    }
    for (member, want) in MEMBERS {
        let body = format!(r#"{{"messages":[{{"role":"user","content":"a"}}],{member}}}"#);
        refused(&body, want);
    }
}
