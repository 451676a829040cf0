//! The output: items one after the other. Only one of them is told at a time; what belongs to a later one waits.

use std::collections::HashMap;

use serde_json::Value;

use super::item::{Body, Item, Nesting, Told};
use super::piece::{Growing, Piece, annotation};
use super::probability;
use super::response::lack;
use super::tool::Names;
use crate::dialect::envelope::{seal_call, seal_redacted, seal_text};
use crate::event::{Event, Signed};
use crate::fold::MOST;

/// The items of one answer.
#[derive(Debug, Default)]
pub(super) struct Output {
    items: Vec<Item>,
    /// How many of them are told whole.
    told: usize,
    /// Where calls stand, by the index that the provider gives them.
    calls: HashMap<u32, usize>,
    /// Annotations and log probabilities of a text that has not come yet.
    annotations: Vec<Value>,
    logprobs: Vec<Value>,
    /// Why the answer ended.
    reason: Option<String>,
    over: bool,
    /// Bytes of what was said, and of what holds it.
    size: usize,
}

/// What is to be added.
enum Step {
    Event(Event),
    /// An envelope with somebody's signature.
    Seal(String),
}

/// Signatures that come with the beginning of what they sign.
#[derive(Default)]
struct Early {
    /// Of calls, by index.
    calls: HashMap<u32, Vec<String>>,
    /// Of the text that begins; `None` when none does.
    texts: Option<Vec<String>>,
}

impl Output {
    /// Adds what a frame says of the first choice, and returns what is to be told of it.
    pub(super) fn add(&mut self, mut batch: Vec<Event>, suffix: &str, names: &Names) -> Told {
        let mut told = Told::new();
        batch.retain(|event| event.choice().is_none_or(|choice| choice == 0));
        for step in self.arrange(batch, suffix) {
            if self.over {
                break;
            }
            match step {
                Step::Seal(sealed) => {
                    self.size = self.size.saturating_add(sealed.len());
                    self.sealed(sealed, suffix);
                }
                Step::Event(event) => {
                    self.size = self.size.saturating_add(size(&event));
                    self.event(event, suffix, names);
                }
            }
            self.tell(&mut told);
        }
        told
    }

    /// Ends it, if it has not ended, and returns what is to be told of that.
    pub(super) fn finish(&mut self) -> Told {
        let mut told = Told::new();
        self.close();
        self.tell(&mut told);
        told
    }

    /// How many bytes are kept.
    pub(super) const fn size(&self) -> usize {
        self.size
    }

    /// Why it ended, in the words of OpenAI's chat API.
    pub(super) fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Returns the items that have been told whole.
    pub(super) fn items(&self) -> impl Iterator<Item = Value> {
        self.items.iter().take(self.told).map(Item::json)
    }

    /// Puts signatures before what they sign where both come at once, and log probabilities before their text.
    fn arrange(&self, batch: Vec<Event>, suffix: &str) -> Vec<Step> {
        let mut early = self.early(&batch);
        let mut steps: Vec<Step> = Vec::with_capacity(batch.len());
        for event in batch {
            match &event {
                Event::Signature { of, signature, .. } if *of != Signed::Reasoning => {
                    let seal = match of {
                        Signed::Call(index) => self.made(*index).map(|id| seal_call(id, signature)),
                        _ => early.texts.is_none().then(|| seal_text(signature)),
                    };
                    steps.extend(seal.map(Step::Seal));
                    continue;
                }
                Event::ToolCall { index, id, .. } => {
                    let id = call_id(id, *index, suffix);
                    let seals = early.calls.remove(index).into_iter().flatten();
                    steps.extend(seals.map(|signature| Step::Seal(seal_call(&id, &signature))));
                }
                Event::Text { text, .. } if !text.is_empty() => {
                    let seals = early.texts.iter_mut().flat_map(std::mem::take);
                    steps.extend(seals.map(|signature| Step::Seal(seal_text(&signature))));
                }
                _ => {}
            }
            let probable = matches!(event, Event::Logprobs { .. });
            let after = matches!(steps.last(), Some(Step::Event(Event::Text { .. })));
            let place = steps.len() - usize::from(probable && after);
            steps.insert(place, Step::Event(event));
        }
        steps
    }

    /// Returns the signatures under what only begins with this frame.
    fn early(&self, batch: &[Event]) -> Early {
        let mut early = Early::default();
        let begins = |event: &Event| matches!(event, Event::Text { text, .. } if !text.is_empty());
        if !self.says_something() && batch.iter().any(begins) {
            early.texts = Some(Vec::new());
        }
        for event in batch {
            if let Event::Signature { of, signature, .. } = event {
                match of {
                    Signed::Text => {
                        let texts = early.texts.iter_mut();
                        texts.for_each(|texts| texts.push(signature.clone()));
                    }
                    Signed::Call(index) if !self.calls.contains_key(index) => {
                        early
                            .calls
                            .entry(*index)
                            .or_default()
                            .push(signature.clone());
                    }
                    Signed::Call(_) | Signed::Reasoning => {}
                }
            }
        }
        early
    }

    /// Returns the id of a call that has begun.
    fn made(&self, index: u32) -> Option<&str> {
        let item = self.items.get(*self.calls.get(&index)?)?;
        match &item.body {
            Body::Call { id, .. } => Some(id),
            Body::Thought { .. } | Body::Message { .. } => None,
        }
    }

    /// True while a message may still grow.
    fn says_something(&self) -> bool {
        let last = self.items.last().filter(|item| !item.over);
        last.is_some_and(|item| matches!(item.body, Body::Message { .. }))
    }

    fn event(&mut self, event: Event, suffix: &str, names: &Names) {
        match event {
            Event::Text { text, .. } if !text.is_empty() => self.say(false, &text, suffix),
            Event::Refusal { text, .. } if !text.is_empty() => self.say(true, &text, suffix),
            Event::Reasoning { text, .. } => self.think(&text, suffix),
            Event::Signature { signature, .. } => self.sign(&signature, suffix),
            Event::Redacted { data, .. } => self.sealed(seal_redacted(&data), suffix),
            Event::ToolCall {
                index, id, name, ..
            } if index < MOST && !self.calls.contains_key(&index) => {
                self.calls.insert(index, self.items.len());
                let body = Body::Call {
                    id: call_id(&id, index, suffix),
                    known: names.find(&name),
                    arguments: Growing::default(),
                    nesting: Nesting::default(),
                };
                self.begin(body, suffix);
            }
            Event::ToolArguments { index, json, .. } => self.argue(index, &json),
            Event::Member {
                name,
                value: Value::Array(items),
                ..
            } if name == "annotations" => {
                self.annotations.extend(items.into_iter().map(annotation));
                self.annotate();
            }
            Event::Logprobs { logprobs, .. } => {
                if let Some(Value::Array(items)) = logprobs.get("content") {
                    self.logprobs.extend(items.iter().map(probability::token));
                }
            }
            Event::Finished { reason, .. } => {
                self.reason = Some(reason);
                self.close();
            }
            _ => {}
        }
    }

    fn begin(&mut self, body: Body, suffix: &str) {
        self.size = self.size.saturating_add(size_of::<Item>());
        if let Some(last) = self.items.last_mut() {
            last.yield_to_next();
        }
        self.items.push(Item::new(self.items.len(), suffix, body));
    }

    /// Adds words to the message that grows, or begins one.
    fn say(&mut self, refusal: bool, text: &str, suffix: &str) {
        if !self.says_something() {
            let (pieces, told) = (Vec::new(), 0);
            self.begin(Body::Message { pieces, told }, suffix);
        }
        let last = self.items.last_mut().map(|item| &mut item.body);
        let Some(Body::Message { pieces, .. }) = last else {
            return;
        };
        if pieces.last().is_none_or(|piece| piece.refusal != refusal) {
            self.size = self.size.saturating_add(size_of::<Piece>());
            pieces.push(Piece::new(refusal));
        }
        if let Some(piece) = pieces.last_mut() {
            piece.text.text.push_str(text);
        }
        self.annotate();
    }

    /// Gives annotations and log probabilities to the text that grows, if one does.
    fn annotate(&mut self) {
        let last = self.items.last_mut().filter(|item| !item.over);
        if let Some(Body::Message { pieces, .. }) = last.map(|item| &mut item.body)
            && let Some(piece) = pieces.last_mut().filter(|piece| !piece.refusal)
        {
            piece.annotations.append(&mut self.annotations);
            piece.logprobs.append(&mut self.logprobs);
        }
    }

    /// Adds a piece of thought. An empty one after a signature says that another thought begins.
    fn think(&mut self, piece: &str, suffix: &str) {
        if let Some(Body::Thought {
            text, sealed, full, ..
        }) = self.growing()
        {
            match (&sealed, piece.is_empty()) {
                (None, _) => return text.text.push_str(piece),
                (Some(_), true) => return *full = true,
                (Some(_), false) => {}
            }
        }
        if !piece.is_empty() {
            let mut text = Growing::default();
            text.text.push_str(piece);
            let (sealed, full) = (None, false);
            self.begin(Body::Thought { text, sealed, full }, suffix);
        }
    }

    /// Adds a piece of the signature under the thought that grows, or under one without words.
    fn sign(&mut self, piece: &str, suffix: &str) {
        if let Some(Body::Thought {
            sealed,
            full: false,
            ..
        }) = self.growing()
        {
            sealed.get_or_insert_default().push_str(piece);
            return;
        }
        let (text, sealed) = (Growing::default(), Some(piece.to_owned()));
        let full = false;
        self.begin(Body::Thought { text, sealed, full }, suffix);
    }

    /// Adds a thought that is only what was sealed.
    fn sealed(&mut self, sealed: String, suffix: &str) {
        let body = Body::Thought {
            text: Growing::default(),
            sealed: Some(sealed),
            full: true,
        };
        self.begin(body, suffix);
    }

    /// Returns what still grows at the end.
    fn growing(&mut self) -> Option<&mut Body> {
        let last = self.items.last_mut().filter(|item| !item.over);
        last.map(|item| &mut item.body)
    }

    /// Adds a piece of a call's arguments.
    fn argue(&mut self, index: u32, piece: &str) {
        let Some(place) = self.calls.get(&index).copied() else {
            return;
        };
        let is_last = place + 1 == self.items.len();
        let Some(item) = self.items.get_mut(place).filter(|item| !item.over) else {
            return;
        };
        if let Body::Call {
            arguments, nesting, ..
        } = &mut item.body
        {
            arguments.text.push_str(piece);
            nesting.follow(piece);
        }
        if !is_last {
            item.yield_to_next();
        }
    }

    /// Tells of the items in a row as far as they go.
    fn tell(&mut self, told: &mut Told) {
        while let Some(item) = self.items.get_mut(self.told) {
            item.tell(told);
            if !item.over {
                break;
            }
            self.told += 1;
        }
    }

    fn close(&mut self) {
        self.over = true;
        // What came after the last text belongs to it.
        self.annotate();
        let lacks = lack(self.reason()).is_some();
        for item in self.items.iter_mut().skip(self.told) {
            item.end(lacks);
        }
    }
}

/// Returns how many bytes an event says.
fn size(event: &Event) -> usize {
    match event {
        Event::Text { text, .. } | Event::Refusal { text, .. } | Event::Reasoning { text, .. } => {
            text.len()
        }
        Event::ToolArguments { json, .. } => json.len(),
        Event::Signature { signature, .. } => signature.len(),
        Event::Redacted { data, .. } => data.len(),
        Event::ToolCall { id, name, .. } => id.len() + name.len(),
        Event::Member { value, .. } => value.to_string().len(),
        Event::Logprobs { logprobs, .. } => logprobs.to_string().len(),
        _ => 0,
    }
}

/// Returns a call's id, made where the provider gives none.
fn call_id(id: &str, index: u32, suffix: &str) -> String {
    if id.is_empty() {
        format!("call_{suffix}_{index}")
    } else {
        id.to_owned()
    }
}
