//! Log probabilities: how they are asked for, and how they read in OpenAI's form.

use serde::Deserialize;
use serde_json::{Map, Number, Value, json};
use tidegate_wire::conversation::Conversation;

use crate::carriage::{asks_nothing, put};

/// Asks for them. How many is asked only where they are.
pub(super) fn ask(asked: &Conversation, body: &mut Map<String, Value>) {
    if asked.members.get("logprobs").is_none_or(|it| it != true) {
        return;
    }
    for (name, path) in [
        ("logprobs", "generationConfig.responseLogprobs"),
        ("top_logprobs", "generationConfig.logprobs"),
    ] {
        let value = asked.members.get(name);
        if let Some(value) = value.filter(|value| !asks_nothing(name, value)) {
            put(body, path, value.clone());
        }
    }
}

/// What an answer tells of a candidate's tokens.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Told {
    chosen_candidates: Option<Vec<Token>>,
    top_candidates: Option<Vec<Top>>,
}

/// What could have stood in a token's place.
#[derive(Default, Deserialize)]
struct Top {
    candidates: Option<Vec<Token>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Token {
    token: Option<String>,
    log_probability: Option<Number>,
}

impl Token {
    fn write(&self) -> Map<String, Value> {
        let members = [
            ("token", json!(self.token.as_deref().unwrap_or_default())),
            ("logprob", json!(self.log_probability)),
            ("bytes", Value::Null),
        ];
        members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

impl Told {
    /// Returns them in OpenAI's form.
    pub(super) fn write(self) -> Value {
        let mut tops = self.top_candidates.unwrap_or_default().into_iter();
        let chosen = self.chosen_candidates.unwrap_or_default();
        let tokens = chosen.iter().map(|token| {
            let top = tops.next().unwrap_or_default().candidates;
            let top: Value = top.iter().flatten().map(Token::write).collect();
            let mut written = token.write();
            written.insert("top_logprobs".to_owned(), top);
            Value::Object(written)
        });
        json!({"content": tokens.collect::<Vec<_>>(), "refusal": null})
    }
}
