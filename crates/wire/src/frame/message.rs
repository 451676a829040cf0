//! AWS event streams (`application/vnd.amazon.eventstream`), cut into messages.
//!
//! A message is, in big-endian numbers: its total length (32 bits), the length of its headers (32 bits), the CRC-32 of
//! these eight bytes, the headers, the payload, and the CRC-32 of everything before. Source: the Amazon Event Stream
//! specification of Smithy 2.0 (`aws/amazon-eventstream`).
//!
//! Read by hand although AWS has a crate for it: no AWS crate stands in the compile path of the inner crates, and this
//! crate knows no IO and no runtime. The format is one page long.

use bytes::Bytes;

use super::header::Headers;
use super::pending::Pending;
use super::{Frame, FrameError};

/// Bytes of both lengths and their checksum.
const PRELUDE: usize = 12;

/// Bytes of a message without headers and payload.
const SHORTEST: usize = 16;

/// Cuts a byte stream into messages.
#[derive(Debug)]
pub(super) struct MessageReader {
    pending: Pending,
    limit: usize,
}

impl MessageReader {
    /// Makes a reader that refuses messages of more than `limit` bytes, as soon as they announce their length.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            pending: Pending::default(),
            limit,
        }
    }

    pub(super) fn push(&mut self, chunk: Bytes) {
        self.pending.push(chunk);
    }

    /// Returns the next whole message.
    pub(super) fn next_message(&mut self) -> Result<Option<Bytes>, FrameError> {
        let waiting = self.pending.bytes();
        let total = Prelude::read(waiting)?.map(|prelude| prelude.total);
        if total.is_some_and(|total| total > self.limit) {
            return Err(FrameError::TooLarge { limit: self.limit });
        }
        let whole = total.filter(|total| *total <= waiting.len());
        if whole.is_none() {
            self.pending.settle();
        }
        Ok(whole.map(|total| self.pending.take(total)))
    }

    /// Returns the bytes of a message that was cut off. They read as [`FrameError::CutOff`].
    pub(super) fn leftover(&mut self) -> Option<Bytes> {
        Some(self.pending.rest()).filter(|rest| !rest.is_empty())
    }
}

/// The lengths at a message's beginning, checked.
struct Prelude {
    /// Bytes of the whole message.
    total: usize,
    /// Bytes of its headers; they fit into the message.
    headers: usize,
}

impl Prelude {
    /// Reads the beginning of a message; nothing while it is not there.
    fn read(bytes: &[u8]) -> Result<Option<Self>, FrameError> {
        let [total, headers, checksum, ..] = *bytes.as_chunks().0 else {
            return Ok(None);
        };
        if crc32fast::hash([total, headers].as_flattened()) != u32::from_be_bytes(checksum) {
            return Err(FrameError::Malformed(
                "the checksum of a message's lengths is wrong",
            ));
        }
        let number = |bytes| usize::try_from(u32::from_be_bytes(bytes)).unwrap_or(usize::MAX);
        let (total, headers) = (number(total), number(headers));
        let room = total
            .checked_sub(SHORTEST)
            .ok_or(FrameError::Malformed("a message is too short"))?;
        if headers > room {
            return Err(FrameError::Malformed(
                "a message's headers are longer than the message",
            ));
        }
        Ok(Some(Self { total, headers }))
    }
}

/// Reads one message.
pub(super) fn read(raw: &[u8]) -> Result<Frame<'_>, FrameError> {
    let prelude = Prelude::read(raw)?.ok_or(FrameError::CutOff)?;
    let (checked, checksum) = raw
        .get(..prelude.total)
        .and_then(<[u8]>::split_last_chunk)
        .ok_or(FrameError::CutOff)?;
    if crc32fast::hash(checked) != u32::from_be_bytes(*checksum) {
        return Err(FrameError::Malformed("the checksum of a message is wrong"));
    }
    let (headers, payload) = checked
        .get(PRELUDE..)
        .and_then(|content| content.split_at_checked(prelude.headers))
        .ok_or(FrameError::CutOff)?;
    Headers::read(headers)?.message(payload)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frame::Framing;
    use crate::frame::MessageKind::{self, Error, Event, Exception};
    use crate::frame::cuts::{self, pieces};

    /// A message of the format's reference tests (`awslabs/aws-c-event-stream`): one header, the payload `{'foo':'bar'}`.
    const REFERENCE: &[u8] = b"\x00\x00\x00\x3d\x00\x00\x00\x20\x07\xfd\x83\x96\x0ccontent-type\x07\x00\x10application/json{'foo':'bar'}\x8d\x9c\x08\xb1";

    fn messages(limit: usize, pieces: &[&[u8]]) -> (Vec<String>, Result<(), FrameError>) {
        cuts::read(Framing::Messages, limit, pieces)
    }

    fn prelude(total: usize, headers: usize) -> Vec<u8> {
        let number = |length| u32::try_from(length).unwrap().to_be_bytes();
        let mut out = [number(total), number(headers)].concat();
        out.extend(crc32fast::hash(&out).to_be_bytes());
        out
    }

    fn message(headers: &[Vec<u8>], payload: &[u8]) -> Vec<u8> {
        let headers = headers.concat();
        let mut out = prelude(SHORTEST + headers.len() + payload.len(), headers.len());
        out.extend([&headers, payload].concat());
        out.extend(crc32fast::hash(&out).to_be_bytes());
        out
    }

    fn header(name: &str, kind: u8, value: &[u8]) -> Vec<u8> {
        let length = u8::try_from(name.len()).unwrap();
        [&[length], name.as_bytes(), &[kind], value].concat()
    }

    fn text(name: &str, value: &str) -> Vec<u8> {
        let length = u16::try_from(value.len()).unwrap().to_be_bytes();
        header(name, 7, &[&length, value.as_bytes()].concat())
    }

    fn event(kind: &str, payload: &[u8]) -> Vec<u8> {
        let headers = [text(":message-type", "event"), text(":event-type", kind)];
        message(&headers, payload)
    }

    fn told(kind: MessageKind, event: &str, payload: &[u8]) -> String {
        let frame = Frame::Message {
            kind,
            event,
            payload,
        };
        format!("{frame:?}")
    }

    #[test]
    fn reads_every_kind_of_message() {
        let exception = |kind: &[Vec<u8>]| [&[text(":message-type", "exception")], kind].concat();
        let error = |told: &[Vec<u8>]| [&[text(":message-type", "error")], told].concat();
        let (code, said) = (text(":error-code", "Broken"), text(":error-message", "é"));
        for (bytes, expected) in [
            (event("chunk", b"{}"), (Event, "chunk", &b"{}"[..])),
            (event("chunk", b""), (Event, "chunk", b"")),
            (event("", b"\xff"), (Event, "", b"\xff")),
            (
                message(&exception(&[text(":exception-type", "Slow")]), b"{}"),
                (Exception, "Slow", b"{}"),
            ),
            (
                message(&error(&[code, said.clone()]), b""),
                (Error, "Broken", "é".as_bytes()),
            ),
            (message(&error(&[said]), b"{}"), (Error, "", "é".as_bytes())),
            (message(&error(&[]), b"{}"), (Error, "", b"{}")),
        ] {
            let (kind, event, payload) = expected;
            let expected = (vec![told(kind, event, payload)], Ok(()));
            assert_eq!(messages(1 << 10, &[&bytes]), expected);
        }
    }

    #[test]
    fn skips_headers_of_every_type() {
        let mut headers = vec![
            header("true", 0, b""),
            header("false", 1, b""),
            header("i8", 2, &[7; 1]),
            header("i16", 3, &[7; 2]),
            header("i32", 4, &[7; 4]),
            header("i64", 5, &[7; 8]),
            header("bytes", 6, &[0, 3, 7, 7, 7]),
            header("text", 7, &[0, 2, 0xff, 0xff]),
            header("time", 8, &[7; 8]),
            header("uuid", 9, &[7; 16]),
            header(&"n".repeat(255), 7, &[0, 0]),
        ];
        headers.insert(5, text(":message-type", "event"));
        headers.push(text(":event-type", "chunk"));
        let expected = vec![told(Event, "chunk", b"{}")];
        assert_eq!(
            messages(1 << 10, &[&message(&headers, b"{}")]),
            (expected, Ok(()))
        );
    }

    #[test]
    fn refuses_what_breaks_the_format() {
        let with = |header: Vec<u8>| message(&[text(":message-type", "event"), header], b"{}");
        let (lengths, header, silent, untyped) = (
            "the checksum of a message's lengths is wrong",
            "a header cannot be read",
            "a message does not say what it is",
            "a message does not say its type",
        );
        let mut wrong_end = event("chunk", b"{}");
        *wrong_end.last_mut().unwrap() ^= 1;
        let mut wrong_payload = event("chunk", b"{}");
        let place = wrong_payload.len() - 5;
        wrong_payload[place] ^= 0x80;
        let mut wrong_prelude = event("chunk", b"{}");
        wrong_prelude[11] ^= 1;
        let mut wrong_length = event("chunk", b"{}");
        wrong_length[0] = 0xff;
        for (bytes, problem) in [
            (wrong_prelude, lengths),
            (wrong_length, lengths),
            (b"data: {}\n\ndata: {}\n\n".to_vec(), lengths),
            (wrong_end, "the checksum of a message is wrong"),
            (wrong_payload, "the checksum of a message is wrong"),
            (prelude(0, 0), "a message is too short"),
            (prelude(15, 0), "a message is too short"),
            (
                prelude(20, 5),
                "a message's headers are longer than the message",
            ),
            (
                prelude(16, 0xffff_ffff),
                "a message's headers are longer than the message",
            ),
            (with(self::header("x", 10, b"")), header),
            (with(self::header("x", 255, b"")), header),
            (with(self::header("", 0, b"")), header),
            (with(self::header("x", 9, &[0; 15])), header),
            (with(self::header("x", 6, &[0])), header),
            (with(self::header("x", 7, &[0, 2, b'x'])), header),
            (with(b"\x05name".to_vec()), header),
            (with(b"\x05nam".to_vec()), header),
            (with(text(":exception-type", "x")), untyped),
            (with(self::header(":event-type", 6, &[0, 1, b'x'])), untyped),
            (message(&[], b"{}"), silent),
            (message(&[text(":message-type", "news")], b"{}"), silent),
            (
                message(&[text(":message-type", "exception")], b"{}"),
                untyped,
            ),
            (REFERENCE.to_vec(), silent),
        ] {
            let expected = (Vec::new(), Err(FrameError::Malformed(problem)));
            assert_eq!(messages(1 << 10, &[&bytes]), expected, "{bytes:?}");
        }
        let no_text = with(self::header(":event-type", 7, &[0, 1, 0xff]));
        let expected = (Vec::new(), Err(FrameError::NotUtf8));
        assert_eq!(messages(1 << 10, &[&no_text]), expected);
    }

    #[test]
    fn caps_a_message_before_it_has_come() {
        let whole = event("chunk", b"{}");
        let limit = whole.len();
        assert_eq!(messages(limit, &[&whole]).1, Ok(()));
        let too_large = |limit| (Vec::new(), Err(FrameError::TooLarge { limit }));
        assert_eq!(messages(limit - 1, &[&whole[..12]]), too_large(limit - 1));
        assert_eq!(messages(64, &[&prelude(65, 0)]), too_large(64));
        let (most, all) = (0xffff_ffff, 0xffff_ffff - SHORTEST);
        assert_eq!(messages(64, &[&prelude(most, all)]), too_large(64));
    }

    #[test]
    fn half_a_message_is_cut_off() {
        let whole = event("chunk", b"{}");
        let both = [whole.clone(), whole.clone()].concat();
        for length in 1..whole.len() {
            let (frames, outcome) = messages(1 << 10, &[&both[..whole.len() + length]]);
            assert_eq!((frames.len(), outcome), (1, Err(FrameError::CutOff)));
        }
        assert_eq!(messages(1 << 10, &[]), (Vec::new(), Ok(())));
    }

    #[test]
    fn shares_the_bytes_of_a_chunk() {
        let whole = event("chunk", b"{}");
        let chunk = Bytes::from([whole.clone(), whole.clone()].concat());
        let mut reader = MessageReader::new(1 << 10);
        reader.push(chunk.clone());
        for start in [0, whole.len()] {
            let message = reader.next_message().unwrap().unwrap();
            assert_eq!(message.as_ptr(), chunk.slice(start..).as_ptr());
        }
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_messages(
            payloads in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..6),
            lost in 0_usize..20,
            flipped in proptest::option::of(any::<proptest::sample::Index>()),
            limit in 60_usize..120,
            cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8),
        ) {
            let mut bytes = payloads.iter().flat_map(|payload| event("e", payload)).collect::<Vec<u8>>();
            bytes.truncate(bytes.len().saturating_sub(lost));
            if let (Some(place), false) = (flipped, bytes.is_empty()) {
                let place = place.index(bytes.len());
                bytes[place] ^= 0x10;
            }
            prop_assert_eq!(messages(limit, &pieces(&bytes, &cuts)), messages(limit, &[&bytes]));
        }

        #[test]
        fn any_flipped_bit_is_found(payload in proptest::collection::vec(any::<u8>(), 0..40), bit in any::<proptest::sample::Index>()) {
            let mut bytes = event("chunk", &payload);
            let bit = bit.index(bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(messages(1 << 10, &[&bytes]).1.is_err());
        }
    }
}
