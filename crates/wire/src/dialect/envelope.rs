//! Signatures on doors that have no place for them. Google signs texts and calls, and wants the signatures back with the next
//! turn; clients of other dialects send back only what their model thought, with its signature. So a signature travels as
//! that of an empty thought, in an envelope that says what it signs.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::conversation::{Content, Part};

const CALL: &str = "tidegate.call.";
const TEXT: &str = "tidegate.text.";

/// What a thought's signature signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sealed<'a> {
    /// The thought itself.
    Own(&'a str),
    /// A call.
    Call {
        /// The call's id.
        id: String,
        /// The signature under it.
        signature: &'a str,
    },
    /// A text beside it.
    Text {
        /// The signature under it.
        signature: &'a str,
    },
}

/// Puts the signature under a call into an envelope.
pub(crate) fn seal_call(id: &str, signature: &str) -> String {
    format!("{CALL}{}.{signature}", URL_SAFE_NO_PAD.encode(id))
}

/// Puts the signature under a text into an envelope.
pub(crate) fn seal_text(signature: &str) -> String {
    format!("{TEXT}{signature}")
}

/// Says what a signature signs. What is no envelope is the signature of its own thought.
pub(crate) fn open(sealed: &str) -> Sealed<'_> {
    if let Some(signature) = sealed.strip_prefix(TEXT) {
        return Sealed::Text { signature };
    }
    call(sealed).unwrap_or(Sealed::Own(sealed))
}

fn call(sealed: &str) -> Option<Sealed<'_>> {
    let (id, signature) = sealed.strip_prefix(CALL)?.split_once('.')?;
    let id = String::from_utf8(URL_SAFE_NO_PAD.decode(id).ok()?).ok()?;
    Some(Sealed::Call { id, signature })
}

/// The signatures that were found in the envelopes of one turn, until all its parts are known.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Those under calls, by id.
    calls: Vec<(String, String)>,
    /// Those under texts, and how many parts stood before the envelope.
    texts: Vec<(usize, String)>,
}

impl Found {
    /// Keeps what an envelope holds that stood after so many parts; false for a thought's own signature.
    pub(crate) fn keep(&mut self, sealed: Sealed<'_>, before: usize) -> bool {
        match sealed {
            Sealed::Own(_) => return false,
            Sealed::Call { id, signature } => self.calls.push((id, signature.to_owned())),
            Sealed::Text { signature } => self.texts.push((before, signature.to_owned())),
        }
        true
    }

    /// Puts the signatures where they belong: under the calls with their ids, and under the next text, else the one before. A
    /// text's signature without a text stands under an empty one.
    pub(crate) fn put(self, parts: &mut Vec<Part>) {
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
        for (id, signature) in &self.calls {
            sign(parts, calls.get(id).copied(), signature);
        }
        for (before, signature) in &self.texts {
            if texts.is_empty() {
                texts.push(parts.len());
                parts.push(Part::text(""));
            }
            let next = texts.partition_point(|place| place < before);
            let place = texts.get(next).or(texts.last());
            sign(parts, place.copied(), signature);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn envelopes_say_what_they_sign() {
        for (sealed, want) in [
            (
                seal_call("a.b", "c.d="),
                Sealed::Call {
                    id: "a.b".to_owned(),
                    signature: "c.d=",
                },
            ),
            (
                seal_call("", ""),
                Sealed::Call {
                    id: String::new(),
                    signature: "",
                },
            ),
            (seal_text("x.y"), Sealed::Text { signature: "x.y" }),
            ("gAAA".to_owned(), Sealed::Own("gAAA")),
            (
                "tidegate.call.%.x".to_owned(),
                Sealed::Own("tidegate.call.%.x"),
            ),
        ] {
            assert_eq!(open(&sealed), want);
        }
    }

    #[test]
    fn signatures_find_their_places() {
        let mut parts = vec![Part::text("a"), Part::text("b")];
        let mut found = Found::default();
        for (before, signature) in [(1, "1"), (2, "2"), (0, "3")] {
            assert!(found.keep(Sealed::Text { signature }, before));
        }
        assert!(!found.keep(Sealed::Own("x"), 0));
        found.put(&mut parts);
        let signatures: Vec<_> = parts.iter().map(|part| part.signature.clone()).collect();
        assert_eq!(signatures, [Some("3".to_owned()), Some("12".to_owned())]);
    }
}
