//! Where providers that speak OpenAI's dialect differ from it: tables of what they spell otherwise or do not know. A body
//! that meets no row passes as it is.

use std::borrow::Cow;

use memchr::memmem;
use serde_json::{Map, Value, json};
use tidegate_wire::json::has_member;
use tidegate_wire::{Operation, Translation};

use crate::carriage::{asks_nothing, within};
use crate::encoded::Encoded;
use crate::provider::ModelEdit;

/// The differences of one operation.
#[derive(Clone, Debug)]
pub struct Quirks {
    /// What it is about.
    pub operation: Operation,
    /// Members that are spelled otherwise or not known.
    pub members: Cow<'static, [(&'static str, Quirk)]>,
    /// True where the role `developer` is not known: it is told as `system`.
    pub no_developer: bool,
    /// The form in which a message's content holds what was thought, where that is no member of its own
    /// (`reasoning_content`); answers are read accordingly ([`crate::Mender`]).
    pub thoughts: Thoughts,
}

/// How what was thought stands in a message that is sent back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thoughts {
    /// As the client sends it.
    Kept,
    /// As a piece `thinking` of the content: Mistral.
    Thinking,
    /// As a piece `reasoning` of the content, with its signature: Databricks.
    Reasoning,
}

/// Where clients send back what was thought.
const REASONING: &str = "reasoning_content";

/// What becomes of a member.
#[derive(Clone, Copy, Debug)]
pub enum Quirk {
    /// Sent under this name.
    As(&'static str),
    /// A number outside of the range becomes its nearer end.
    Within(f64, f64),
    /// `true` is sent as the number that stands in this other member, or as 1; `false` is left out.
    Counted(&'static str),
    /// Told by this other member ([`Quirk::Counted`]): left out, and reported where that one is missing.
    CountOf(&'static str),
    /// Left out, and reported where it asks for something.
    Unknown,
}

/// OpenAI's newer name of the system.
const DEVELOPER: &str = "developer";

/// Returns the table of an operation.
pub(crate) fn find(tables: &[&'static Quirks], operation: Operation) -> Option<&'static Quirks> {
    let mut tables = tables.iter().copied();
    tables.find(|table| table.operation == operation)
}

impl Quirks {
    /// True when a row is met: the body must be written anew.
    pub(crate) fn concern(&self, body: &[u8]) -> bool {
        let listed = |name: &str| self.members.iter().any(|(known, _)| *known == name);
        let holds = |text: &str| memmem::find(body, text.as_bytes()).is_some();
        self.no_developer && holds(DEVELOPER)
            || self.thoughts != Thoughts::Kept && holds(REASONING)
            || has_member(body, listed)
    }

    /// Writes a body as the provider knows it. All that no row names stays as it is, in its order.
    pub(crate) fn adapt(&self, body: Map<String, Value>, edit: &ModelEdit) -> Encoded {
        let mut report = Translation::default();
        let mut adapted = Map::new();
        let newer = self.newer_names(&body);
        for (name, value) in &body {
            match name.as_str() {
                "model" => with_model(&mut adapted, edit),
                name if newer.contains(&name) => {}
                name => {
                    let written = self.member(name, value, &body, &mut report);
                    adapted.extend(written.map(|(name, value)| (name.to_owned(), value)));
                }
            }
        }
        let messages = adapted.get_mut("messages").and_then(Value::as_array_mut);
        for message in messages.into_iter().flatten() {
            if let Some(message) = message.as_object_mut() {
                self.message(message);
            }
        }
        Encoded {
            body: adapted,
            report,
            ..Encoded::default()
        }
    }

    fn message(&self, message: &mut Map<String, Value>) {
        if self.no_developer
            && let Some(role) = message.get_mut("role")
            && role == DEVELOPER
        {
            *role = "system".into();
        }
        if self.thoughts != Thoughts::Kept
            && let Some(Value::String(thought)) = message.shift_remove(REASONING)
        {
            let blocks = message.shift_remove("thinking_blocks");
            let signature = blocks.as_ref().and_then(|it| it.pointer("/0/signature"));
            let piece = self.thoughts.piece(&thought, signature);
            put_before(message, piece);
        }
    }

    /// Returns a member as the provider knows it, if it does.
    fn member<'a>(
        &self,
        name: &'a str,
        value: &Value,
        body: &Map<String, Value>,
        report: &mut Translation,
    ) -> Option<(&'a str, Value)> {
        let Some(row) = self.row(name) else {
            return Some((name, value.clone()));
        };
        let asks = !asks_nothing(name, value);
        match row {
            Quirk::As(own) => asks.then(|| (own, value.clone())),
            Quirk::Within(least, most) => Some((name, within(name, value, (least, most), report))),
            Quirk::Counted(other) if value == true => {
                let count = body.get(other).filter(|it| it.is_number()).cloned();
                Some((name, count.unwrap_or_else(|| 1.into())))
            }
            Quirk::Counted(_) => asks.then(|| (name, value.clone())),
            Quirk::CountOf(other) if body.get(other).is_some_and(|it| it == true) => None,
            Quirk::CountOf(_) | Quirk::Unknown => {
                if asks {
                    report.dropped(name);
                }
                None
            }
        }
    }

    fn row(&self, name: &str) -> Option<Quirk> {
        let mut rows = self.members.iter();
        rows.find(|(known, _)| *known == name).map(|(_, it)| *it)
    }

    /// Names that stand beside the one that they are renamed from: the renamed member wins.
    fn newer_names(&self, body: &Map<String, Value>) -> Vec<&'static str> {
        let renamed = self.members.iter().filter_map(|(name, quirk)| match quirk {
            Quirk::As(own) if body.get(*name).is_some_and(|it| !it.is_null()) => Some(*own),
            _ => None,
        });
        renamed.collect()
    }
}

fn with_model(body: &mut Map<String, Value>, edit: &ModelEdit) {
    if let ModelEdit::Replace(text) = edit {
        let model = serde_json::from_slice(text).unwrap_or_default();
        body.insert("model".to_owned(), model);
    }
}

impl Thoughts {
    fn piece(self, thought: &str, signature: Option<&Value>) -> Value {
        if self == Self::Thinking {
            return json!({"type": "thinking", "thinking": [{"type": "text", "text": thought}]});
        }
        let mut summary = json!({"type": "summary_text", "text": thought});
        if let (Some(signature), Some(members)) = (signature, summary.as_object_mut()) {
            members.insert("signature".to_owned(), signature.clone());
        }
        json!({"type": "reasoning", "summary": [summary]})
    }
}

/// Puts a piece before what a message says, which becomes a list.
fn put_before(message: &mut Map<String, Value>, piece: Value) {
    let content = message.entry("content").or_insert(Value::Null);
    let mut pieces = vec![piece];
    match content.take() {
        Value::Array(said) => pieces.extend(said),
        Value::String(text) if !text.is_empty() => {
            pieces.push(json!({"type": "text", "text": text}));
        }
        _ => {}
    }
    *content = pieces.into();
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    static QUIRKS: Quirks = Quirks {
        operation: Operation::Chat,
        members: Cow::Borrowed(&[
            ("max_completion_tokens", Quirk::As("max_tokens")),
            ("temperature", Quirk::Within(0.0, 1.5)),
            ("n", Quirk::Unknown),
            ("user", Quirk::Unknown),
            ("logprobs", Quirk::Counted("top_logprobs")),
            ("top_logprobs", Quirk::CountOf("logprobs")),
        ]),
        no_developer: true,
        thoughts: Thoughts::Kept,
    };

    #[test]
    fn what_was_thought_goes_back_in_the_provider_s_form() {
        let said = json!({"role": "assistant", "reasoning_content": "hm", "content": "a",
                          "thinking_blocks": [{"type": "thinking", "thinking": "hm", "signature": "s"}]});
        let text = json!({"type": "text", "text": "a"});
        for (thoughts, piece) in [
            (
                Thoughts::Thinking,
                json!({"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}),
            ),
            (
                Thoughts::Reasoning,
                json!({"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm", "signature": "s"}]}),
            ),
        ] {
            let quirks = Quirks {
                thoughts,
                ..QUIRKS.clone()
            };
            let body = json!({"messages": [said]});
            assert!(quirks.concern(body.to_string().as_bytes()));
            let Value::Object(members) = body else {
                panic!("no object")
            };
            let adapted = Value::Object(quirks.adapt(members, &ModelEdit::Remove).body);
            let want = json!({"messages": [{"role": "assistant", "content": [piece, text]}]});
            assert_eq!(adapted, want);
        }
    }

    #[test]
    fn a_body_that_meets_a_row_is_written_anew() {
        for (body, concerned) in [
            (
                json!({"model": "r", "messages": [{"role": "user"}], "seed": 1}),
                false,
            ),
            (json!({"messages": [{"role": "developer"}]}), true),
            (json!({"messages": [], "n": 1}), true),
            (json!({"messages": [{"n": 1}]}), false),
        ] {
            assert_eq!(
                QUIRKS.concern(body.to_string().as_bytes()),
                concerned,
                "{body}"
            );
        }
        let edit = ModelEdit::Replace(Bytes::from_static(b"\"m\""));
        for (body, want, report) in [
            (
                json!({"n": 1, "model": "r", "x": 1.50, "max_tokens": 1, "max_completion_tokens": 2, "user": null}),
                json!({"model": "m", "x": 1.50, "max_tokens": 2}),
                "",
            ),
            (
                json!({"user": "ann", "n": 2, "temperature": 2, "messages": [{"role": "developer", "content": "a"}]}),
                json!({"temperature": 1.5, "messages": [{"role": "system", "content": "a"}]}),
                "dropped=user,n; clamped=temperature:2>1.5",
            ),
            (
                json!({"logprobs": true, "top_logprobs": 3}),
                json!({"logprobs": 3}),
                "",
            ),
            (json!({"logprobs": true}), json!({"logprobs": 1}), ""),
            (json!({"logprobs": 2}), json!({"logprobs": 2}), ""),
            (json!({"logprobs": false}), json!({}), ""),
            (
                json!({"top_logprobs": 3}),
                json!({}),
                "dropped=top_logprobs",
            ),
            (
                json!({"max_completion_tokens": null, "max_tokens": 3}),
                json!({"max_tokens": 3}),
                "",
            ),
        ] {
            let Value::Object(members) = body.clone() else {
                panic!("{body}")
            };
            let adapted = QUIRKS.adapt(members, &edit);
            assert_eq!(
                Value::Object(adapted.body).to_string(),
                want.to_string(),
                "{body}"
            );
            assert_eq!(adapted.report.to_string(), report, "{body}");
        }
    }
}
