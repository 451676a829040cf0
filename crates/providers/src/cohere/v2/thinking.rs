//! `reasoning_effort` as thinking.

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::Conversation;

const EFFORT: &str = "reasoning_effort";
const THINKING: &str = "thinking";

/// How many tokens an effort may think; the highest ones have no limit. The API names no steps, these are ours.
const BUDGETS: [(&str, Option<u64>); 6] = [
    ("minimal", Some(1024)),
    ("low", Some(1024)),
    ("medium", Some(4096)),
    ("high", Some(16_384)),
    ("xhigh", None),
    ("max", None),
];

/// Asks for thinking, or for none. The API's own `thinking` wins.
pub(super) fn write(asked: &Conversation, body: &mut Map<String, Value>, report: &mut Translation) {
    let Some(effort) = asked.members.get(EFFORT) else {
        return;
    };
    let effort = effort.as_str().unwrap_or_default();
    let step = BUDGETS.iter().find(|(known, _)| *known == effort);
    let thinking = match step {
        _ if body.contains_key(THINKING) => return report.dropped(EFFORT),
        Some((_, Some(budget))) => json!({"type": "enabled", "token_budget": budget}),
        Some((_, None)) => json!({"type": "enabled"}),
        None if effort == "none" => json!({"type": "disabled"}),
        None => return report.dropped(EFFORT),
    };
    body.insert(THINKING.to_owned(), thinking);
}
