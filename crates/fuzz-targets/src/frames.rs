//! Server-sent events: wherever the network cuts a stream, the same frames come out, and no byte is lost.

use bytes::Bytes;
use tidegate_wire::frame::{FrameError, SseFrame, SseReader};

/// Small, so that the cap is met too.
const LIMIT: usize = 512;

/// Cuts the text after the first eight bytes where these bytes say.
pub fn sse(data: &[u8]) {
    let Some((seeds, text)) = data.split_at_checked(8) else {
        return;
    };
    let mut cuts: Vec<usize> = seeds
        .iter()
        .map(|seed| usize::from(*seed) * (text.len() + 1) / 256)
        .collect();
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    let pieces = cuts
        .iter()
        .zip(cuts.iter().skip(1))
        .filter_map(|(from, to)| text.get(*from..*to));
    let (whole, cut) = (read(usize::MAX, [text]), read(usize::MAX, pieces.clone()));
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
