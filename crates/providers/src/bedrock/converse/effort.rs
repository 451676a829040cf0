//! How long the model is to think, in the words of each family.

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::Conversation;

use super::super::abilities::{Abilities, Effort};
use super::ADDITIONAL;
use crate::anthropic::chat::thinking::{BUDGETS, LEAST, forgets_thoughts};
use crate::carriage::put;

/// OpenAI's words, from the least to the most.
const WORDS: [&str; 7] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

const EFFORT: &str = "reasoning_effort";
const OUTPUT_EFFORT: &str = "outputConfig.effort";

/// The words of most models.
const THREE: &[&str] = &["low", "medium", "high"];

/// The words of Claude 4.6, and of newer ones.
const ADAPTIVE: &[&str] = &["low", "medium", "high", "max"];
const NEWER: &[&str] = &["low", "medium", "high", "xhigh"];

/// The words of GPT-5 and newer.
const NESTED: &[&str] = &["none", "low", "medium", "high", "xhigh"];

/// Writes how long to think, and returns true where the model does so in a way that lets it take no temperature.
pub(super) fn write(
    able: Abilities,
    asked: &mut Conversation,
    must_call: bool,
    body: &mut Map<String, Value>,
    report: &mut Translation,
) -> bool {
    let wanted = asked.members.shift_remove(EFFORT);
    if thinks_anyway(able, asked) {
        return true;
    }
    let Some(wanted) = wanted else { return false };
    let Some(wanted) = wanted.as_str().filter(|word| WORDS.contains(word)) else {
        report.dropped(EFFORT);
        return false;
    };
    let mut nearest = |known| nearest(wanted, known, report);
    let (place, value, thinks) = match able.effort {
        // What these do unless told otherwise.
        Effort::Budget | Effort::Adaptive { .. } | Effort::Nova if wanted == "none" => {
            return false;
        }
        Effort::Budget => {
            let Some(budget) = budget(wanted, must_call, asked) else {
                report.dropped(EFFORT);
                return false;
            };
            let told = json!({"type": "enabled", "budget_tokens": budget});
            ("thinking", told, true)
        }
        // Without thought, effort goes no higher than `high`.
        Effort::Adaptive { .. } if must_call => {
            put(body, OUTPUT_EFFORT, nearest(THREE).into());
            return false;
        }
        Effort::Adaptive { hides: false } => {
            put(body, OUTPUT_EFFORT, nearest(ADAPTIVE).into());
            ("thinking", json!({"type": "adaptive"}), true)
        }
        Effort::Adaptive { hides: true } => {
            put(body, OUTPUT_EFFORT, nearest(NEWER).into());
            let told = json!({"type": "adaptive", "display": "summarized"});
            ("thinking", told, true)
        }
        Effort::Nova => {
            let word = nearest(THREE);
            let told = json!({"type": "enabled", "maxReasoningEffort": word});
            ("reasoningConfig", told, word == "high")
        }
        Effort::Flat => (EFFORT, nearest(THREE).into(), false),
        Effort::Nested => ("reasoning.effort", nearest(NESTED).into(), false),
        Effort::Qwen => ("reasoning_config", nearest(&["low", "high"]).into(), false),
        Effort::Unknown => {
            report.dropped(EFFORT);
            return false;
        }
    };
    put(body, &format!("{ADDITIONAL}.{place}"), value);
    thinks
}

/// Returns the word that a model knows and that asks for no more, or else the least that it knows.
fn nearest(wanted: &str, known: &[&'static str], report: &mut Translation) -> &'static str {
    let rank = |word: &str| WORDS.iter().position(|it| *it == word);
    let below = known.iter().rev().find(|word| rank(word) <= rank(wanted));
    let nearest = below.or(known.first()).copied().unwrap_or_default();
    if nearest != wanted {
        report.clamped(EFFORT, &wanted, &nearest);
    }
    nearest
}

/// Returns the tokens for a word; nothing where the model cannot think: it must call, it does not remember what it thought
/// before its last calls, or the client allows too few tokens. A quarter of these is kept for the answer where it can be.
fn budget(word: &str, must_call: bool, asked: &Conversation) -> Option<u64> {
    if must_call || forgets_thoughts(asked) {
        return None;
    }
    let (_, budget) = BUDGETS.iter().find(|(known, _)| *known == word)?;
    match asked.members.get("max_tokens").and_then(Value::as_u64) {
        None => Some(*budget),
        Some(most) if most > LEAST => Some((*budget).min((most - most / 4).max(LEAST))),
        Some(_) => None,
    }
}

/// True where the client asks Claude to think in Anthropic's own words, which say more than an effort.
fn thinks_anyway(able: Abilities, asked: &Conversation) -> bool {
    let thinking = asked.members.get("thinking").and_then(|it| it.get("type"));
    matches!(able.effort, Effort::Budget | Effort::Adaptive { .. })
        && thinking.is_some_and(|kind| kind != "disabled")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bedrock::model::Model;

    /// A model, its members, whether it must call; the body, whether it thinks, the report.
    type Row<'a> = (&'a str, Value, bool, Value, bool, &'a str);

    fn check<const N: usize>(rows: [Row<'_>; N]) {
        for (id, members, must_call, body, thinks, told) in rows {
            let mut asked = Conversation {
                members: members.as_object().unwrap().clone(),
                ..Conversation::default()
            };
            let (mut written, mut report) = (Map::new(), Translation::default());
            let able = Model::read(Some(id)).abilities();
            let found = write(able, &mut asked, must_call, &mut written, &mut report);
            assert_eq!(
                (Value::Object(written), found),
                (body, thinks),
                "{id} {members}"
            );
            assert_eq!(report.to_string(), told, "{id} {members}");
        }
    }

    fn asks(word: &str) -> Value {
        json!({ EFFORT: word })
    }

    fn more(told: &Value) -> Value {
        json!({"additionalModelRequestFields": told})
    }

    #[test]
    fn every_family_has_its_words() {
        const QWEN: &str = "qwen.qwen3-32b-v1:0";
        const NOVA: &str = "amazon.nova-2-lite-v1:0";
        let nova = |word| {
            let told = json!({"type": "enabled", "maxReasoningEffort": word});
            more(&json!({ "reasoningConfig": told }))
        };
        let dropped = "dropped=reasoning_effort";
        let qwen = more(&json!({"reasoning_config": "low"}));
        let gpt_oss = more(&json!({"reasoning_effort": "low"}));
        let gpt = more(&json!({"reasoning": {"effort": "xhigh"}}));
        let (medium, none) = (
            "clamped=reasoning_effort:medium>low",
            "clamped=reasoning_effort:none>low",
        );
        let high = "clamped=reasoning_effort:xhigh>high";
        check([
            ("meta.llama4", asks("low"), false, json!({}), false, dropped),
            (QWEN, json!({EFFORT: 3}), false, json!({}), false, dropped),
            (QWEN, json!({}), false, json!({}), false, ""),
            (QWEN, asks("medium"), false, qwen, false, medium),
            (
                "openai.gpt-oss-20b",
                asks("none"),
                false,
                gpt_oss,
                false,
                none,
            ),
            ("openai.gpt-5.5", asks("xhigh"), false, gpt, false, ""),
            (NOVA, asks("low"), false, nova("low"), false, ""),
            (NOVA, asks("xhigh"), true, nova("high"), true, high),
            (NOVA, asks("none"), false, json!({}), false, ""),
        ]);
    }

    #[test]
    fn claudes_think_within_a_budget_or_as_they_see_fit() {
        const BUDGET: &str = "anthropic.claude-sonnet-4-5";
        const ADAPTS: &str = "anthropic.claude-sonnet-4-6";
        const HIDES: &str = "anthropic.claude-opus-4-7";
        let thinking =
            |tokens: u64| more(&json!({"thinking": {"type": "enabled", "budget_tokens": tokens}}));
        let effort = |word: &str| json!({"effort": word});
        let within = |most: u64| json!({EFFORT: "high", "max_tokens": most});
        let adaptive = json!({"outputConfig": effort("high"),
            "additionalModelRequestFields": {"thinking": {"type": "adaptive"}}});
        let shown = json!({"type": "adaptive", "display": "summarized"});
        let shown = json!({"outputConfig": effort("xhigh"),
            "additionalModelRequestFields": {"thinking": shown}});
        let silent = json!({"outputConfig": effort("high")});
        let dropped = "dropped=reasoning_effort";
        let high = "clamped=reasoning_effort:xhigh>high";
        let own = json!({EFFORT: "low", "thinking": {"type": "enabled", "budget_tokens": 2000}});
        check([
            (BUDGET, own, true, json!({}), true, ""),
            (BUDGET, asks("low"), false, thinking(1024), true, ""),
            (BUDGET, within(4000), false, thinking(3000), true, ""),
            (BUDGET, within(1025), false, thinking(1024), true, ""),
            (BUDGET, within(1024), false, json!({}), false, dropped),
            (BUDGET, asks("high"), true, json!({}), false, dropped),
            (BUDGET, asks("none"), false, json!({}), false, ""),
            (ADAPTS, asks("xhigh"), false, adaptive, true, high),
            (HIDES, asks("xhigh"), false, shown, true, ""),
            (HIDES, asks("xhigh"), true, silent, false, high),
        ]);
    }
}
