//! Members in the provider's own words: they are put over what was translated, and win.

use serde_json::{Map, Value};
use tidegate_wire::Translation;
use tidegate_wire::conversation::Conversation;

use super::{CONFIG, TOOL_CONFIG};
use crate::carriage::put;

/// Google's extensions of its API in OpenAI's form, with where they stand here ("OpenAI compatibility", `extra_body`). Their
/// own members are understood in either spelling.
const EXTENSIONS: [(&str, &str); 3] = [
    ("thinking_config", "generationConfig.thinkingConfig"),
    ("cached_content", "cachedContent"),
    ("safety_settings", "safetySettings"),
];

/// Puts them in.
pub(super) fn merge(asked: &Conversation, body: &mut Map<String, Value>, report: &mut Translation) {
    let mut extended = 0;
    let extra = asked.members.get("extra_body");
    for (name, path) in EXTENSIONS {
        let value = extra.and_then(|it| it.pointer("/google")?.get(name));
        if let Some(value) = value {
            extended += 1;
            put(body, path, value.clone());
        }
    }
    if extra.is_some_and(|extra| count(extra) > extended) {
        report.dropped("extra_body");
    }
    for name in [CONFIG, TOOL_CONFIG] {
        if let Some(value) = asked.members.get(name) {
            let there = body.entry(name).or_insert(Value::Null);
            overlay(there, value.clone());
        }
    }
}

/// Counts what an `extra_body` asks for.
fn count(extra: &Value) -> usize {
    let members = |value: &Value| value.as_object().map_or(1, Map::len);
    let Some(extra) = extra.as_object() else {
        return 1;
    };
    let google = extra.get("google").map_or(0, members);
    google + extra.keys().filter(|name| *name != "google").count()
}

/// Lays a value over another: objects become one, in which the upper's members win.
fn overlay(there: &mut Value, upper: Value) {
    match (there, upper) {
        (Value::Object(there), Value::Object(upper)) => {
            for (name, value) in upper {
                overlay(there.entry(name).or_insert(Value::Null), value);
            }
        }
        (there, upper) => *there = upper,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn own_words_win() {
        for (members, body, want, told) in [
            (
                json!({"generationConfig": {"topK": 3, "thinkingConfig": {"thinkingBudget": 9}}}),
                json!({"generationConfig": {"topK": 1, "thinkingConfig": {"includeThoughts": true}}}),
                json!({"generationConfig": {"topK": 3, "thinkingConfig": {"includeThoughts": true, "thinkingBudget": 9}}}),
                "",
            ),
            (
                json!({"toolConfig": {"retrievalConfig": {}}}),
                json!({}),
                json!({"toolConfig": {"retrievalConfig": {}}}),
                "",
            ),
            (
                json!({"extra_body": {"google": {"cached_content": "c", "thinking_config": {"thinking_budget": 9}}}}),
                json!({}),
                json!({"generationConfig": {"thinkingConfig": {"thinking_budget": 9}}, "cachedContent": "c"}),
                "",
            ),
            (
                json!({"extra_body": {"google": {"aspect_ratio": "1:1"}}}),
                json!({}),
                json!({}),
                "dropped=extra_body",
            ),
        ] {
            let members = members.as_object().unwrap().clone();
            let asked = Conversation {
                members,
                ..Conversation::default()
            };
            let mut body = body.as_object().unwrap().clone();
            let mut report = Translation::default();
            merge(&asked, &mut body, &mut report);
            assert_eq!(Value::Object(body), want);
            assert_eq!(report.to_string(), told);
        }
    }
}
