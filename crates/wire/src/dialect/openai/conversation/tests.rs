//! Requests and what they mean.

use serde_json::{Value, json};

use super::*;
use crate::conversation::{Content, Part, Source, Speaker, Tool, ToolChoice};
use crate::{Message, Sampling};

fn request(messages: &Value, extra: &Value) -> ChatRequest {
    let messages = messages.as_array().unwrap().iter();
    ChatRequest {
        messages: messages
            .map(|it| Message(it.as_object().unwrap().clone()))
            .collect(),
        sampling: Sampling::default(),
        extra: extra.as_object().unwrap().clone(),
    }
}

fn read(messages: &Value, extra: &Value) -> Conversation {
    conversation(&request(messages, extra)).unwrap()
}

#[test]
fn a_conversation_keeps_what_was_said_in_order() {
    let read = read(
        &json!([
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "name": "ann", "content": [
                {"type": "text", "text": "Look", "cache_control": {"type": "ephemeral"}},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBO", "detail": "low"}},
                {"type": "video", "video": "v"},
            ]},
            {"role": "assistant", "content": null, "reasoning_content": "hm",
             "thinking_blocks": [{"type": "thinking", "thinking": "hm", "signature": "s"},
                                 {"type": "redacted_thinking", "data": "r"}],
             "tool_calls": [{"id": "c1", "type": "function",
                             "extra_content": {"google": {"thought_signature": "g"}},
                             "function": {"name": "f", "arguments": "{\"a\":1.50}"}}]},
            {"role": "tool", "tool_call_id": "c1", "content": "one"},
            {"role": "system", "content": "Still brief."},
        ]),
        &json!({}),
    );
    let instructions = ["Be brief.", "Still brief."].map(Part::text);
    assert_eq!(read.instructions, instructions);
    let speakers: Vec<_> = read.turns.iter().map(|turn| turn.speaker).collect();
    assert_eq!(speakers, [Speaker::User, Speaker::Assistant, Speaker::User]);
    let [asked, called, answered] = read.turns.as_slice() else {
        panic!("{read:?}")
    };
    assert_eq!(asked.name.as_deref(), Some("ann"));
    assert_eq!(asked.parts[0].cache, Some(json!({"type": "ephemeral"})));
    let Content::Image(image) = &asked.parts[1].content else {
        panic!("{asked:?}")
    };
    let inline = Source::Inline {
        media_type: "image/png".to_owned(),
        data: "iVBO".to_owned(),
    };
    assert_eq!(
        (&image.source, image.detail.as_deref()),
        (&inline, Some("low"))
    );
    assert!(matches!(&asked.parts[2].content, Content::Own(own) if own["video"] == "v"));
    let [thought, redacted, call] = called.parts.as_slice() else {
        panic!("{called:?}")
    };
    assert_eq!(thought.content, Content::Reasoning("hm".to_owned()));
    assert_eq!(thought.signature.as_deref(), Some("s"));
    assert_eq!(redacted.content, Content::Redacted("r".to_owned()));
    let Content::Call(made) = &call.content else {
        panic!("{call:?}")
    };
    assert_eq!(call.signature.as_deref(), Some("g"));
    let arguments = Value::Object(made.arguments.clone());
    assert_eq!(arguments.to_string(), r#"{"a":1.50}"#);
    let Content::Result(result) = &answered.parts[0].content else {
        panic!("{answered:?}")
    };
    assert_eq!(
        (result.call_id.as_str(), result.name.as_deref()),
        ("c1", Some("f"))
    );
}

#[test]
fn members_of_messages_that_are_not_read_are_noted_once() {
    let said = json!({"role": "assistant", "content": "a", "audio": {"id": "x"}, "images": [], "prefix": true,
                      "annotations": [1], "index": 0});
    let mut messages = vec![said.clone(), said];
    assert_eq!(read(&json!(messages), &json!({})).unread, ["audio"]);
    messages.extend((0..99).map(|number| {
        let mut message = json!({"role": "user"});
        message[format!("m{number}")] = "x".into();
        message
    }));
    assert_eq!(read(&json!(messages), &json!({})).unread.len(), 16);
}

#[test]
fn members_have_one_name_and_say_something() {
    let read = read(
        &json!([]),
        &json!({"max_completion_tokens": 5, "seed": null, "top_k": 3, "parallel_tool_calls": false}),
    );
    assert_eq!(
        Value::Object(read.members),
        json!({"max_tokens": 5, "top_k": 3})
    );
    assert_eq!(read.parallel_calls, Some(false));
}

#[test]
fn tools_and_choices_are_read_in_all_forms() {
    let function = json!({"name": "f", "parameters": {"type": "object"}});
    let extra = json!({"tools": [{"type": "function", "function": function}, {"google_search": {}}],
                       "functions": [{"name": "g"}]});
    let tools = read(&json!([]), &extra).tools;
    let names: Vec<_> = tools
        .iter()
        .map(|tool| match tool {
            Tool::Function(function) => function.name.as_str(),
            Tool::Own(_) => "own",
        })
        .collect();
    assert_eq!(names, ["f", "own", "g"]);
    let this = ToolChoice::Named("f".to_owned());
    let allowed = |required| ToolChoice::Allowed {
        names: vec!["f".to_owned()],
        required,
    };
    let reference = json!([{"type": "function", "function": {"name": "f"}}]);
    for (written, want) in [
        (json!({"tool_choice": "auto"}), ToolChoice::Auto),
        (json!({"tool_choice": "none"}), ToolChoice::None),
        (json!({"tool_choice": "required"}), ToolChoice::Required),
        (
            json!({"tool_choice": {"type": "function", "function": {"name": "f"}}}),
            this.clone(),
        ),
        (json!({"function_call": {"name": "f"}}), this),
        (
            json!({"tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": reference}}}),
            allowed(false),
        ),
        (
            json!({"tool_choice": {"type": "allowed_tools", "mode": "required", "tools": reference}}),
            allowed(true),
        ),
    ] {
        let mut extra = written.clone();
        extra["functions"] = json!([{"name": "f"}]);
        assert_eq!(read(&json!([]), &extra).choice, Some(want), "{written}");
    }
}

#[test]
fn calls_of_the_time_before_ids_are_told_apart() {
    let called = json!({"role": "assistant", "content": null, "function_call": {"name": "f", "arguments": "{}"}});
    let gave = |text: &str| json!({"role": "function", "name": "f", "content": text});
    let messages =
        json!([called, gave("one"), called, gave("two"), {"role": "function", "name": "g"}]);
    let read = read(&messages, &json!({}));
    let ids: Vec<_> = read
        .turns
        .iter()
        .map(|turn| match &turn.parts[0].content {
            Content::Call(call) => call.id.as_str(),
            Content::Result(result) => result.call_id.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids, ["f", "f", "f_2", "f_2", "g"]);
}

#[test]
fn what_cannot_be_understood_is_named() {
    let call = |call: Value| json!([{"role": "assistant", "tool_calls": [call]}]);
    for (messages, extra, words) in [
        (
            json!([{"role": "king", "content": "a"}]),
            json!({}),
            "messages[0].role",
        ),
        (
            json!([{"role": "user", "content": 3}]),
            json!({}),
            "messages[0].content",
        ),
        (
            json!([{"role": "user", "content": [{"type": "text"}]}]),
            json!({}),
            "each `text` is given",
        ),
        (
            json!([{"role": "tool", "content": "a"}]),
            json!({}),
            "messages[0].tool_call_id",
        ),
        (call(json!({"function": {"name": "f"}})), json!({}), "`id`s"),
        (
            json!([{"role": "assistant", "tool_calls": {"id": "c"}}]),
            json!({}),
            "a list of calls",
        ),
        (
            call(json!({"id": "c", "function": {"name": "f", "arguments": "[1]"}})),
            json!({}),
            "JSON text of an object",
        ),
        (json!([]), json!({"tools": 3}), "'tools': it must be a list"),
        (json!([]), json!({"tool_choice": 3}), "'tool_choice'"),
        (
            json!([]),
            json!({"function_call": {"name": "g"}, "functions": [{"name": "f"}]}),
            "names `g`, which is not among `tools`",
        ),
        (
            json!([]),
            json!({"tool_choice": {"type": "allowed_tools", "tools": []}, "functions": [{"name": "f"}]}),
            "not among `tools`",
        ),
        (
            json!([]),
            json!({"response_format": {"type": "xml"}}),
            "`json_schema`",
        ),
        (
            json!([]),
            json!({"response_format": {"type": "json_schema"}}),
            "json_schema.schema",
        ),
        (
            json!([]),
            json!({"parallel_tool_calls": "no"}),
            "true or false",
        ),
    ] {
        let fault = conversation(&request(&messages, &extra)).unwrap_err();
        assert_eq!(fault.status, 400);
        assert!(fault.message.contains(words), "{}", fault.message);
    }
}
