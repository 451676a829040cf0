//! Finds top-level members of a JSON object in one pass over its bytes.
//!
//! Strings are jumped over and brackets matched; the grammar inside nested values is left to whoever reads them.

use std::ops::Range;

use memchr::memchr2;

/// The deepest nesting that can be asked for: open brackets are kept in the bits of one integer.
///
/// One less than the bits there are: a full parse stops there too.
pub const MAX_DEPTH: usize = 127;

/// Where one top-level member stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// From the key's opening quote to the value's last byte.
    pub whole: Range<usize>,
    /// The value alone.
    pub value: Range<usize>,
}

impl Member {
    /// Returns the bytes to cut so that the object stays valid without this member: the member and one comma beside it.
    pub fn with_comma(&self, body: &[u8]) -> Range<usize> {
        let tail = body.get(self.whole.end..).unwrap_or_default();
        let blanks = tail.iter().take_while(|byte| is_blank(**byte)).count();
        if tail.get(blanks) == Some(&b',') {
            return self.whole.start..self.whole.end + blanks + 1;
        }
        let head = body.get(..self.whole.start).unwrap_or_default();
        let start = head.iter().rposition(|byte| !is_blank(*byte));
        match start {
            Some(comma) if head.get(comma) == Some(&b',') => comma..self.whole.end,
            _ => self.whole.clone(),
        }
    }
}

/// What a pass over an object found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peek<const N: usize> {
    /// The members asked for, in the order of the keys.
    pub members: [Option<Member>; N],
    /// False when a key was doubled or written with escapes: then only a full parse tells what the object means.
    pub plain: bool,
}

/// Why bytes are not an object that can be peeked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeekError {
    /// The text is not a JSON object, or is cut off, or its brackets do not match.
    #[error("not a JSON object")]
    Malformed,
    /// Nesting goes deeper than allowed.
    #[error("nested deeper than allowed")]
    TooDeep,
}

/// Finds top-level members by name.
///
/// `depth` bounds nesting and is itself bounded by [`MAX_DEPTH`]. The whole text is walked, so doubled keys are noticed.
pub fn peek<const N: usize>(
    body: &[u8],
    keys: [&str; N],
    depth: usize,
) -> Result<Peek<N>, PeekError> {
    let mut found = Peek {
        members: [const { None }; N],
        plain: true,
    };
    walk(body, depth, |key, escaped, member| {
        found.plain &= !escaped;
        if let Some(index) = keys.iter().position(|wanted| wanted.as_bytes() == key)
            && let Some(slot) = found.members.get_mut(index)
        {
            found.plain &= slot.is_none();
            *slot = Some(member);
        }
    })?;
    Ok(found)
}

/// True when an object has a top-level member of one of these names. What cannot be walked has none.
pub fn has_member(body: &[u8], names: impl Fn(&str) -> bool) -> bool {
    let mut found = false;
    let walked = walk(body, MAX_DEPTH, |key, _, _| {
        found |= std::str::from_utf8(key).is_ok_and(&names);
    });
    walked.is_ok() && found
}

/// Shows each top-level member: its key as written, whether that holds escapes, and where it stands.
fn walk(
    body: &[u8],
    depth: usize,
    mut show: impl FnMut(&[u8], bool, Member),
) -> Result<(), PeekError> {
    let mut scan = Scanner {
        body,
        at: 0,
        depth: depth.min(MAX_DEPTH),
    };
    scan.blanks();
    scan.expect(b'{')?;
    scan.blanks();
    if scan.take(b'}') {
        return scan.nothing_follows();
    }
    loop {
        scan.blanks();
        let start = scan.at;
        let (key, escaped) = scan.string()?;
        scan.blanks();
        scan.expect(b':')?;
        scan.blanks();
        let value = scan.value()?;
        let whole = start..value.end;
        show(key, escaped, Member { whole, value });
        scan.blanks();
        if scan.take(b'}') {
            return scan.nothing_follows();
        }
        scan.expect(b',')?;
    }
}

struct Scanner<'a> {
    body: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a [u8] {
        self.body.get(self.at..).unwrap_or_default()
    }

    fn blanks(&mut self) {
        self.at += self
            .rest()
            .iter()
            .take_while(|byte| is_blank(**byte))
            .count();
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.rest().first() == Some(&byte);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, byte: u8) -> Result<(), PeekError> {
        self.take(byte).then_some(()).ok_or(PeekError::Malformed)
    }

    fn nothing_follows(&mut self) -> Result<(), PeekError> {
        self.blanks();
        self.rest()
            .is_empty()
            .then_some(())
            .ok_or(PeekError::Malformed)
    }

    /// Takes a string with its quotes. Returns what stands between them and whether it holds an escape.
    fn string(&mut self) -> Result<(&'a [u8], bool), PeekError> {
        self.expect(b'"')?;
        let text = self.rest();
        let (mut end, mut escaped) = (0, false);
        loop {
            let tail = text.get(end..).unwrap_or_default();
            let offset = memchr2(b'"', b'\\', tail).ok_or(PeekError::Malformed)?;
            end += offset;
            if text.get(end) == Some(&b'"') {
                self.at += end + 1;
                return Ok((text.get(..end).unwrap_or_default(), escaped));
            }
            escaped = true;
            end += 2;
        }
    }

    /// Takes one value of any kind and returns its span.
    fn value(&mut self) -> Result<Range<usize>, PeekError> {
        let start = self.at;
        match self.rest().first() {
            Some(b'"') => self.string().map(|_| ())?,
            Some(b'{' | b'[') => self.nested()?,
            _ => self.scalar()?,
        }
        Ok(start..self.at)
    }

    fn scalar(&mut self) -> Result<(), PeekError> {
        let word = self
            .rest()
            .iter()
            .take_while(
                |byte| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'+' | b'.'),
            )
            .count();
        self.at += word;
        (word > 0).then_some(()).ok_or(PeekError::Malformed)
    }

    /// Takes an array or object. The object itself is depth 1, so its nested values start at 2.
    fn nested(&mut self) -> Result<(), PeekError> {
        let (mut open, mut level) = (0_u128, 1_usize);
        while let Some(byte) = self.rest().first() {
            match byte {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => {
                    level += 1;
                    if level > self.depth {
                        return Err(PeekError::TooDeep);
                    }
                    open = open << 1 | u128::from(*byte == b'{');
                }
                b'}' | b']' => {
                    if open & 1 != u128::from(*byte == b'}') {
                        return Err(PeekError::Malformed);
                    }
                    open >>= 1;
                    level -= 1;
                    if level == 1 {
                        self.at += 1;
                        return Ok(());
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
        Err(PeekError::Malformed)
    }
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn finds_members_and_notices_oddities() {
        let text = br#" {"a": [1, {"model": 2}], "model" : "m\"x", "stream":true} "#;
        let found = peek(text, ["model", "stream", "absent"], 8).unwrap();
        let values: Vec<_> = found
            .members
            .iter()
            .map(|member| {
                member
                    .as_ref()
                    .map(|m| std::str::from_utf8(&text[m.value.clone()]).unwrap())
            })
            .collect();
        assert_eq!(values, [Some(r#""m\"x""#), Some("true"), None]);
        assert!(found.plain);
        for odd in [r#"{"model":1,"model":2}"#, r#"{"mod\u0065l":1}"#] {
            assert!(!peek(odd.as_bytes(), ["model"], 8).unwrap().plain, "{odd}");
        }
    }

    #[test]
    fn knows_whether_a_member_is_there() {
        let body = br#"{"a": {"seed": 1}, "n": 2}"#;
        let has = |name: &str| has_member(body, |key| key == name);
        assert_eq!((has("n"), has("seed"), has("model")), (true, false, false));
        assert!(!has_member(br#"{"n": 2"#, |key| key == "n"));
    }

    #[test]
    fn refuses_what_is_no_object() {
        for text in [
            "",
            "[]",
            "{",
            "{\"a\"",
            "{\"a\":}",
            "{\"a\":[}",
            "{\"a\":1,}",
            "{\"a\":1}x",
            "{\"a\":\"",
            "{\"a\" 1}",
        ] {
            assert_eq!(
                peek(text.as_bytes(), ["a"], 8),
                Err(PeekError::Malformed),
                "{text}"
            );
        }
        assert_eq!(peek(br#"{"a":[[[]]]}"#, ["a"], 3), Err(PeekError::TooDeep));
        assert!(peek(br#"{"a":[[]]}"#, ["a"], 3).is_ok());
    }

    #[test]
    fn cuts_a_member_with_one_comma() {
        for (text, left) in [
            (r#"{"model":"x"}"#, "{}"),
            (r#"{"model":"x", "b":1}"#, r#"{ "b":1}"#),
            (r#"{"b":1 , "model" : "x" }"#, r#"{"b":1  }"#),
        ] {
            let found = peek(text.as_bytes(), ["model"], 8).unwrap();
            let cut = found.members[0]
                .as_ref()
                .unwrap()
                .with_comma(text.as_bytes());
            assert_eq!(format!("{}{}", &text[..cut.start], &text[cut.end..]), left);
        }
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = peek(&bytes, ["model", "stream"], 16);
        }

        #[test]
        fn agrees_with_a_parser(value in "[ -~]{0,20}", number in any::<i32>()) {
            let text = serde_json::json!({"a": {"model": [number]}, "model": value, "z": null}).to_string();
            let found = peek(text.as_bytes(), ["model"], 16).unwrap();
            let span = found.members[0].clone().unwrap().value;
            prop_assert_eq!(serde_json::from_str::<String>(&text[span]).unwrap(), value);
        }
    }
}
