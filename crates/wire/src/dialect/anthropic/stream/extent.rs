//! Finds where the arguments of a call are a whole JSON object.

/// How far a JSON text has come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extent {
    depth: usize,
    in_string: bool,
    escaped: bool,
    whole: bool,
}

impl Extent {
    /// Reads a further piece.
    pub(super) fn read(&mut self, piece: &str) {
        for byte in piece.bytes() {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_string => self.escaped = true,
                b'"' => self.in_string = !self.in_string,
                _ if self.in_string => {}
                b'{' | b'[' => self.depth = self.depth.saturating_add(1),
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    self.whole |= self.depth == 0;
                }
                _ => {}
            }
        }
    }

    /// True once an object has ended.
    pub(super) const fn is_whole(self) -> bool {
        self.whole
    }
}

#[cfg(test)]
mod tests {
    use super::Extent;

    #[test]
    fn an_object_is_whole_at_its_last_brace() {
        for (pieces, whole) in [
            (&[][..], false),
            (&["{}"], true),
            (&["{\"a\":", "{\"b\":[1,2]}", "}"], true),
            (&["{\"a\":", "{\"b\":[1,2]}"], false),
            (&["{\"a\":\"}", "\\\"}\""], false),
            (&["{\"a\":\"\\", "\"}\"}"], true),
            (&["null"], false),
        ] {
            let mut extent = Extent::default();
            for piece in pieces {
                extent.read(piece);
            }
            assert_eq!(extent.is_whole(), whole, "{pieces:?}");
        }
    }
}
