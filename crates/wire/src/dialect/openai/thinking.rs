//! What a model thought, as answers hold it: as text, and as blocks that repeat the text with signatures.

use std::collections::HashSet;

use serde_json::Value;

use super::words;
use crate::event::{Event, Signed};
use crate::fold::Thought;

/// Reads what was thought in one answer.
#[derive(Debug, Default)]
pub(super) struct Thinking {
    /// The choices of which something was told that is not signed yet.
    open: HashSet<u32>,
}

impl Thinking {
    /// Tells what a message, or what a chunk adds to one, says in both forms, each thing once.
    pub(super) fn tell(
        &mut self,
        choice: u32,
        (text, blocks): (Option<String>, &[Value]),
        out: &mut Vec<Event>,
    ) {
        if text.is_none() && blocks.is_empty() {
            return;
        }
        let is_open = self.open.contains(&choice);
        let has_text = text.is_some();
        let said = |text| Event::Reasoning { choice, text };
        if blocks.is_empty() || is_open {
            out.extend(text.map(said));
        }
        if has_text {
            self.open.insert(choice);
        }
        let mut is_told = is_open;
        for thought in blocks.iter().filter_map(words::read_block) {
            match thought {
                Thought::Said { text, signature } => {
                    // Of an open stretch a block without signature is a piece, one with a signature all of it.
                    let repeats = is_told && (has_text || signature.is_some());
                    if !repeats && !text.is_empty() {
                        out.push(said(text));
                    }
                    let Some(signature) = signature else {
                        self.open.insert(choice);
                        continue;
                    };
                    out.push(Event::Signature {
                        choice,
                        of: Signed::Reasoning,
                        signature,
                    });
                    self.open.remove(&choice);
                    is_told = false;
                }
                Thought::Redacted(data) => out.push(Event::Redacted { choice, data }),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_thing_is_told_once() {
        let block = |text: &str, signature: &str| json!({"type": "thinking", "thinking": text, "signature": signature});
        let sealed = json!({"type": "redacted_thinking", "data": "r"});
        for (chunks, want) in [
            (vec![(Some("a"), vec![]), (Some("b"), vec![])], "a b"),
            // All of it at once.
            (
                vec![(Some("ab"), vec![block("a", "s"), sealed, block("b", "")])],
                "a /s [r] b",
            ),
            // The text in pieces, then all of it with its signature.
            (
                vec![
                    (Some("a"), vec![]),
                    (Some("b"), vec![]),
                    (None, vec![block("ab", "s")]),
                    (Some("c"), vec![]),
                    (None, vec![block("c", "t")]),
                ],
                "a b /s c /t",
            ),
            // Pieces in both forms, then the signature alone.
            (
                vec![
                    (Some("a"), vec![block("a", "")]),
                    (Some("b"), vec![block("b", "")]),
                    (None, vec![block("", "s")]),
                ],
                "a b /s",
            ),
            // Pieces as blocks only.
            (
                vec![(None, vec![block("a", "")]), (None, vec![block("b", "")])],
                "a b",
            ),
        ] {
            let (mut thinking, mut out) = (Thinking::default(), Vec::new());
            for (text, blocks) in chunks {
                thinking.tell(0, (text.map(str::to_owned), &blocks), &mut out);
            }
            let told: Vec<_> = out
                .iter()
                .map(|event| match event {
                    Event::Reasoning { text, .. } => text.clone(),
                    Event::Signature { signature, .. } => format!("/{signature}"),
                    Event::Redacted { data, .. } => format!("[{data}]"),
                    other => panic!("{other:?}"),
                })
                .collect();
            assert_eq!(told.join(" "), want);
        }
    }
}
