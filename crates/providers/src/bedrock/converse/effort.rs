//! How long the model is to think, in the words of each family.

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Content, Conversation, Speaker};

use super::super::abilities::{Abilities, Effort};
use super::ADDITIONAL;
use crate::carriage::put;

/// OpenAI's words, from the least to the most.
const WORDS: [&str; 7] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

const THREE: &[&str] = &["low", "medium", "high"];

/// The tokens of a budget of thought. Anthropic wants no fewer than the first.
const BUDGETS: [(&str, u64); 3] = [("low", 1024), ("medium", 8192), ("high", 16384)];

/// Writes how long to think, and returns true where the model does so in a way that lets it take no temperature.
pub(super) fn write(
    able: Abilities,
    asked: &mut Conversation,
    must_call: bool,
    body: &mut Map<String, Value>,
    report: &mut Translation,
) -> bool {
    let Some(wanted) = asked.members.shift_remove("reasoning_effort") else {
        return false;
    };
    let Some(wanted) = wanted.as_str().filter(|word| WORDS.contains(word)) else {
        report.dropped("reasoning_effort");
        return false;
    };
    let mut say = |place: &str, value: Value| put(body, &format!("{ADDITIONAL}.{place}"), value);
    match (able.effort, wanted) {
        (Effort::Unknown, _) => report.dropped("reasoning_effort"),
        // What these do unless told otherwise.
        (Effort::Budget | Effort::Adaptive(_) | Effort::Nova, "none") => {}
        (Effort::Budget, wanted) => {
            let budget = budget(nearest(wanted, THREE, report), asked);
            // A model that thinks cannot be made to call, and must remember what it thought before its last calls.
            let Some(budget) = budget.filter(|_| !must_call && !forgets(asked)) else {
                report.dropped("reasoning_effort");
                return false;
            };
            say(
                "thinking",
                json!({"type": "enabled", "budget_tokens": budget}),
            );
            return true;
        }
        // Without thought, effort goes no higher than `high`.
        (Effort::Adaptive(_), wanted) if must_call => {
            put(
                body,
                "outputConfig.effort",
                nearest(wanted, THREE, report).into(),
            );
        }
        (Effort::Adaptive(words), wanted) => {
            say("thinking", json!({"type": "adaptive"}));
            put(
                body,
                "outputConfig.effort",
                nearest(wanted, words, report).into(),
            );
            return true;
        }
        (Effort::Nova, wanted) => {
            let word = nearest(wanted, THREE, report);
            say(
                "reasoningConfig",
                json!({"type": "enabled", "maxReasoningEffort": word}),
            );
            return word == "high";
        }
        (Effort::Flat, wanted) => say("reasoning_effort", nearest(wanted, THREE, report).into()),
        (Effort::Nested, wanted) => {
            let words = &["none", "low", "medium", "high", "xhigh"];
            say("reasoning.effort", nearest(wanted, words, report).into());
        }
        (Effort::Qwen, wanted) => {
            say(
                "reasoning_config",
                nearest(wanted, &["low", "high"], report).into(),
            );
        }
    }
    false
}

/// Returns the word that a model knows and that asks for no more, or else the least that it knows.
fn nearest(wanted: &str, known: &[&'static str], report: &mut Translation) -> &'static str {
    let rank = |word: &str| WORDS.iter().position(|it| *it == word);
    let below = known.iter().rev().find(|word| rank(word) <= rank(wanted));
    let nearest = below.or(known.first()).copied().unwrap_or_default();
    if nearest != wanted {
        report.clamped("reasoning_effort", &wanted, &nearest);
    }
    nearest
}

/// Returns the tokens for a word. The answer must have room for more than the thought.
fn budget(word: &str, asked: &Conversation) -> Option<u64> {
    let (_, budget) = BUDGETS.iter().find(|(known, _)| *known == word)?;
    let (_, least) = BUDGETS.first()?;
    let most = asked.members.get("max_tokens").and_then(Value::as_u64);
    let room = most.map_or(*budget, |most| most.saturating_sub(1).min(*budget));
    (room >= *least).then_some(room)
}

/// True where the model's last turn made calls and does not hold what it thought before.
fn forgets(asked: &Conversation) -> bool {
    let turns = asked.turns.iter().rev();
    let mut said = turns.skip_while(|turn| turn.speaker != Speaker::Assistant);
    let parts = said.next().map_or(&[][..], |turn| turn.parts.as_slice());
    let called = parts
        .iter()
        .any(|part| matches!(part.content, Content::Call(_)));
    let thought = parts.iter().any(|part| match part.content {
        Content::Reasoning(_) => part.signature.is_some(),
        Content::Redacted(_) => true,
        _ => false,
    });
    called && !thought
}
