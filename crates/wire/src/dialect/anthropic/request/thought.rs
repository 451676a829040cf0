//! Signatures of texts and calls, which stand in empty blocks of thinking: back to what they sign.

use crate::conversation::{Content, Part};
use crate::dialect::envelope::{self, Sealed};
use crate::dialect::seals::Found;

/// Puts the signatures of a turn's envelopes under what they sign, and takes the envelopes out; false when one signs a
/// call that is not there.
pub(super) fn unseal(parts: &mut Vec<Part>) -> bool {
    let mut found = Found::default();
    let mut kept: Vec<Part> = Vec::with_capacity(parts.len());
    for mut part in parts.drain(..) {
        let sealed = envelope_of(&part).map(envelope::open);
        if let Some(Sealed::Redacted(data)) = sealed {
            part.content = Content::Redacted(data.to_owned());
            part.signature = None;
        } else if sealed.is_some_and(|sealed| found.keep(sealed, kept.len())) {
            continue;
        }
        kept.push(part);
    }
    *parts = kept;
    found.put(parts)
}

/// Returns what stands in the place of a signature under a block of thinking that says nothing.
fn envelope_of(part: &Part) -> Option<&str> {
    match &part.content {
        Content::Reasoning(text) if text.is_empty() => part.signature.as_deref(),
        _ => None,
    }
}
