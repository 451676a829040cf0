//! Envelopes with signatures in the turns of the model.

use serde_json::json;

use super::{call, meant, signed, turn};
use crate::conversation::{Content, Part, Speaker};

#[test]
fn signatures_return_to_what_they_sign() {
    let text = |text: &str| json!({"type": "text", "text": text});
    let seal =
        |signature: &str| json!({"type": "thinking", "thinking": "", "signature": signature});
    let tool = json!({"type": "tool_use", "id": "a", "name": "f", "input": {"x": 1}});
    let said = |text: &str, signature: &str| signed(Content::Text(text.to_owned()), signature);
    let lost = "dropped=thinking.signature";
    for (content, want, report) in [
        (
            json!([seal("tidegate.call.YQ.s.t"), tool]),
            vec![signed(call("a", "f"), "s.t")],
            "",
        ),
        (
            json!([tool, seal("tidegate.call.YQ.s"), seal("tidegate.call.YQ.t")]),
            vec![signed(call("a", "f"), "st")],
            "",
        ),
        (
            json!([tool, seal("tidegate.call.Yg.s")]),
            vec![Part::new(call("a", "f"))],
            lost,
        ),
        (
            json!([text("a"), seal("tidegate.text.s"), text("b")]),
            vec![Part::text("a"), said("b", "s")],
            "",
        ),
        (
            json!([text("a"), seal("tidegate.text.s"), tool, text("b")]),
            vec![said("a", "s"), Part::new(call("a", "f")), Part::text("b")],
            "",
        ),
        (
            json!([seal("tidegate.text.s"), tool]),
            vec![said("", "s"), Part::new(call("a", "f"))],
            "",
        ),
        (
            json!([seal("tidegate.redacted.r")]),
            vec![Part::new(Content::Redacted("r".to_owned()))],
            "",
        ),
        (
            json!([seal("own")]),
            vec![signed(Content::Reasoning(String::new()), "own")],
            "",
        ),
    ] {
        let body = json!({"messages": [{"role": "assistant", "content": content}]});
        let (asked, told) = meant(&body);
        let want = vec![turn(Speaker::Assistant, want)];
        assert_eq!((asked.turns, told.as_str()), (want, report), "{content}");
    }
}
