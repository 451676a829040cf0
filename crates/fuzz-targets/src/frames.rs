//! Streams: wherever the network cuts one, the same frames come out, and of server-sent events no byte is lost.

use bytes::Bytes;
use tidegate_wire::frame::{FrameError, FrameReader, Framing, RawFrame, SseFrame, SseReader};

/// Small, so that the cap is met too.
const LIMIT: usize = 512;

/// Server-sent events.
pub fn sse(data: &[u8]) {
    let Some((seeds, text)) = data.split_first_chunk() else {
        return;
    };
    let pieces = pieces(*seeds, text);
    let (whole, cut) = (
        read(usize::MAX, [text]),
        read(usize::MAX, pieces.iter().copied()),
    );
    assert_eq!(whole, cut, "a cut stream gives the same frames");
    let bytes: Vec<u8> = whole
        .iter()
        .flatten()
        .flat_map(|frame| frame.raw().to_vec())
        .collect();
    let marked = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    assert!(
        whole.is_err() || marked.starts_with(&bytes),
        "the frames are made of the stream's own bytes"
    );
    // However it is cut, a frame over the cap is refused, and one within it never.
    for outcome in [read(LIMIT, [text]), read(LIMIT, pieces)] {
        match outcome {
            Ok(frames) => assert!(frames.iter().all(|frame| frame.raw().len() <= LIMIT + 3)),
            Err(error) => assert_eq!(error, FrameError::TooLarge { limit: LIMIT }),
        }
    }
}

/// Newline-delimited JSON.
pub fn lines(data: &[u8]) {
    if let Some((seeds, text)) = data.split_first_chunk() {
        same_however_cut(Framing::Lines, *seeds, text);
    }
}

/// AWS event streams: the bytes as they are, and as headers and payload of two messages whose checksums are right.
pub fn messages(data: &[u8]) {
    let Some((seeds, text)) = data.split_first_chunk() else {
        return;
    };
    same_however_cut(Framing::Messages, *seeds, text);
    let [headers, ..] = *seeds;
    let message = sealed(usize::from(headers).min(text.len()), text);
    let frames = same_however_cut(
        Framing::Messages,
        *seeds,
        &[&message[..], &message].concat(),
    );
    assert!(
        frames.len() != 1,
        "the same message is read the same way again"
    );
}

/// Makes a message of headers of this length and a payload.
fn sealed(headers: usize, content: &[u8]) -> Vec<u8> {
    let number = |length| u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    let mut message = [number(16 + content.len()), number(headers)].concat();
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message.extend(content);
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message
}

/// Reads a stream whole and in pieces, with and without a cap in reach, and returns its frames.
fn same_however_cut(framing: Framing, seeds: [u8; 8], text: &[u8]) -> Vec<String> {
    let pieces = pieces(seeds, text);
    for limit in [LIMIT, usize::MAX] {
        let (whole, cut) = (told(framing, limit, &[text]), told(framing, limit, &pieces));
        assert_eq!(whole, cut, "a cut stream gives the same frames");
    }
    told(framing, usize::MAX, &[text]).0
}

/// Returns the frames of a stream in the words of `Debug`, and how it ends.
fn told(framing: Framing, limit: usize, pieces: &[&[u8]]) -> (Vec<String>, Result<(), FrameError>) {
    let mut reader = FrameReader::new(framing, limit);
    let mut frames = Vec::new();
    let ended = (|| {
        for piece in pieces {
            reader.push(Bytes::copy_from_slice(piece));
            while let Some(frame) = reader.next_frame()? {
                tell(&frame, &mut frames)?;
            }
        }
        match reader.leftover() {
            Some(frame) => tell(&frame, &mut frames),
            None => Ok(()),
        }
    })();
    (frames, ended)
}

fn tell(frame: &RawFrame, frames: &mut Vec<String>) -> Result<(), FrameError> {
    frame.read(|frame| {
        frames.push(format!("{frame:?}"));
        Ok(())
    })
}

/// Cuts a text where these bytes say.
pub(crate) fn pieces(seeds: [u8; 8], text: &[u8]) -> Vec<&[u8]> {
    let mut cuts: Vec<usize> = seeds
        .iter()
        .map(|seed| usize::from(*seed) * (text.len() + 1) / 256)
        .collect();
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    cuts.iter()
        .zip(cuts.iter().skip(1))
        .filter_map(|(from, to)| text.get(*from..*to))
        .collect()
}

fn read<'a>(
    limit: usize,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Vec<SseFrame>, FrameError> {
    let mut reader = SseReader::new(limit);
    let mut frames = Vec::new();
    for piece in pieces {
        reader.push(Bytes::copy_from_slice(piece));
        while let Some(frame) = reader.next_frame()? {
            frames.push(frame);
        }
    }
    frames.extend(reader.leftover());
    for frame in &frames {
        // Reading never panics; what is no UTF-8 is an error.
        let _ = frame.read();
    }
    Ok(frames)
}
