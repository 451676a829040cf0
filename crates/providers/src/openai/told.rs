//! Conversations of other dialects as OpenAI's own models take them: what a model refuses is left out and reported.
//!
//! Source: OpenAI's API reference and its guide to reasoning models, as sampled in November 2026.

use serde_json::Value;
use tidegate_wire::Translation;
use tidegate_wire::conversation::Conversation;

use super::models::{self, Reasoning};
use crate::carriage::asks_nothing;
use crate::conversing::{Known, Recall};

/// What the API knows.
pub(super) static KNOWN: Known = Known {
    whole_api: true,
    thoughts: Recall::No,
    members: &[NEWER_LIMIT],
    ..Known::COMMON
};

const LIMIT: &str = "max_tokens";
const NEWER_LIMIT: &str = "max_completion_tokens";
const EFFORT: &str = "reasoning_effort";

/// The most sequences at which to stop.
const MOST_STOPS: usize = 4;

/// Names of users and of caches, and how many characters they may have.
const NAMES: [&str; 3] = ["user", "safety_identifier", "prompt_cache_key"];
const LONGEST_NAME: usize = 64;

/// What models that reason refuse, unless it asks for nothing.
const NOT_BESIDE_REASONING: [&str; 8] = [
    "temperature",
    "top_p",
    "presence_penalty",
    "frequency_penalty",
    "logprobs",
    "top_logprobs",
    "logit_bias",
    "stop",
];

/// Leaves of a conversation what the model takes, and reports the rest.
pub(super) fn pare(model: Option<&str>, asked: &mut Conversation, report: &mut Translation) {
    let model = model.unwrap_or_default();
    let reasoning = models::reasoning(model);
    stops(asked, report);
    effort(reasoning, asked, report);
    if let Some(reasoning) = reasoning {
        for name in NOT_BESIDE_REASONING {
            leave_out(name, asked, report);
        }
        if !reasoning.parallel_calls
            && asked.parallel_calls.take() == Some(false)
            && !asked.tools.is_empty()
        {
            report.dropped("parallel_tool_calls");
        }
    }
    for name in NAMES {
        let value = asked.members.get(name).and_then(Value::as_str);
        if value.is_some_and(|text| text.chars().count() > LONGEST_NAME) {
            leave_out(name, asked, report);
        }
    }
}

/// Tells the limit on tokens of chat completions by the name that the model takes.
pub(super) fn limit(model: Option<&str>, asked: &mut Conversation) {
    // Azure's older versions of the API know no other name.
    if !models::takes_older_limit(model.unwrap_or_default())
        && let Some(limit) = asked.members.shift_remove(LIMIT)
    {
        asked.members.insert(NEWER_LIMIT.to_owned(), limit);
    }
}

fn leave_out(name: &str, asked: &mut Conversation, report: &mut Translation) {
    let Some(value) = asked.members.shift_remove(name) else {
        return;
    };
    let is_default = matches!(name, "temperature" | "top_p") && value.as_f64() == Some(1.0);
    if !is_default && !asks_nothing(name, &value) {
        report.dropped(name);
    }
}

fn stops(asked: &mut Conversation, report: &mut Translation) {
    let stops = asked.members.get_mut("stop").and_then(Value::as_array_mut);
    if let Some(stops) = stops.filter(|stops| stops.len() > MOST_STOPS) {
        report.clamped("stop", &stops.len(), &MOST_STOPS);
        stops.truncate(MOST_STOPS);
    }
}

/// Says how much the model is to reason in words that it knows. What never reasons need not be kept from it.
fn effort(reasoning: Option<Reasoning>, asked: &mut Conversation, report: &mut Translation) {
    let Some(effort) = asked.members.get_mut(EFFORT) else {
        return;
    };
    let nearest = reasoning.and_then(|it| it.nearest(effort.as_str()?));
    match nearest {
        Some(nearest) if *effort == nearest => {}
        Some(nearest) => {
            report.clamped(EFFORT, &effort.as_str().unwrap_or_default(), &nearest);
            *effort = nearest.into();
        }
        None => {
            if effort != "none" {
                report.dropped(EFFORT);
            }
            asked.members.shift_remove(EFFORT);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tidegate_wire::conversation::{Function, Tool};

    use super::*;

    #[test]
    fn models_are_told_what_they_take() {
        let long = "x".repeat(65);
        for (model, members, want, told) in [
            (
                "gpt-4o",
                json!({"max_tokens": 9, "temperature": 0.5, "top_p": 0.9, "stop": ["a", "b", "c", "d", "e"],
                       "reasoning_effort": "high", "user": "ann"}),
                json!({"max_tokens": 9, "temperature": 0.5, "top_p": 0.9, "stop": ["a", "b", "c", "d"], "user": "ann"}),
                "dropped=reasoning_effort; clamped=stop:5>4",
            ),
            (
                "gpt-4.1",
                json!({"reasoning_effort": "none", "user": long}),
                json!({}),
                "dropped=user",
            ),
            (
                "o3-mini",
                json!({"max_tokens": 9, "temperature": 0.5, "top_p": 1, "stop": ["a"], "reasoning_effort": "xhigh"}),
                json!({"reasoning_effort": "high", "max_completion_tokens": 9}),
                "dropped=temperature,stop,parallel_tool_calls; clamped=reasoning_effort:xhigh>high",
            ),
            (
                "o1-mini",
                json!({"reasoning_effort": "low"}),
                json!({}),
                "dropped=reasoning_effort,parallel_tool_calls",
            ),
            (
                "gpt-5",
                json!({"temperature": 1.0, "logprobs": false, "reasoning_effort": "none"}),
                json!({"reasoning_effort": "minimal"}),
                "clamped=reasoning_effort:none>minimal",
            ),
            (
                "gpt-5.1",
                json!({"reasoning_effort": "minimal"}),
                json!({"reasoning_effort": "low"}),
                "clamped=reasoning_effort:minimal>low",
            ),
            (
                "ft:gpt-5.4-mini:org::id",
                json!({"reasoning_effort": "max"}),
                json!({"reasoning_effort": "xhigh"}),
                "clamped=reasoning_effort:max>xhigh",
            ),
            (
                "gpt-5-chat-latest",
                json!({"max_tokens": 9, "temperature": 0.5, "reasoning_effort": "low"}),
                json!({"temperature": 0.5, "max_completion_tokens": 9}),
                "dropped=reasoning_effort",
            ),
            (
                "my-deployment",
                json!({"max_tokens": 9, "temperature": 0.5, "reasoning_effort": 3}),
                json!({"temperature": 0.5, "max_completion_tokens": 9}),
                "dropped=reasoning_effort",
            ),
        ] {
            let Value::Object(members) = members else {
                panic!("{members}")
            };
            let mut asked = Conversation {
                members,
                parallel_calls: Some(false),
                tools: vec![Tool::Function(Function::default())],
                ..Conversation::default()
            };
            let mut report = Translation::default();
            pare(Some(model), &mut asked, &mut report);
            limit(Some(model), &mut asked);
            assert_eq!(Value::Object(asked.members), want, "{model}");
            assert_eq!(report.to_string(), told, "{model}");
        }
    }
}
