//! Reads answers of model servers. What is wrong with `predictions` is said in MLflow's words.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tidegate_wire::Words;
use tidegate_wire::dialect::openai::OpenAiDecoder;
use tidegate_wire::event::{DecodeError, Decoder, Event};
use tidegate_wire::frame::Frame;
use tidegate_wire::vector::Vector;

use crate::support::decode::{index, parse};

const MISSING: &str = "Field required";
const NO_LIST: &str = "Input should be a valid list";
const NO_TEXT: &str = "Input should be a valid string";
const NO_NUMBER: &str = "Input should be a valid number";
const EMPTY: &str = "The input list is empty";
const EMPTY_VECTORS: &str = "One or more lists in the returned prediction response are empty";

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    predictions: Option<&'a RawValue>,
}

/// Returns `predictions` as it stands in the body.
fn predictions(body: &[u8]) -> Result<&RawValue, DecodeError> {
    let answer: Answer<'_> = parse(body)?;
    answer.predictions.ok_or_else(|| wrong("", MISSING))
}

fn wrong(place: &str, sentence: &str) -> DecodeError {
    DecodeError::Shape(format!("`predictions{place}`: {sentence}"))
}

/// Reads a whole answer.
type Read = fn(&[u8], &mut Vec<Event>) -> Result<(), DecodeError>;

/// Returns the reader of completions and chat. Of an object's several members it takes `choices` or `candidates`; if both
/// are there, the one whose name the client's release uses.
pub(super) const fn texts(words: Words) -> Read {
    match words {
        Words::Choices | Words::Mlflow215 => {
            |body, out| read_texts(["choices", "candidates"], body, out)
        }
        Words::Candidates | Words::Mlflow28 => {
            |body, out| read_texts(["candidates", "choices"], body, out)
        }
    }
}

fn read_texts(known: [&str; 2], body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
    let predictions: Value = parse(predictions(body)?.get().as_bytes())?;
    let list = match predictions {
        Value::Object(members) => {
            let only = if members.len() == 1 {
                members.values().next()
            } else {
                known.iter().find_map(|name| members.get(*name))
            };
            match only {
                Some(list) => list.clone(),
                None if members.is_empty() => return Err(wrong("", EMPTY)),
                None => return Err(wrong("", &no_known_member(known[0]))),
            }
        }
        list => list,
    };
    let items = match list {
        Value::Array(items) if items.is_empty() => return Err(wrong("", EMPTY)),
        Value::Array(items) => items,
        // The seed's `{"predictions": str}` (decision D12).
        Value::String(_) => vec![list],
        _ => return Err(wrong("", NO_LIST)),
    };
    out.push(Event::nameless());
    for (position, item) in items.into_iter().enumerate() {
        let Value::String(text) = item else {
            return Err(wrong(&format!(".{position}"), NO_TEXT));
        };
        let choice = index(position);
        out.push(Event::Text { choice, text });
    }
    Ok(())
}

fn no_known_member(name: &str) -> String {
    format!(
        "The dict format is invalid for this route type. Ensure the served model returns a dict key containing '{name}'"
    )
}

/// Reads embeddings: a list of vectors, or one vector of floats.
pub(super) fn vectors(body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
    let predictions = predictions(body)?;
    if !predictions.get().starts_with('[') {
        return Err(wrong("", NO_LIST));
    }
    let items: Vec<&RawValue> = parse(predictions.get().as_bytes())?;
    if items.is_empty() {
        return Err(wrong("", EMPTY));
    }
    if items.iter().all(|item| is_float(item.get())) {
        out.push(Event::nameless());
        out.push(embedding(0, predictions));
        return Ok(());
    }
    let mut filled = false;
    for (position, item) in items.iter().enumerate() {
        let place = || format!(".{position}");
        if !item.get().starts_with('[') {
            return Err(wrong(&place(), NO_LIST));
        }
        let numbers: Vec<f64> =
            serde_json::from_str(item.get()).map_err(|_| wrong(&place(), NO_NUMBER))?;
        filled |= !numbers.is_empty();
    }
    if !filled {
        return Err(wrong("", EMPTY_VECTORS));
    }
    out.push(Event::nameless());
    out.extend(
        items
            .iter()
            .enumerate()
            .map(|(position, item)| embedding(position, item)),
    );
    Ok(())
}

fn embedding(position: usize, vector: &RawValue) -> Event {
    Event::Embedding {
        index: index(position),
        vector: Vector::Numbers(vector.to_owned()),
    }
}

/// True for a number that is no whole one in JSON: MLflow takes a flat list of whole numbers for no vector.
fn is_float(text: &str) -> bool {
    text.contains(['.', 'e', 'E']) && text.parse::<f64>().is_ok()
}

/// The decoder of OpenAI's form, with two habits of MLflow's models: the answers of `llm/v1/…` tasks come as the only item
/// of a list, and every chunk of a chat model's stream says again who speaks.
#[derive(Default)]
pub(super) struct OpenAiForm {
    decoder: OpenAiDecoder,
    /// The choices that have a speaker.
    introduced: HashSet<u32>,
}

impl OpenAiForm {
    fn said(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        let mut events = Vec::new();
        self.decoder.frame(frame, &mut events)?;
        events.retain(|event| match event {
            Event::Role { choice, .. } => self.introduced.insert(*choice),
            _ => true,
        });
        out.append(&mut events);
        Ok(())
    }
}

impl Decoder for OpenAiForm {
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        match frame {
            Frame::Whole(body) if body.trim_ascii_start().starts_with(b"[") => {
                let answers: Vec<&RawValue> = parse(body)?;
                let [only] = answers.as_slice() else {
                    let count = answers.len();
                    return Err(DecodeError::Shape(format!("a list of {count} answers")));
                };
                self.said(Frame::Whole(only.get().as_bytes()), out)
            }
            frame => self.said(frame, out),
        }
    }

    fn complete(&self) -> bool {
        self.decoder.complete()
    }

    fn end(self: Box<Self>) -> Result<(), DecodeError> {
        Box::new(self.decoder).end()
    }
}
