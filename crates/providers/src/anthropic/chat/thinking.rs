//! `reasoning_effort` as thinking, and what thinking excludes.
//!
//! Source: Anthropic's pages on extended and adaptive thinking and on effort, as sampled in November 2026: with thinking
//! the temperature is 1, no tool can be forced, and a turn that called tools must be sent back with what was thought.

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Content, Conversation, Speaker, ToolChoice};

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
    let effort = asked.members.get(EFFORT).and_then(Value::as_str);
    let Some(effort) = effort.filter(|effort| *effort != "none") else {
        return;
    };
    if !generation.thinks() || emulates_schema || forgets_thoughts(asked) {
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

/// Gives thinking a number of tokens below that of the whole answer; false where that leaves too few.
fn budget(effort: &str, asked: &Conversation, body: &mut Map<String, Value>) -> bool {
    let mut steps = BUDGETS.iter();
    let Some((_, wanted)) = steps.find(|(known, _)| *known == effort) else {
        return false;
    };
    let named = asked.members.get(MAX_TOKENS).and_then(Value::as_u64);
    let budget = if let Some(most) = named {
        (*wanted).min(most.saturating_sub(1))
    } else {
        let most = default_tokens(None).saturating_add(*wanted);
        body.insert(MAX_TOKENS.to_owned(), most.into());
        *wanted
    };
    if budget < LEAST {
        return false;
    }
    let thinking = json!({"type": "enabled", "budget_tokens": budget});
    body.insert("thinking".to_owned(), thinking);
    true
}

/// True when the last turn called tools and what was thought before it is not known any more.
pub(crate) fn forgets_thoughts(asked: &Conversation) -> bool {
    let mut turns = asked.turns.iter().rev();
    let Some(last) = turns.find(|turn| turn.speaker == Speaker::Assistant) else {
        return false;
    };
    let has = |wanted: fn(&Content) -> bool| last.parts.iter().any(|part| wanted(&part.content));
    let signed = last.parts.iter().any(|part| {
        matches!(part.content, Content::Reasoning(_)) && part.signature.is_some()
            || matches!(part.content, Content::Redacted(_))
    });
    has(|content| matches!(content, Content::Call(_))) && !signed
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
    let forced = match &asked.choice {
        Some(ToolChoice::Required | ToolChoice::Allowed { required: true, .. }) => "required",
        Some(ToolChoice::Named(name)) => name,
        _ => return,
    };
    report.clamped("tool_choice", &forced, &"auto");
}
