//! Says where JSON text is broken, in the words of Python's `json` module, which MLflow's clients know.
//!
//! Runs only on text that a parser has already refused.

/// The first error in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Offset in characters (not bytes), as FastAPI reports it.
    pub offset: usize,
    /// E.g. `Expecting value`.
    pub message: &'static str,
}

/// Finds the first syntax error, or `None` when the text is valid JSON.
///
/// `NaN` and the infinities, which Python accepts, are errors (decision B12).
pub fn locate_error(text: &str) -> Option<SyntaxError> {
    let mut walk = Walk { text, at: 0 };
    let outcome = walk.document();
    outcome.err().map(|(at, message)| SyntaxError {
        offset: text.get(..at).map_or(0, |before| before.chars().count()),
        message,
    })
}

type Step = Result<(), (usize, &'static str)>;

const VALUE: &str = "Expecting value";
const NAME: &str = "Expecting property name enclosed in double quotes";
const COLON: &str = "Expecting ':' delimiter";
const COMMA: &str = "Expecting ',' delimiter";
const DEPTH: usize = 512;

struct Walk<'a> {
    text: &'a str,
    at: usize,
}

impl Walk<'_> {
    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.next(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.next() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn document(&mut self) -> Step {
        self.blanks();
        self.value(0)?;
        self.blanks();
        if self.at < self.text.len() {
            Err((self.at, "Extra data"))
        } else {
            Ok(())
        }
    }

    fn value(&mut self, depth: usize) -> Step {
        if depth > DEPTH {
            return Err((self.at, "Nested too deeply"));
        }
        match self.next() {
            Some(b'"') => self.string(),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => ["true", "false", "null"]
                .iter()
                .find(|word| {
                    self.text
                        .get(self.at..)
                        .is_some_and(|rest| rest.starts_with(**word))
                })
                .map(|word| self.at += word.len())
                .ok_or((self.at, VALUE)),
        }
    }

    fn object(&mut self, depth: usize) -> Step {
        self.at += 1;
        self.blanks();
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            if self.next() != Some(b'"') {
                return Err((self.at, NAME));
            }
            self.string()?;
            self.blanks();
            if !self.take(b':') {
                return Err((self.at, COLON));
            }
            self.blanks();
            self.value(depth + 1)?;
            self.blanks();
            if self.take(b'}') {
                return Ok(());
            }
            if !self.take(b',') {
                return Err((self.at, COMMA));
            }
            self.blanks();
        }
    }

    fn array(&mut self, depth: usize) -> Step {
        self.at += 1;
        self.blanks();
        if self.take(b']') {
            return Ok(());
        }
        loop {
            self.value(depth + 1)?;
            self.blanks();
            if self.take(b']') {
                return Ok(());
            }
            if !self.take(b',') {
                return Err((self.at, COMMA));
            }
            self.blanks();
        }
    }

    fn number(&mut self) -> Step {
        let start = self.at;
        self.take(b'-');
        // Nothing follows a zero at the front: `01` is a zero and something else.
        if !self.take(b'0') && self.digits() == 0 {
            return Err((start, VALUE));
        }
        if self.next() == Some(b'.') {
            self.at += 1;
            if self.digits() == 0 {
                self.at -= 1;
                return Ok(());
            }
        }
        if matches!(self.next(), Some(b'e' | b'E')) {
            let mark = self.at;
            self.at += 1;
            if !self.take(b'+') {
                self.take(b'-');
            }
            if self.digits() == 0 {
                self.at = mark;
            }
        }
        Ok(())
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.next(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    fn string(&mut self) -> Step {
        let start = self.at;
        self.at += 1;
        loop {
            match self.next() {
                None => return Err((start, "Unterminated string starting at")),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape(start)?,
                Some(byte) if byte < 0x20 => return Err((self.at, "Invalid control character at")),
                Some(_) => self.at += 1,
            }
        }
    }

    fn escape(&mut self, start: usize) -> Step {
        let backslash = self.at;
        self.at += 1;
        match self.next() {
            None => Err((start, "Unterminated string starting at")),
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 1;
                Ok(())
            }
            Some(b'u') => {
                self.at += 1;
                let hex = self.text.as_bytes().get(self.at..self.at + 4);
                if hex.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                    self.at += 4;
                    Ok(())
                } else {
                    Err((backslash + 1, "Invalid \\uXXXX escape"))
                }
            }
            Some(_) => Err((backslash, "Invalid \\escape")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Offsets and messages as CPython 3.11's `json.loads` reports them.
    #[test]
    fn speaks_as_python_does() {
        for (text, offset, message) in [
            (r#"{"messages": ["#, 14, "Expecting value"),
            ("{nope", 1, NAME),
            ("", 0, VALUE),
            ("{\"a\" 1}", 5, COLON),
            ("{\"a\": 1 \"b\"}", 8, COMMA),
            ("[1 2]", 3, COMMA),
            ("[1,]", 3, VALUE),
            ("{\"a\": 1,}", 8, NAME),
            ("{\"é\": NaN}", 6, VALUE),
            ("\"abc", 0, "Unterminated string starting at"),
            ("\"a\\x\"", 2, "Invalid \\escape"),
            ("\"\\u12\"", 2, "Invalid \\uXXXX escape"),
            ("\"a\nb\"", 2, "Invalid control character at"),
            ("1 2", 2, "Extra data"),
            ("-", 0, VALUE),
            ("{} x", 3, "Extra data"),
            ("01", 1, "Extra data"),
            ("[-01.5]", 3, COMMA),
        ] {
            assert_eq!(
                locate_error(text),
                Some(SyntaxError { offset, message }),
                "{text}"
            );
        }
        assert_eq!(
            locate_error(r#"{"a": [1.5e3, "\u00e9", null, true, {}]}"#),
            None
        );
    }
}
