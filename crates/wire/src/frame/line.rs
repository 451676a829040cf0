//! Newline-delimited JSON: one value a line (see the ndjson and JSON Lines specifications).
//!
//! A line ends with a line feed, before which a carriage return may stand. Blank lines say nothing and are skipped. A
//! last line needs no line feed.

use bytes::Bytes;
use memchr::memchr;

use super::pending::Pending;
use super::{Frame, FrameError};

/// Cuts a byte stream into lines.
#[derive(Debug)]
pub(super) struct LineReader {
    pending: Pending,
    /// How far the waiting bytes were searched.
    searched: usize,
    limit: usize,
}

impl LineReader {
    /// Makes a reader that refuses lines of more than `limit` bytes, the line end counted.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            pending: Pending::default(),
            searched: 0,
            limit,
        }
    }

    pub(super) fn push(&mut self, chunk: Bytes) {
        self.pending.push(chunk);
    }

    /// Returns the next line that is not blank, with its line end.
    pub(super) fn next_line(&mut self) -> Result<Option<Bytes>, FrameError> {
        loop {
            let waiting = self.pending.bytes();
            let unsearched = waiting.get(self.searched..).unwrap_or_default();
            let end = memchr(b'\n', unsearched).map(|feed| self.searched + feed + 1);
            if end.unwrap_or(waiting.len()) > self.limit {
                return Err(FrameError::TooLarge { limit: self.limit });
            }
            let Some(end) = end else {
                self.searched = waiting.len();
                self.pending.settle();
                return Ok(None);
            };
            self.searched = 0;
            let line = self.pending.take(end);
            if !is_blank(&line) {
                return Ok(Some(line));
            }
        }
    }

    /// Returns a last line without its line feed.
    pub(super) fn leftover(&mut self) -> Option<Bytes> {
        self.searched = 0;
        Some(self.pending.rest()).filter(|line| !is_blank(line))
    }
}

/// Reads a line without its end.
pub(super) fn read(raw: &[u8]) -> Result<Frame<'_>, FrameError> {
    let line = raw.strip_suffix(b"\n").unwrap_or(raw);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = std::str::from_utf8(line).map_err(|_| FrameError::NotUtf8)?;
    Ok(Frame::Line(text))
}

fn is_blank(line: &[u8]) -> bool {
    line.trim_ascii().is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frame::Framing;
    use crate::frame::cuts::{pieces, read};

    fn lines(limit: usize, pieces: &[&[u8]]) -> (Vec<String>, Result<(), FrameError>) {
        read(Framing::Lines, limit, pieces)
    }

    #[test]
    fn reads_lines() {
        for (text, expected) in [
            (
                &b"{\"a\":1}\n{\"b\":2}\r\n"[..],
                &["{\"a\":1}", "{\"b\":2}"][..],
            ),
            (b"\n\r\n \t\n{}\n\n\n[]", &["{}", "[]"]),
            (b"{}\r", &["{}"]),
            (b"a\rb\n", &["a\rb"]),
            (b" {} \n", &[" {} "]),
            (b"\"\xc3\xa9\"\n", &["\"é\""]),
            (b"", &[]),
            (b"\r\n \n ", &[]),
        ] {
            let expected = expected
                .iter()
                .map(|line| format!("{:?}", Frame::Line(line)));
            assert_eq!(lines(16, &[text]), (expected.collect(), Ok(())));
        }
    }

    #[test]
    fn refuses_what_is_too_large_or_no_text() {
        let too_large = Err(FrameError::TooLarge { limit: 4 });
        for (text, frames, outcome) in [
            (&b"abc\nabc\nabcd"[..], 3, Ok(())),
            (b"abc\nabcd\n", 1, too_large),
            (b"abcde", 0, too_large),
            (b"     \n", 0, too_large),
            (b"abc\n\xff\n", 1, Err(FrameError::NotUtf8)),
        ] {
            let (found, ended) = lines(4, &[text]);
            assert_eq!((found.len(), ended), (frames, outcome), "{text:?}");
        }
    }

    #[test]
    fn shares_the_bytes_of_a_chunk() {
        let chunk = Bytes::from_static(b"{}\n[]\n");
        let mut reader = LineReader::new(16);
        reader.push(chunk.clone());
        for place in [0..3, 3..6] {
            let line = reader.next_line().unwrap().unwrap();
            assert_eq!(line.as_ptr(), chunk.slice(place).as_ptr());
        }
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_lines(
            text in "([a-zé ]{0,9}|\r\n|\n|\r){0,24}",
            broken in any::<bool>(),
            limit in 4_usize..12,
            cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8),
        ) {
            let mut bytes = text.into_bytes();
            bytes.extend(broken.then_some(0xff));
            prop_assert_eq!(lines(limit, &pieces(&bytes, &cuts)), lines(limit, &[&bytes]));
        }
    }
}
