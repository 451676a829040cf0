//! Conversations and what is left of them.

use serde_json::{Map, Value, json};
use tidegate_wire::dialect::openai::{chat_request, conversation, conversation_body};

use super::*;
use crate::conversing::Recall;

/// A provider that knows all.
const ALL: Known = Known {
    whole_api: true,
    thoughts: Recall::Blocks,
    signatures: true,
    marks: true,
    linked_files: true,
    usage_on_demand: true,
    members: &["top_k"],
};

const TEXT: Known = Known {
    thoughts: Recall::Text,
    ..Known::COMMON
};

fn members(written: Value) -> Map<String, Value> {
    match written {
        Value::Object(members) => members,
        other => panic!("{other}"),
    }
}

fn read(body: Value) -> Conversation {
    conversation(&chat_request(members(body)).unwrap()).unwrap()
}

/// Returns what is left of a conversation, and what is told of the rest.
fn pared(body: &Value, known: &Known) -> (Value, String) {
    let (mut asked, mut report) = (read(body.clone()), Translation::default());
    pare(&mut asked, known, &mut report).unwrap();
    let (left, _) = conversation_body(&asked).unwrap();
    (Value::Object(left), report.to_string())
}

#[test]
fn only_what_is_known_is_left_of_messages() {
    let mark = json!({"type": "ephemeral"});
    let google = json!({"google": {"thought_signature": "g"}});
    let text = |text: &str| json!({"type": "text", "text": text});
    let marked = json!({"type": "text", "text": "b", "cache_control": mark});
    let call = json!({"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let mut signed = call.clone();
    signed["extra_content"] = google.clone();
    let whole = json!({"messages": [
        {"role": "system", "content": [text("a"), marked, text("c")]},
        {"role": "assistant", "reasoning_content": "hm",
         "thinking_blocks": [{"type": "thinking", "thinking": "hm", "signature": "s"},
                             {"type": "redacted_thinking", "data": "r"}],
         "content": "Yes", "tool_calls": [signed]},
        {"role": "tool", "tool_call_id": "c", "content": [text("a"), marked]},
        {"role": "assistant", "reasoning_content": "so", "content": null, "refusal": "No"},
        {"role": "assistant", "reasoning_content": "so", "content": null},
        {"role": "system", "content": "d"},
        {"role": "user", "content": [text("a"), marked]},
    ]});
    let mut with_content = whole.clone();
    with_content["messages"][4]["content"] = "".into();
    for (known, want, told) in [
        (&ALL, with_content, ""),
        (
            &TEXT,
            json!({"messages": [
                {"role": "system", "content": "a\nb\nc"},
                {"role": "assistant", "reasoning_content": "hm", "content": "Yes", "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "c", "content": "a\nb"},
                {"role": "assistant", "reasoning_content": "so", "content": "No"},
                {"role": "assistant", "reasoning_content": "so", "content": ""},
                {"role": "system", "content": "d"},
                {"role": "user", "content": "a\nb"},
            ]}),
            "dropped=cache_control,thinking_blocks",
        ),
        (
            &Known {
                marks: true,
                ..Known::COMMON
            },
            json!({"messages": [
                {"role": "system", "content": [
                    {"type": "text", "text": "a\nb", "cache_control": mark}, text("c")]},
                {"role": "assistant", "content": "Yes", "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": "a\nb", "cache_control": mark}]},
                {"role": "assistant", "content": "No"},
                {"role": "system", "content": "d"},
                {"role": "user", "content": [{"type": "text", "text": "a\nb", "cache_control": mark}]},
            ]}),
            "dropped=reasoning_content,thinking_blocks",
        ),
    ] {
        let (left, report) = pared(&whole, known);
        assert_eq!(left, want);
        assert_eq!(report, told);
    }
}

#[test]
fn documents_are_told_in_the_form_that_is_known() {
    let file = |data: &str, name: Option<&str>| {
        let mut file = json!({"file_data": data});
        if let Some(name) = name {
            file["filename"] = name.into();
        }
        json!({"messages": [{"role": "user", "content": [{"type": "file", "file": file}]}]})
    };
    let said = |text: &str| json!({"messages": [{"role": "user", "content": text}]});
    for (written, want) in [
        (
            file("data:text/plain;base64,aGk=", Some("a.txt")),
            said("a.txt:\n\nhi"),
        ),
        (file("data:text/markdown;base64,aGk=", None), said("hi")),
        (
            file("data:application/pdf;base64,JVBE", None),
            file("data:application/pdf;base64,JVBE", Some("document.pdf")),
        ),
    ] {
        assert_eq!(pared(&written, &Known::COMMON), (want, String::new()));
    }
    let linked = file("https://h/a.pdf", None);
    assert_eq!(pared(&linked, &ALL), (linked.clone(), String::new()));
}

#[test]
fn only_what_is_known_is_left_of_members_and_tools() {
    let function = |name: &str| json!({"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}});
    let allowed = json!({"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [
        {"type": "function", "function": {"name": "f"}}]}});
    let asked = json!({
        "messages": [{"role": "assistant", "content": "{"}],
        "tools": [function("f"), function("g")], "tool_choice": allowed,
        "top_k": 3, "seed": 7, "service_tier": "auto", "verbosity": "medium", "other": true,
    });
    let (left, told) = pared(&asked, &ALL);
    assert_eq!(
        left,
        json!({"messages": asked["messages"], "tools": asked["tools"], "tool_choice": allowed, "top_k": 3, "seed": 7})
    );
    assert_eq!(told, "dropped=other,prefill");
    let (left, told) = pared(&asked, &Known::COMMON);
    assert_eq!(
        left,
        json!({"messages": asked["messages"], "tools": [function("f")], "tool_choice": "required", "seed": 7})
    );
    assert_eq!(told, "dropped=top_k,other,prefill");
}

#[test]
fn turns_in_which_nothing_is_left_go_and_instructions_stay_in_place() {
    let sealed = json!({"role": "assistant", "content": null,
                        "thinking_blocks": [{"type": "redacted_thinking", "data": "r"}]});
    let asked = json!({"messages": [
        {"role": "user", "content": "a"}, sealed, {"role": "system", "content": "b"}, sealed,
        {"role": "user", "content": "c"}, {"role": "system", "content": []}, {"role": "system", "content": "d"},
    ]});
    let want = json!({"messages": [
        {"role": "user", "content": "a"}, {"role": "system", "content": "b"},
        {"role": "user", "content": "c"}, {"role": "system", "content": "d"},
    ]});
    let (left, told) = pared(&asked, &Known::COMMON);
    assert_eq!(left, want);
    assert_eq!(told, "dropped=thinking_blocks");
}

#[test]
fn what_is_in_another_form_is_refused_by_name() {
    for (asked, words) in [
        (
            json!({"messages": [], "tools": [{"type": "web_search_20250305"}]}),
            "`tools` with the type `web_search_20250305`",
        ),
        (
            json!({"messages": [{"role": "user", "content": [{"type": "video"}]}]}),
            "`messages` with the type `video`",
        ),
        (
            json!({"messages": [{"role": "user", "content": [
                {"type": "file", "file": {"file_data": "https://h/a.pdf"}}]}]}),
            "files by URL",
        ),
    ] {
        let fault = pare(
            &mut read(asked),
            &Known::COMMON,
            &mut Translation::default(),
        );
        let fault = fault.unwrap_err();
        assert_eq!(fault.status, 400);
        assert!(fault.message.contains(words), "{}", fault.message);
    }
}
