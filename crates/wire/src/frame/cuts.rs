//! What the tests of all readers need: bytes cut in pieces, and what a reader makes of them.

use bytes::Bytes;
use proptest::sample::Index;

use super::{FrameError, FrameReader, Framing};

/// Cuts bytes where the numbers say; pieces may be empty.
pub(super) fn pieces<'a>(bytes: &'a [u8], cuts: &[Index]) -> Vec<&'a [u8]> {
    let mut at: Vec<usize> = cuts
        .iter()
        .map(|cut| cut.index(bytes.len() + 1))
        .chain([0, bytes.len()])
        .collect();
    at.sort_unstable();
    let ends = at.iter().skip(1);
    at.iter()
        .zip(ends)
        .filter_map(|(from, to)| bytes.get(*from..*to))
        .collect()
}

/// Reads a stream to its end or first error. Frames are told in the words of `Debug`.
pub(super) fn read(
    framing: Framing,
    limit: usize,
    pieces: &[&[u8]],
) -> (Vec<String>, Result<(), FrameError>) {
    let mut reader = FrameReader::new(framing, limit);
    let mut frames = Vec::new();
    let outcome = (|| {
        for piece in pieces {
            reader.push(Bytes::copy_from_slice(piece));
            while let Some(raw) = reader.next_frame()? {
                raw.read(|frame| told(&mut frames, &frame))?;
            }
        }
        match reader.leftover() {
            Some(raw) => raw.read(|frame| told(&mut frames, &frame)),
            None => Ok(()),
        }
    })();
    (frames, outcome)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "what a frame is shown to may fail"
)]
fn told(frames: &mut Vec<String>, frame: &super::Frame<'_>) -> Result<(), FrameError> {
    frames.push(format!("{frame:?}"));
    Ok(())
}
