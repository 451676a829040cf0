//! Requests and what they mean.

mod refused;
mod sealed;

use serde_json::{Value, json};

use super::read;
use crate::conversation::{
    Call, CallResult, Content, Conversation, File, Format, Function, Image, InstructionPlace, Part,
    Schema, Source, Speaker, Tool, ToolChoice, Turn,
};

fn turn(speaker: Speaker, parts: Vec<Part>) -> Turn {
    Turn {
        speaker,
        parts,
        name: None,
    }
}

fn asks(parts: Vec<Part>) -> Conversation {
    Conversation {
        turns: vec![turn(Speaker::User, parts)],
        ..Conversation::default()
    }
}

fn marked(content: Content) -> Part {
    Part {
        cache: Some(json!({"type": "ephemeral"})),
        ..Part::new(content)
    }
}

fn signed(content: Content, signature: &str) -> Part {
    Part {
        signature: Some(signature.to_owned()),
        ..Part::new(content)
    }
}

fn inline(media_type: &str, data: &str) -> Source {
    Source::Inline {
        media_type: media_type.to_owned(),
        data: data.to_owned(),
    }
}

fn file(source: Source, name: Option<&str>) -> Content {
    Content::File(File {
        source,
        name: name.map(str::to_owned),
    })
}

fn image(source: Source) -> Part {
    Part::new(Content::Image(Image {
        source,
        detail: None,
    }))
}

fn call(id: &str, name: &str) -> Content {
    Content::Call(Call {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments: [("x".to_owned(), json!(1))].into_iter().collect(),
    })
}

/// Reads a body, which must be understood.
fn meant(body: &Value) -> (Conversation, String) {
    let (asked, report) = read(body.to_string().as_bytes()).unwrap();
    (asked, report.to_string())
}

/// Reads the blocks of a message of the user.
fn blocks(content: &Value) -> (Conversation, String) {
    meant(&json!({"messages": [{"role": "user", "content": content}]}))
}

#[test]
fn members_have_openais_names() {
    let body = json!({
        "model": "m", "max_tokens": 10, "temperature": 0.50, "top_p": 1, "top_k": 5,
        "stop_sequences": ["a", "b"], "stream": true, "service_tier": "standard_only",
        "metadata": {"user_id": "u", "team": "t"}, "container": null, "mcp_servers": [],
        "thinking": {"type": "enabled", "budget_tokens": 5000, "display": "omitted"},
        "output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}, "task_budget": {"total": 1}},
        "context_management": {"edits": [{"type": "e"}]}, "speed": "fast", "cache_control": {"type": "ephemeral"},
        "system": [{"type": "text", "text": "s", "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": "user", "content": "hi", "name": "n"}, {"role": "system", "content": "t"}],
    });
    let members = json!({
        "max_tokens": 10, "temperature": 0.50, "top_p": 1, "top_k": 5, "stop": ["a", "b"],
        "service_tier": "default", "user": "u", "reasoning_effort": "medium",
    });
    let want = Conversation {
        instructions: vec![marked(Content::Text("s".to_owned())), Part::text("t")],
        places: vec![
            InstructionPlace { turns: 0, parts: 1 },
            InstructionPlace { turns: 1, parts: 1 },
        ],
        format: Some(Format::Schema(Schema {
            name: "answer".to_owned(),
            description: None,
            schema: json!({"type": "object"}),
            strict: Some(true),
        })),
        stream: Some(true),
        unread: vec!["name".to_owned()],
        members: members.as_object().cloned().unwrap(),
        ..asks(vec![Part::text("hi")])
    };
    let report = "dropped=metadata.team,thinking.display,output_config.task_budget,context_management,speed,\
        cache_control; clamped=thinking.budget_tokens:5000>medium";
    assert_eq!(meant(&body), (want, report.to_owned()));
}

#[test]
fn thought_is_an_effort() {
    for (members, effort, report) in [
        (json!({"thinking": {"type": "disabled"}}), None, ""),
        (json!({"thinking": {"type": "adaptive"}}), None, ""),
        (
            json!({"thinking": {"type": "enabled", "budget_tokens": 1024}}),
            Some("low"),
            "clamped=thinking.budget_tokens:1024>low",
        ),
        (
            json!({"thinking": {"type": "enabled", "budget_tokens": 16384}}),
            Some("high"),
            "clamped=thinking.budget_tokens:16384>high",
        ),
        (
            json!({"output_config": {"effort": "low"}, "thinking": {"type": "enabled", "budget_tokens": 9000}}),
            Some("low"),
            "clamped=thinking.budget_tokens:9000>low",
        ),
        (
            json!({"output_config": {"effort": "max"}}),
            Some("xhigh"),
            "clamped=output_config.effort:max>xhigh",
        ),
    ] {
        let mut body = json!({"messages": [{"role": "user", "content": "hi"}]});
        body.as_object_mut()
            .unwrap()
            .extend(members.as_object().cloned().unwrap());
        let (asked, told) = meant(&body);
        let read = asked
            .members
            .get("reasoning_effort")
            .and_then(Value::as_str);
        assert_eq!((read, told.as_str()), (effort, report), "{members}");
    }
}

#[test]
fn blocks_are_pieces() {
    let mark = json!({"type": "ephemeral"});
    for (content, want, report) in [
        (json!(""), vec![Part::text("")], ""),
        (
            json!([{"type": "text", "text": "a", "cache_control": mark, "citations": [{"type": "c"}]}]),
            vec![marked(Content::Text("a".to_owned()))],
            "dropped=text.citations",
        ),
        (
            json!([
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}},
                {"type": "image", "source": {"type": "url", "url": "https://a/b"}},
                {"type": "image", "source": {"type": "file", "file_id": "f"}},
            ]),
            vec![
                image(inline("image/png", "AA==")),
                image(Source::Url("https://a/b".to_owned())),
                image(Source::Id("f".to_owned())),
            ],
            "",
        ),
        (
            json!([
                {"type": "document", "title": "t.pdf", "context": "c", "citations": {"enabled": true},
                 "source": {"type": "base64", "media_type": "application/pdf", "data": "AA=="}},
                {"type": "document", "citations": {"enabled": false},
                 "source": {"type": "text", "media_type": "text/plain", "data": "abc"}},
                {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "c"}]}},
                {"type": "document", "source": {"type": "url", "url": "https://a/b"}},
            ]),
            vec![
                Part::new(file(inline("application/pdf", "AA=="), Some("t.pdf"))),
                Part::new(file(inline("text/plain", "YWJj"), None)),
                Part::new(file(inline("text/plain", "YQpj"), None)),
                Part::new(file(Source::Url("https://a/b".to_owned()), None)),
            ],
            "dropped=document.context,document.citations",
        ),
        (
            json!([{"type": "document", "title": "t", "cache_control": mark, "source": {"type": "content", "content": [
                {"type": "text", "text": "a"}, {"type": "image", "source": {"type": "file", "file_id": "f"}},
            ]}}]),
            vec![
                Part::text("a"),
                Part {
                    cache: Some(mark.clone()),
                    ..image(Source::Id("f".to_owned()))
                },
            ],
            "dropped=document.title",
        ),
        (
            json!([{"type": "search_result", "title": "t", "source": "https://s", "content": [{"type": "text", "text": "a"}]}]),
            vec![Part::text("t\nhttps://s\na")],
            "emulated=search_result",
        ),
        (
            json!([{"type": "container_upload", "file_id": "f"}]),
            vec![Part::new(Content::Own(
                json!({"type": "container_upload", "file_id": "f"}),
            ))],
            "",
        ),
    ] {
        assert_eq!(
            blocks(&content),
            (asks(want), report.to_owned()),
            "{content}"
        );
    }
}

#[test]
fn calls_and_their_results() {
    let body = json!({
        "messages": [
            {"role": "user", "content": "go"},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "hm", "signature": "s"},
                {"type": "redacted_thinking", "data": "r"},
                {"type": "thinking", "thinking": "", "signature": ""},
                {"type": "tool_use", "id": "c1", "name": "f", "input": {"x": 1}, "caller": {"type": "direct"}},
                {"type": "tool_use", "id": "c2", "name": "g", "input": {"x": 1}},
            ]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "c2", "is_error": true, "content": "bad", "cache_control": {"type": "ephemeral"}},
                {"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "ok"}, {"type": "tool_reference", "tool_name": "h"}]},
                {"type": "tool_result", "tool_use_id": "c9"},
            ]},
        ],
        "tools": [
            {"name": "f", "description": "d", "input_schema": {"type": "object"}, "strict": true, "cache_control": {"type": "ephemeral"}},
            {"type": "custom", "name": "g", "input_schema": {}, "defer_loading": true, "allowed_callers": ["direct"]},
            {"type": "bash_20250124", "name": "bash"},
        ],
        "tool_choice": {"type": "tool", "name": "g", "disable_parallel_tool_use": true},
    });
    let result = |id: &str, name: Option<&str>, content: Vec<Part>, failed| {
        Content::Result(CallResult {
            call_id: id.to_owned(),
            name: name.map(str::to_owned),
            content,
            failed,
        })
    };
    let reference = json!({"type": "tool_reference", "tool_name": "h"});
    let want = Conversation {
        turns: vec![
            turn(Speaker::User, vec![Part::text("go")]),
            turn(
                Speaker::Assistant,
                vec![
                    signed(Content::Reasoning("hm".to_owned()), "s"),
                    Part::new(Content::Redacted("r".to_owned())),
                    Part::new(call("c1", "f")),
                    Part::new(call("c2", "g")),
                ],
            ),
            turn(
                Speaker::User,
                vec![
                    marked(result("c2", Some("g"), vec![Part::text("bad")], true)),
                    Part::new(result(
                        "c1",
                        Some("f"),
                        vec![Part::text("ok"), Part::new(Content::Own(reference))],
                        false,
                    )),
                    Part::new(result("c9", None, vec![], false)),
                ],
            ),
        ],
        tools: vec![
            Tool::Function(Function {
                name: "f".to_owned(),
                description: Some("d".to_owned()),
                parameters: Some(json!({"type": "object"})),
                strict: Some(true),
                cache: Some(json!({"type": "ephemeral"})),
            }),
            Tool::Function(Function {
                name: "g".to_owned(),
                parameters: Some(json!({})),
                ..Function::default()
            }),
        ],
        choice: Some(ToolChoice::Named("g".to_owned())),
        parallel_calls: Some(false),
        ..Conversation::default()
    };
    let report = "dropped=tools.defer_loading,tools.bash_20250124";
    assert_eq!(meant(&body), (want, report.to_owned()));
}

#[test]
fn tools_that_cannot_run_choose_nothing() {
    for (tools, choice, want) in [
        (
            json!([{"type": "web_search_20250305", "name": "w"}]),
            "auto",
            None,
        ),
        (json!([]), "none", None),
        (
            json!([{"name": "f", "input_schema": {}}]),
            "auto",
            Some(ToolChoice::Auto),
        ),
        (
            json!([{"name": "f", "input_schema": {}}]),
            "any",
            Some(ToolChoice::Required),
        ),
        (
            json!([{"name": "f", "input_schema": {}}]),
            "none",
            Some(ToolChoice::None),
        ),
    ] {
        let (asked, _) = meant(&json!({
            "messages": [{"role": "user", "content": "hi"}], "tools": tools, "tool_choice": {"type": choice},
        }));
        assert_eq!(
            (asked.choice, asked.parallel_calls),
            (want, None),
            "{choice}"
        );
    }
}
