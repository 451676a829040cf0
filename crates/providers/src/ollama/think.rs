//! `reasoning_effort` as `think`.

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;

use crate::carriage::Carried;

const EFFORT: &str = "reasoning_effort";
const THINK: &str = "think";

/// What becomes of an effort.
pub(super) const CARRIED: Carried =
    Carried::Apart("`think`: `low`, `medium` or `high`; `false` for `none`");

/// Efforts that the API does not know, and the nearest ones.
const NEAREST: [(&str, &str); 3] = [("minimal", "low"), ("xhigh", "high"), ("max", "high")];

/// Asks for thinking, or for none. The API's own `think` wins.
pub(super) fn write(
    members: &Map<String, Value>,
    body: &mut Map<String, Value>,
    report: &mut Translation,
) {
    let Some(effort) = members.get(EFFORT) else {
        return;
    };
    let effort = effort.as_str().unwrap_or_default();
    let nearest = NEAREST.iter().find(|(other, _)| *other == effort);
    let think = match (effort, nearest) {
        _ if body.contains_key(THINK) => return report.dropped(EFFORT),
        ("none", _) => json!(false),
        ("low" | "medium" | "high", _) => json!(effort),
        (_, Some((_, nearest))) => {
            report.clamped(EFFORT, &effort, nearest);
            json!(nearest)
        }
        _ => return report.dropped(EFFORT),
    };
    body.insert(THINK.to_owned(), think);
}
