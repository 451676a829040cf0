//! Signatures of texts and calls, which stand in empty blocks of thinking: back to what they sign.

use serde_json::Value;

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

/// Takes the blocks that are envelopes out of a request's messages, and messages that held nothing else; true if there
/// were any.
pub(in crate::dialect::anthropic) fn take_out(request: &mut Value) -> bool {
    let Some(messages) = request.get_mut("messages").and_then(Value::as_array_mut) else {
        return false;
    };
    let mut found = false;
    messages.retain_mut(|message| {
        let Some(blocks) = message.get_mut("content").and_then(Value::as_array_mut) else {
            return true;
        };
        let before = blocks.len();
        blocks.retain(|block| {
            let signature = block.get("signature").and_then(Value::as_str);
            !signature.is_some_and(envelope::is_sealed)
        });
        found |= blocks.len() < before;
        before == 0 || !blocks.is_empty()
    });
    found
}
