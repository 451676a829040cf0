//! How much the model is to think: OpenAI's efforts as levels, or as budgets of tokens.

use serde_json::{Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::Conversation;

use super::model::{Model, Thinking};
use crate::carriage::put;

const EFFORT: &str = "reasoning_effort";

/// What efforts are worth in tokens, by Google's own table for its API in OpenAI's form ("OpenAI compatibility").
const BUDGETS: [(&str, u32); 4] = [
    ("minimal", 1024),
    ("low", 1024),
    ("medium", 8192),
    ("high", 24_576),
];

/// Asks for an effort, and for what was thought to come back. An effort that the model does not know becomes the nearest.
pub(super) fn ask(
    asked: &Conversation,
    model: &Model,
    body: &mut serde_json::Map<String, Value>,
    report: &mut Translation,
) {
    let Some(effort) = asked.members.get(EFFORT) else {
        return;
    };
    let config = match (effort.as_str(), model.thinking) {
        // What never thinks need not be kept from it.
        (Some("none"), Thinking::Never) => return,
        (None, _) | (_, Thinking::Never) => None,
        (Some(effort), Thinking::Level(least)) => Some(level(effort, least, report)),
        (Some(effort), Thinking::Budget(least, most)) => budget(effort, least, most, report),
    };
    match config {
        Some(config) => put(body, "generationConfig.thinkingConfig", config),
        None => report.dropped(EFFORT),
    }
}

fn level(effort: &str, least: &str, report: &mut Translation) -> Value {
    let level = match effort {
        "none" => least,
        "minimal" if least != effort => least,
        other => other,
    };
    if level != effort {
        report.clamped(EFFORT, &effort, &level);
    }
    json!({"includeThoughts": effort != "none", "thinkingLevel": level})
}

fn budget(effort: &str, least: u32, most: u32, report: &mut Translation) -> Option<Value> {
    let tokens = match effort {
        "none" => {
            if least > 0 {
                report.clamped(EFFORT, &effort, &"minimal");
            }
            least
        }
        // The most that the model can, which may be no more than `high`.
        "xhigh" => {
            if BUDGETS.contains(&("high", most)) {
                report.clamped(EFFORT, &effort, &"high");
            }
            most
        }
        other => BUDGETS.iter().find(|(name, _)| *name == other)?.1,
    };
    Some(json!({"includeThoughts": effort != "none", "thinkingBudget": tokens}))
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;

    #[test]
    fn efforts_become_levels_or_budgets() {
        for (model, effort, want, told) in [
            (
                "gemini-3-flash",
                json!("low"),
                json!({"includeThoughts": true, "thinkingLevel": "low"}),
                "",
            ),
            (
                "gemini-3-flash",
                json!("xhigh"),
                json!({"includeThoughts": true, "thinkingLevel": "xhigh"}),
                "",
            ),
            (
                "gemini-3-flash",
                json!("none"),
                json!({"includeThoughts": false, "thinkingLevel": "minimal"}),
                "clamped=reasoning_effort:none>minimal",
            ),
            (
                "gemini-3-pro",
                json!("minimal"),
                json!({"includeThoughts": true, "thinkingLevel": "low"}),
                "clamped=reasoning_effort:minimal>low",
            ),
            (
                "gemini-2.5-flash",
                json!("none"),
                json!({"includeThoughts": false, "thinkingBudget": 0}),
                "",
            ),
            (
                "gemini-2.5-flash",
                json!("medium"),
                json!({"includeThoughts": true, "thinkingBudget": 8192}),
                "",
            ),
            (
                "gemini-2.5-flash",
                json!("xhigh"),
                json!({"includeThoughts": true, "thinkingBudget": 24576}),
                "clamped=reasoning_effort:xhigh>high",
            ),
            (
                "gemini-2.5-pro",
                json!("xhigh"),
                json!({"includeThoughts": true, "thinkingBudget": 32768}),
                "",
            ),
            (
                "gemini-2.5-pro",
                json!("none"),
                json!({"includeThoughts": false, "thinkingBudget": 128}),
                "clamped=reasoning_effort:none>minimal",
            ),
            (
                "gemini-2.5-pro",
                json!("utmost"),
                Value::Null,
                "dropped=reasoning_effort",
            ),
            ("gemini-2.0-flash", json!("none"), Value::Null, ""),
            (
                "gemini-2.0-flash",
                json!("low"),
                Value::Null,
                "dropped=reasoning_effort",
            ),
            (
                "gemini-3-flash",
                json!(3),
                Value::Null,
                "dropped=reasoning_effort",
            ),
        ] {
            let asked = Conversation {
                members: Map::from_iter([(EFFORT.to_owned(), effort.clone())]),
                ..Conversation::default()
            };
            let (mut body, mut report) = (Map::new(), Translation::default());
            ask(&asked, &Model::named(model), &mut body, &mut report);
            let got = body
                .get("generationConfig")
                .map(|it| it["thinkingConfig"].clone());
            assert_eq!(got.unwrap_or_default(), want, "{model} {effort}");
            assert_eq!(report.to_string(), told, "{model} {effort}");
        }
    }
}
