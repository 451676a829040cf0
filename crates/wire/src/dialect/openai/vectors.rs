//! Reads the vectors of an answer of the OpenAI API.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::decode::parse;
use crate::event::{DecodeError, Event};
use crate::vector::Vector;

/// How vectors are numbered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Numbering {
    /// By position, in the order of the provider's numbers.
    #[default]
    Positions,
    /// By the provider's numbers, in its order.
    Own,
}

#[derive(Deserialize)]
pub(super) struct Item<'a> {
    index: Option<u32>,
    #[serde(borrow)]
    embedding: &'a RawValue,
}

/// Reads vectors.
pub(super) fn read(
    items: Vec<Item<'_>>,
    numbering: Numbering,
    out: &mut Vec<Event>,
) -> Result<(), DecodeError> {
    let mut numbered: Vec<_> = items
        .into_iter()
        .zip(0..)
        .map(|(item, position)| (item.index.unwrap_or(position), item))
        .collect();
    if numbering == Numbering::Positions {
        // They nearly always come in order; some providers number them all alike.
        numbered.sort_by_key(|(index, _)| *index);
    }
    for ((own, item), position) in numbered.into_iter().zip(0..) {
        let index = match numbering {
            Numbering::Own => own,
            Numbering::Positions => position,
        };
        out.push(embedding(index, &item)?);
    }
    Ok(())
}

fn embedding(index: u32, item: &Item<'_>) -> Result<Event, DecodeError> {
    let text = item.embedding.get();
    let vector = match text.as_bytes().first() {
        Some(b'[') => Vector::Numbers(item.embedding.to_owned()),
        Some(b'"') => Vector::Base64(parse(text.as_bytes())?),
        _ => {
            return Err(DecodeError::Shape(
                "an `embedding` is neither list nor text".to_owned(),
            ));
        }
    };
    Ok(Event::Embedding { index, vector })
}
