//! Signatures that came in envelopes: back to what they sign.

use std::collections::HashMap;

use crate::conversation::{Content, Part};
use crate::dialect::envelope::Sealed;

/// The signatures that were found in the envelopes of one turn, until all its parts are known.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Those under calls, by id.
    calls: Vec<(String, String)>,
    /// Those under texts, and how many parts stood before the envelope.
    texts: Vec<(usize, String)>,
}

impl Found {
    /// Keeps what an envelope holds that stood after so many parts; false for what is none.
    pub(crate) fn keep(&mut self, sealed: Sealed<'_>, before: usize) -> bool {
        match sealed {
            Sealed::Call { id, signature } => self.calls.push((id, signature.to_owned())),
            Sealed::Text(signature) => self.texts.push((before, signature.to_owned())),
            Sealed::Own(_) | Sealed::Redacted(_) => return false,
        }
        true
    }

    /// Puts the signatures where they belong: under the calls with their ids, and under the text beside the envelope, else
    /// the next one, else the last. A text's signature without a text stands under an empty one. False when one signs a call
    /// that is not there.
    pub(crate) fn put(self, parts: &mut Vec<Part>) -> bool {
        let mut calls = HashMap::new();
        let mut texts = Vec::new();
        for (place, part) in parts.iter().enumerate() {
            match &part.content {
                Content::Call(call) => drop(calls.insert(call.id.clone(), place)),
                Content::Text(_) => texts.push(place),
                _ => {}
            }
        }
        let sign = |parts: &mut Vec<Part>, place: Option<usize>, signature: &str| {
            if let Some(part) = place.and_then(|place| parts.get_mut(place)) {
                part.signature.get_or_insert_default().push_str(signature);
            }
        };
        let mut all_found = true;
        for (id, signature) in &self.calls {
            let place = calls.get(id).copied();
            all_found &= place.is_some();
            sign(parts, place, signature);
        }
        for (before, signature) in &self.texts {
            if texts.is_empty() {
                let place = (*before).min(parts.len());
                texts.push(place);
                parts.insert(place, Part::text(""));
            }
            let next = texts.partition_point(|place| place < before);
            let last = next.checked_sub(1).and_then(|last| texts.get(last));
            let beside = last.filter(|last| *last + 1 == *before);
            let place = match texts.get(next) {
                Some(place) if place == before || beside.is_none() => Some(place),
                _ => last,
            };
            sign(parts, place.copied(), signature);
        }
        all_found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_find_their_places() {
        let other = || Part::new(Content::Refusal(String::new()));
        for (parts, envelopes, want) in [
            ("tt", vec![(0, "1"), (1, "2"), (2, "3")], "1 23"),
            ("t--t", vec![(1, "1"), (2, "2"), (3, "3")], "1 - - 23"),
            ("-t-", vec![(0, "1"), (3, "2")], "- 12 -"),
            ("-", vec![(0, "1"), (1, "2")], "12 -"),
        ] {
            let mut parts: Vec<_> = parts
                .chars()
                .map(|kind| if kind == 't' { Part::text("") } else { other() })
                .collect();
            let mut found = Found::default();
            for (before, signature) in envelopes {
                assert!(found.keep(Sealed::Text(signature), before));
            }
            assert!(!found.keep(Sealed::Own("x"), 0));
            found.put(&mut parts);
            let signatures: Vec<_> = parts
                .iter()
                .map(|part| part.signature.as_deref().unwrap_or("-"))
                .collect();
            assert_eq!(signatures.join(" "), want);
        }
    }
}
