//! Signatures of texts and calls, which stand in empty blocks of thinking: back to what they sign.

use crate::conversation::{Content, Part};
use crate::dialect::envelope::{self, Sealed};

/// Puts the signatures of a turn's envelopes under what they sign, and takes the envelopes out; false when one signs a
/// call that is not there.
pub(super) fn unseal(parts: &mut Vec<Part>) -> bool {
    let mut place = 0;
    let mut all_found = true;
    while let Some(part) = parts.get_mut(place) {
        let Some(written) = envelope_of(part) else {
            place += 1;
            continue;
        };
        let signature = match envelope::open(&written) {
            Sealed::Own(_) => {
                place += 1;
                continue;
            }
            Sealed::Redacted(data) => {
                part.content = Content::Redacted(data.to_owned());
                part.signature = None;
                place += 1;
                continue;
            }
            Sealed::Call { id, signature } => {
                parts.remove(place);
                let called =
                    |part: &Part| matches!(&part.content, Content::Call(it) if it.id == id);
                let found = parts.iter().position(called);
                all_found &= found.is_some();
                (found, signature)
            }
            Sealed::Text(signature) => {
                parts.remove(place);
                let found = text_beside(parts, place);
                if found.is_none() {
                    parts.insert(place, Part::text(""));
                }
                (found.or(Some(place)), signature)
            }
        };
        if let (Some(signed), piece) = signature
            && let Some(part) = parts.get_mut(signed)
        {
            part.signature.get_or_insert_default().push_str(piece);
        }
    }
    all_found
}

/// Returns what stands in the place of a signature under a block of thinking that says nothing.
fn envelope_of(part: &Part) -> Option<String> {
    match &part.content {
        Content::Reasoning(text) if text.is_empty() => part.signature.clone(),
        _ => None,
    }
}

/// Returns the text that an envelope signs which stood before this place: the next block, the one before, or whichever
/// text comes next or came last.
fn text_beside(parts: &[Part], place: usize) -> Option<usize> {
    let is_text = |at: &usize| {
        let part = parts.get(*at);
        part.is_some_and(|part| matches!(part.content, Content::Text(_)))
    };
    let before = place.checked_sub(1);
    let near = [Some(place), before].into_iter().flatten().find(is_text);
    near.or_else(|| (place..parts.len()).find(is_text))
        .or_else(|| (0..place).rev().find(is_text))
}
