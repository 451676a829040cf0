//! Which choices of a stream have begun, and which have said why they ended.

use crate::event::Event;

/// Choices that are told apart; all further ones count as one.
const MOST: u32 = 128;

/// Watches the choices of one stream.
#[derive(Clone, Copy, Debug, Default)]
pub struct Endings {
    /// A bit for each choice that was named.
    begun: u128,
    /// A bit for each choice that has ended.
    ended: u128,
}

impl Endings {
    /// Notes what a chunk says of a choice.
    pub fn note(&mut self, choice: u32, ended: bool) {
        let bit = 1 << choice.min(MOST - 1);
        self.begun |= bit;
        if ended {
            self.ended |= bit;
        }
    }

    /// Notes what an event says of a choice.
    pub fn hear(&mut self, event: &Event) {
        if let Some(choice) = event.choice() {
            self.note(choice, matches!(event, Event::Finished { .. }));
        }
    }

    /// Adds what another chunk said.
    pub fn add(&mut self, more: Self) {
        self.begun |= more.begun;
        self.ended |= more.ended;
    }

    /// True once this choice has ended; of those that count as one, none has.
    pub fn has_ended(self, choice: u32) -> bool {
        choice < MOST - 1 && self.ended & (1 << choice) != 0
    }

    /// True once a choice has ended and none is open: word enough where a provider closes without `[DONE]`.
    pub fn all(self) -> bool {
        self.ended != 0 && self.begun == self.ended
    }
}

#[cfg(test)]
mod tests {
    use super::Endings;

    #[test]
    fn every_choice_that_began_must_end() {
        for (notes, all) in [
            (&[][..], false),
            (&[(0, false)], false),
            (&[(0, false), (0, true)], true),
            (&[(0, true), (1, false)], false),
            (&[(0, true), (1, false), (1, true)], true),
            (&[(127, false), (u32::MAX, true)], true),
        ] {
            let mut endings = Endings::default();
            for (choice, ended) in notes {
                endings.note(*choice, *ended);
            }
            assert_eq!(endings.all(), all, "{notes:?}");
        }
    }
}
