//! Parts of a message of the output.

use serde_json::{Value, json};

use super::item::Told;

/// A text of which a beginning has been told.
#[derive(Debug, Default)]
pub(super) struct Growing {
    /// All of it.
    pub(super) text: String,
    told: usize,
}

impl Growing {
    /// True when there is something to tell, and nothing has been told.
    pub(super) fn is_untold(&self) -> bool {
        self.told == 0 && !self.text.is_empty()
    }

    /// Returns what has not been told, and counts it as told.
    pub(super) fn news(&mut self) -> Option<&str> {
        let from = std::mem::replace(&mut self.told, self.text.len());
        self.text.get(from..).filter(|piece| !piece.is_empty())
    }
}

/// A part of a message.
#[derive(Debug, Default)]
pub(super) struct Piece {
    /// True for words with which the model refused.
    pub(super) refusal: bool,
    /// The words.
    pub(super) text: Growing,
    /// What the words refer to.
    pub(super) annotations: Vec<Value>,
    /// How probable they were.
    pub(super) logprobs: Vec<Value>,
    begun: bool,
    told_annotations: usize,
    told_logprobs: usize,
}

impl Piece {
    /// A part without words.
    pub(super) fn new(refusal: bool) -> Self {
        Self {
            refusal,
            ..Self::default()
        }
    }

    /// Tells what has not been told of it; `place` and `index` say where it stands.
    pub(super) fn tell(
        &mut self,
        item: &str,
        place: usize,
        index: usize,
        ends: bool,
        told: &mut Told,
    ) {
        let at = |mut more: Value| {
            if let Some(members) = more.as_object_mut() {
                members.insert("item_id".to_owned(), json!(item));
                members.insert("output_index".to_owned(), json!(place));
                members.insert("content_index".to_owned(), json!(index));
            }
            more
        };
        if !self.begun {
            self.begun = true;
            let part = self.json(false);
            told.push(("response.content_part.added", at(json!({"part": part}))));
        }
        if let Some(delta) = self.text.news() {
            told.push(if self.refusal {
                ("response.refusal.delta", at(json!({"delta": delta})))
            } else {
                let from = std::mem::replace(&mut self.told_logprobs, self.logprobs.len());
                let logprobs = self.logprobs.get(from..).unwrap_or_default();
                let delta = json!({"delta": delta, "logprobs": logprobs});
                ("response.output_text.delta", at(delta))
            });
        }
        let from = std::mem::replace(&mut self.told_annotations, self.annotations.len());
        for (number, annotation) in self.annotations.iter().enumerate().skip(from) {
            told.push((
                "response.output_text.annotation.added",
                at(json!({"annotation_index": number, "annotation": annotation})),
            ));
        }
        if ends {
            let text = &self.text.text;
            told.push(if self.refusal {
                ("response.refusal.done", at(json!({"refusal": text})))
            } else {
                let done = json!({"text": text, "logprobs": self.logprobs});
                ("response.output_text.done", at(done))
            });
            let part = self.json(true);
            told.push(("response.content_part.done", at(json!({"part": part}))));
        }
    }

    /// Writes it, with or without what it says.
    pub(super) fn json(&self, filled: bool) -> Value {
        let text = if filled { self.text.text.as_str() } else { "" };
        if self.refusal {
            return json!({"type": "refusal", "refusal": text});
        }
        let list =
            |items: &Vec<Value>| Value::from(if filled { items.clone() } else { Vec::new() });
        json!({
            "type": "output_text", "annotations": list(&self.annotations), "logprobs": list(&self.logprobs), "text": text,
        })
    }
}

/// Returns an annotation of the chat API as this API writes it: without an object around its members.
pub(super) fn annotation(written: Value) -> Value {
    let Value::Object(mut members) = written else {
        return written;
    };
    let kind = members.get("type").and_then(Value::as_str);
    let kind = kind.map(str::to_owned).unwrap_or_default();
    if let Some(Value::Object(inner)) = members.shift_remove(&kind) {
        members.extend(inner);
    }
    Value::Object(members)
}
