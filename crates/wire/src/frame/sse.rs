//! Server-sent events, read by the rules of the WHATWG HTML standard, section 9.2.6.
//!
//! Frames keep their bytes, so that a stream in the client's own dialect is passed on as it came.

use std::borrow::Cow;

use bytes::Bytes;
use memchr::{memchr2, memrchr2};

use super::FrameError;
use super::pending::Pending;

/// Cuts a byte stream into server-sent events.
#[derive(Debug)]
pub struct SseReader {
    pending: Pending,
    /// How far the waiting bytes were searched.
    searched: usize,
    limit: usize,
    begun: bool,
}

/// One event with the bytes it was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SseFrame {
    raw: Bytes,
}

/// The `event` field, if any, and the `data` of an event.
pub type SseContent<'a> = (Option<&'a str>, Cow<'a, str>);

impl SseReader {
    /// Makes a reader that refuses frames of more than `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            pending: Pending::default(),
            searched: 0,
            limit,
            begun: false,
        }
    }

    /// Takes the next bytes in. Call [`Self::next_frame`] until it gives nothing before pushing again.
    pub fn push(&mut self, chunk: Bytes) {
        self.pending.push(chunk);
    }

    /// Returns the next whole frame.
    pub fn next_frame(&mut self) -> Result<Option<SseFrame>, FrameError> {
        let end = frame_end(self.pending.bytes(), self.searched);
        if end.unwrap_or(self.pending.bytes().len()) > self.limit {
            return Err(FrameError::TooLarge { limit: self.limit });
        }
        let Some(end) = end else {
            self.searched = resume_point(self.pending.bytes(), self.searched);
            self.pending.settle();
            return Ok(None);
        };
        self.searched = 0;
        let raw = self.pending.take(end);
        Ok(Some(SseFrame {
            raw: self.without_mark(raw),
        }))
    }

    /// Returns what stands after the last whole frame: bytes of a frame that was cut off, or a last frame whose blank
    /// line is missing. Empty when the stream ended cleanly.
    pub fn leftover(&mut self) -> Option<SseFrame> {
        let rest = self.pending.rest();
        let raw = self.without_mark(rest);
        let blank = raw.iter().all(|byte| matches!(byte, b'\n' | b'\r' | b' '));
        (!blank).then_some(SseFrame { raw })
    }

    /// Drops a byte order mark before the first frame.
    fn without_mark(&mut self, raw: Bytes) -> Bytes {
        if std::mem::replace(&mut self.begun, true) {
            return raw;
        }
        match raw.strip_prefix("\u{feff}".as_bytes()) {
            Some(rest) => raw.slice_ref(rest),
            None => raw,
        }
    }
}

impl SseFrame {
    /// The bytes as they came, with the blank line that ends them.
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// Takes the bytes.
    pub fn into_raw(self) -> Bytes {
        self.raw
    }

    /// Reads the event's name and data. Comments and unknown fields are skipped; no data gives `None`.
    pub fn read(&self) -> Result<Option<SseContent<'_>>, FrameError> {
        let text = std::str::from_utf8(&self.raw).map_err(|_| FrameError::NotUtf8)?;
        let (mut event, mut data) = (None, None::<Cow<'_, str>>);
        let mut rest = text;
        while !rest.is_empty() {
            let end = memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
            let (line, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match (field, &mut data) {
                ("event", _) => event = Some(value),
                ("data", None) => data = Some(Cow::Borrowed(value)),
                ("data", Some(lines)) => {
                    lines.to_mut().push('\n');
                    lines.to_mut().push_str(value);
                }
                _ => {}
            }
        }
        Ok(data.map(|data| (event, data)))
    }
}

/// Returns the offset after the blank line that ends the first frame, looking from `from`, which must be a line's start.
///
/// A carriage return at the very end may be half of a line end, so it decides nothing yet.
fn frame_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut line = from;
    loop {
        let tail = bytes.get(line..)?;
        let length = memchr2(b'\n', b'\r', tail)?;
        let end = match (tail.get(length), tail.get(length + 1)) {
            (Some(b'\n'), _) => length + 1,
            (_, Some(b'\n')) => length + 2,
            (_, Some(_)) => length + 1,
            (_, None) => return None,
        };
        // A blank line before any field belongs to no frame; it rides with the next one.
        if length == 0
            && !bytes
                .get(..line)?
                .iter()
                .all(|byte| matches!(byte, b'\n' | b'\r'))
        {
            return Some(line + end);
        }
        line += end;
    }
}

/// Returns the start of the last line, from where the search for a frame's end can go on; `from` is a line's start.
fn resume_point(bytes: &[u8], from: usize) -> usize {
    let settled = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    let new = settled.get(from..).unwrap_or_default();
    memrchr2(b'\n', b'\r', new).map_or(from, |last| from + last + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frame::cuts::pieces;

    fn frames(chunks: &[&[u8]]) -> Vec<(Option<String>, String)> {
        let mut reader = SseReader::new(1 << 16);
        let mut out = Vec::new();
        for chunk in chunks {
            reader.push(Bytes::copy_from_slice(chunk));
            while let Some(frame) = reader.next_frame().unwrap() {
                if let Some((event, data)) = frame.read().unwrap() {
                    out.push((event.map(str::to_owned), data.into_owned()));
                }
            }
        }
        out
    }

    #[test]
    fn reads_every_form_of_line_end_and_field() {
        let text = b"\xef\xbb\xbf: ping\n\ndata: one\n\nevent: x\r\ndata:two\r\ndata: three\r\n\r\nid: 7\rdata:  four\r\r\n\n\ndata: five\n\n";
        assert_eq!(
            frames(&[text]),
            [
                (None, "one".to_owned()),
                (Some("x".to_owned()), "two\nthree".to_owned()),
                (None, " four".to_owned()),
                (None, "five".to_owned()),
            ]
        );
    }

    #[test]
    fn caps_a_frame_and_reports_a_cut_one() {
        let mut reader = SseReader::new(8);
        reader.push(Bytes::from_static(b"data: 123456789"));
        assert_eq!(reader.next_frame(), Err(FrameError::TooLarge { limit: 8 }));
        let mut reader = SseReader::new(80);
        reader.push(Bytes::from_static(b"data: a\n\ndata: b"));
        assert!(reader.next_frame().unwrap().is_some());
        assert!(reader.next_frame().unwrap().is_none());
        assert_eq!(reader.leftover().unwrap().raw().as_ref(), b"data: b");
        assert_eq!(reader.leftover(), None);
        reader = SseReader::new(80);
        reader.push(Bytes::from_static(b"\xef\xbb\xbfdata: a"));
        assert_eq!(reader.next_frame(), Ok(None));
        assert_eq!(reader.leftover().unwrap().raw().as_ref(), b"data: a");
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_frames_and_bytes(
            text in "(data: ?[a-zé]{0,6}|event: e|: c|\r\n|\n|\r|\n\n|\r\n\r\n){0,24}",
            cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..6),
        ) {
            let text = format!("{text}\n\ndata: end\n\n");
            let bytes = text.as_bytes();
            prop_assert_eq!(frames(&pieces(bytes, &cuts)), frames(&[bytes]));
        }
    }
}
