//! Which call a piece of a stream belongs to. OpenAI numbers calls and names each once; look-alikes number none, repeat the
//! name, or give every call the same number.

use std::collections::{HashMap, HashSet};

use super::message::ToolCall;

/// The calls of one answer that have begun.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// The call that a number of the provider means now, by choice.
    numbered: HashMap<(u32, u32), Begun>,
    /// The places that are taken, by choice.
    taken: HashSet<(u32, u32)>,
    /// The first place behind all that are taken, by choice.
    behind: HashMap<u32, u32>,
    /// The ids of calls that a stream does not number, by choice: their order numbers them.
    unnumbered: HashMap<u32, Vec<String>>,
}

/// A call that has begun.
#[derive(Debug)]
struct Begun {
    /// Its place among the calls.
    place: u32,
    /// Its id; may be empty.
    id: String,
}

impl Calls {
    /// Returns the place of the call that a piece belongs to, and whether it begins with it. `position` is the piece's among
    /// those of its chunk. Of a whole answer every piece is a call.
    pub(super) fn find(
        &mut self,
        choice: u32,
        position: u32,
        call: &ToolCall,
        whole: bool,
    ) -> (u32, bool) {
        let id = call.id.as_deref().unwrap_or_default();
        let number = match call.index {
            _ if whole => position,
            Some(number) => number,
            None => self.number(choice, position, id),
        };
        let known = self.numbered.get(&(choice, number));
        let another = |known: &&Begun| call.is_named() && !id.is_empty() && known.id != id;
        if let Some(known) = known.filter(|known| !another(known)) {
            return (known.place, false);
        }
        let behind = self.behind.entry(choice).or_default();
        let place = if self.taken.insert((choice, number)) {
            number
        } else {
            self.taken.insert((choice, *behind));
            *behind
        };
        *behind = (*behind).max(place.saturating_add(1));
        let begun = Begun {
            place,
            id: id.to_owned(),
        };
        self.numbered.insert((choice, number), begun);
        (place, true)
    }

    /// Numbers a call of a stream whose provider does not. Where a piece names no call, it belongs to the last one.
    fn number(&mut self, choice: u32, position: u32, id: &str) -> u32 {
        let ids = self.unnumbered.entry(choice).or_default();
        let place = if !id.is_empty() {
            let known = ids.iter().rposition(|known| known == id);
            known.unwrap_or_else(|| {
                ids.push(id.to_owned());
                ids.len() - 1
            })
        } else if ids.is_empty() {
            return position;
        } else {
            ids.len() - 1
        };
        u32::try_from(place).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::openai::message::Function;

    #[test]
    fn pieces_find_their_calls() {
        type Piece<'a> = (Option<u32>, &'a str, &'a str);
        type Found = (u32, bool);
        let table: [(&[Piece<'_>], &[Found]); 5] = [
            (
                &[(Some(0), "a", "f"), (Some(0), "", ""), (Some(1), "b", "g")],
                &[(0, true), (0, false), (1, true)],
            ),
            // Every call has the same number.
            (
                &[
                    (Some(0), "a", "f"),
                    (Some(0), "b", "f"),
                    (Some(0), "", ""),
                    (Some(1), "c", "g"),
                ],
                &[(0, true), (1, true), (1, false), (2, true)],
            ),
            // Id and name stand in every piece; or another id in each, without a name.
            (
                &[(Some(0), "0", "f"), (Some(0), "0", "f"), (Some(0), "x", "")],
                &[(0, true), (0, false), (0, false)],
            ),
            (
                &[(Some(1), "a", "f"), (Some(0), "b", "g")],
                &[(1, true), (0, true)],
            ),
            (
                &[
                    (None, "a", "f"),
                    (None, "", ""),
                    (None, "b", "g"),
                    (None, "a", ""),
                ],
                &[(0, true), (0, false), (1, true), (0, false)],
            ),
        ];
        for (pieces, want) in table {
            let mut calls = Calls::default();
            let found: Vec<Found> = pieces
                .iter()
                .map(|(index, id, name)| {
                    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
                    let call = ToolCall {
                        index: *index,
                        id: text(id),
                        function: Some(Function {
                            name: text(name),
                            arguments: None,
                        }),
                        extra_content: None,
                    };
                    calls.find(0, 0, &call, false)
                })
                .collect();
            assert_eq!(found, want, "{pieces:?}");
        }
    }
}
