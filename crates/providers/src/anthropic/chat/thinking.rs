//! `reasoning_effort` as thinking, and what thinking excludes.
//!
//! Source: Anthropic's pages on extended and adaptive thinking and on effort, as sampled in November 2026: with thinking
//! the temperature is 1, no tool can be forced, and a turn that called tools must be sent back with what was thought.

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Content, Conversation, Part, Speaker, ToolChoice, Turn};

use super::model::{Generation, default_tokens};
use super::{MAX_TOKENS, TEMPERATURE};

const EFFORT: &str = "reasoning_effort";

/// The least that can be thought, in tokens.
pub(crate) const LEAST: u64 = 1024;

/// How many tokens an effort may think, for models that want a number. The range is Anthropic's, the steps are ours.
pub(crate) const BUDGETS: [(&str, u64); 6] = [
    ("minimal", LEAST),
    ("low", LEAST),
    ("medium", 4096),
    ("high", 16_384),
    ("xhigh", 32_768),
    ("max", 32_768),
];

/// Asks for thinking, if the client wants it and the model can do it beside what else is asked.
pub(super) fn write(
    asked: &Conversation,
    generation: Generation,
    emulates_schema: bool,
    body: &mut Map<String, Value>,
    report: &mut Translation,
) {
    if body.contains_key("thinking") {
        return exclude(asked, body, report);
    }
    let effort = match asked.members.get(EFFORT) {
        None => return,
        Some(effort) if effort == "none" => return,
        Some(Value::String(effort)) => effort,
        Some(_) => return report.dropped(EFFORT),
    };
    // A call that must be made counts for more than how much is thought before it.
    let must_call = emulates_schema || forced(asked).is_some();
    if !generation.thinks() || must_call || forgets_thoughts(asked) {
        return report.dropped(EFFORT);
    }
    if generation.adapts() {
        adapt(effort, generation, body, report);
    } else if !budget(effort, asked, body) {
        return report.dropped(EFFORT);
    }
    exclude(asked, body, report);
}

/// Leaves it to the model how much it thinks, by an effort.
fn adapt(
    effort: &str,
    generation: Generation,
    body: &mut Map<String, Value>,
    report: &mut Translation,
) {
    let nearest = match effort {
        "minimal" => "low",
        "xhigh" if !generation.hides_thoughts() => "high",
        other => other,
    };
    if nearest != effort {
        report.clamped(EFFORT, &effort, &nearest);
    }
    let thinking = if generation.hides_thoughts() {
        json!({"type": "adaptive", "display": "summarized"})
    } else {
        json!({"type": "adaptive"})
    };
    body.insert("thinking".to_owned(), thinking);
    let config = body.entry("output_config").or_insert_with(|| json!({}));
    if let Some(config) = config.as_object_mut() {
        config.insert("effort".to_owned(), nearest.into());
    }
}

/// Gives thinking a number of tokens below that of the whole answer, of which a quarter is kept for words where it can be;
/// false where that leaves too few.
fn budget(effort: &str, asked: &Conversation, body: &mut Map<String, Value>) -> bool {
    let mut steps = BUDGETS.iter();
    let Some((_, wanted)) = steps.find(|(known, _)| *known == effort) else {
        return false;
    };
    let named = asked.members.get(MAX_TOKENS).and_then(Value::as_u64);
    let budget = match named {
        Some(most) if most <= LEAST => return false,
        Some(most) => (*wanted).min((most - most / 4).max(LEAST)),
        None => *wanted,
    };
    if named.is_none() {
        let most = default_tokens(None).saturating_add(budget);
        body.insert(MAX_TOKENS.to_owned(), most.into());
    }
    let thinking = json!({"type": "enabled", "budget_tokens": budget});
    body.insert("thinking".to_owned(), thinking);
    true
}

/// True when calls are being answered and what was thought before the first of them is not known any more. The model thinks
/// once for a row of calls, so the turns behind the first need no thoughts.
pub(crate) fn forgets_thoughts(asked: &Conversation) -> bool {
    let begins = |turn: &Turn| {
        let answers = |part: &Part| matches!(part.content, Content::Result(_));
        turn.speaker == Speaker::User && !turn.parts.iter().all(answers)
    };
    let start = asked.turns.iter().rposition(begins).unwrap_or_default();
    let mut row = asked.turns.iter().skip(start);
    let Some(first) = row.find(|turn| turn.speaker == Speaker::Assistant) else {
        return false;
    };
    let signed = |part: &Part| {
        matches!(part.content, Content::Reasoning(_)) && part.signature.is_some()
            || matches!(part.content, Content::Redacted(_))
    };
    let calls = |part: &Part| matches!(part.content, Content::Call(_));
    first.parts.iter().any(calls) && !first.parts.iter().any(signed)
}

/// Takes out what thinking excludes.
fn exclude(asked: &Conversation, body: &mut Map<String, Value>, report: &mut Translation) {
    if body
        .get("thinking")
        .is_some_and(|it| it["type"] == "disabled")
    {
        return;
    }
    if let Some(temperature) = body.shift_remove(TEMPERATURE)
        && temperature.as_f64() != Some(1.0)
    {
        report.clamped(TEMPERATURE, &temperature, &1);
    }
    for name in ["top_p", "top_k"] {
        if body.shift_remove(name).is_some() {
            report.dropped(name);
        }
    }
    if let Some(forced) = forced(asked) {
        report.clamped("tool_choice", &forced, &"auto");
    }
}

/// Returns the name of the call that must be made, or that any must be.
fn forced(asked: &Conversation) -> Option<&str> {
    match &asked.choice {
        Some(ToolChoice::Required | ToolChoice::Allowed { required: true, .. }) => Some("required"),
        Some(ToolChoice::Named(name)) => Some(name),
        _ => None,
    }
}
