//! Tables and what they write.

use serde_json::json;

use super::*;

static TABLE: Carriage = Carriage {
    operation: Operation::Chat,
    only: None,
    members: &[
        ("temperature", Carried::Within("config.heat", 0.0, 1.0)),
        ("top_p", Carried::As("config.topP")),
        ("stop", Carried::List("stops", 2)),
        ("reasoning_effort", Carried::Apart("thinking")),
    ],
    contents: &[(Kind::InlineImage, "image")],
    others: Others::Body,
};

#[test]
fn members_are_written_by_their_rows() {
    let others = Carriage {
        others: Others::Within("more"),
        ..TABLE
    };
    for (table, members, body, report) in [
        (&TABLE, json!({}), json!({}), ""),
        (
            &TABLE,
            json!({"top_p": 0.50, "temperature": 1}),
            json!({"config": {"topP": 0.50, "heat": 1}}),
            "",
        ),
        (
            &TABLE,
            json!({"temperature": 1.5}),
            json!({"config": {"heat": 1}}),
            "clamped=temperature:1.5>1",
        ),
        (
            &TABLE,
            json!({"temperature": "hot"}),
            json!({"config": {"heat": "hot"}}),
            "",
        ),
        (&TABLE, json!({"stop": "a"}), json!({"stops": ["a"]}), ""),
        (
            &TABLE,
            json!({"stop": ["a", "b", "c"]}),
            json!({"stops": ["a", "b"]}),
            "clamped=stop:3>2",
        ),
        (
            &TABLE,
            json!({"n": 1, "store": false, "logit_bias": {}, "stream_options": {"include_usage": true}}),
            json!({}),
            "",
        ),
        (
            &TABLE,
            json!({"n": 2, "seed": 3, "reasoning_effort": "low"}),
            json!({}),
            "dropped=n,seed",
        ),
        (&TABLE, json!({"top_k": 4}), json!({"top_k": 4}), ""),
        (
            &others,
            json!({"top_k": 4}),
            json!({"more": {"top_k": 4}}),
            "",
        ),
    ] {
        let (mut written, mut told) = (Map::new(), Translation::default());
        table.write(members.as_object().unwrap(), &mut written, &mut told);
        assert_eq!(
            Value::Object(written).to_string(),
            body.to_string(),
            "{members}"
        );
        assert_eq!(told.to_string(), report, "{members}");
    }
}

#[test]
fn what_has_no_row_is_told() {
    let asked = Conversation {
        choice: Some(ToolChoice::Required),
        parallel_calls: Some(false),
        format: Some(Format::Json),
        ..Conversation::default()
    };
    let mut told = Translation::default();
    TABLE.report_apart(&asked, &mut told);
    let want = "dropped=tool_choice,parallel_tool_calls,response_format";
    assert_eq!(told.to_string(), want);
    TABLE.admit(Kind::InlineImage).unwrap();
    let refused = TABLE.admit(Kind::Audio).unwrap_err();
    let want = "This endpoint's provider cannot take audio in messages. It takes text, images as data URLs.";
    assert_eq!((refused.status, refused.message.as_str()), (400, want));
}
