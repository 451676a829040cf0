//! Keys that a provider echoes are masked before anybody sees them.

use std::ops::Range;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use memchr::{memchr, memmem};
use tidegate_config::{ModelConfig, Secret, Settings, Value};

use crate::extras;

/// What stands in a key's place.
const MASK: &[u8] = b"***";

/// Shorter keys are not looked for: they would be found everywhere.
const SHORTEST: usize = 6;

/// The most backslashes that count as one escape: those of JSON four times within JSON.
const DEEPEST: usize = 16;

/// The keys of one target. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Masker(Arc<[Secret]>);

impl Masker {
    /// Collects every key of a `config:` block, and what the block adds to calls.
    pub(crate) fn of(model: &ModelConfig) -> Self {
        let mut keys = Vec::new();
        collect(&model.settings, &mut keys);
        Self::over(keys.into_iter().chain(extras::secrets(&model.extras)))
    }

    /// Adds what authorised one call.
    pub(crate) fn with(&self, more: Vec<Secret>) -> Self {
        Self::over(self.0.iter().cloned().chain(more))
    }

    fn over(keys: impl IntoIterator<Item = Secret>) -> Self {
        let long = |key: &Secret| key.expose().len() >= SHORTEST;
        Self(keys.into_iter().filter(long).collect())
    }

    /// True when a key stands in the bytes.
    pub(crate) fn finds_key(&self, bytes: &[u8]) -> bool {
        self.0
            .iter()
            .any(|key| memmem::find(bytes, key.expose().as_bytes()).is_some())
    }

    /// Returns the bytes without any key; the same bytes when there is none in them. A key may also stand there as JSON
    /// writes it: `\/` and `\u002B` are common, and a reader of the JSON would see the key.
    pub(crate) fn bytes(&self, bytes: Bytes) -> Bytes {
        let bytes = self.replaced(bytes, literally);
        if memchr(b'\\', &bytes).is_none() {
            return bytes;
        }
        self.replaced(bytes, with_escapes)
    }

    fn replaced(&self, bytes: Bytes, find: Find) -> Bytes {
        self.0.iter().fold(bytes, |bytes, key| {
            replace(bytes, key.expose().as_bytes(), find)
        })
    }

    /// Returns the text without any key.
    pub(crate) fn text(&self, text: &str) -> String {
        let bytes = self.bytes(Bytes::copy_from_slice(text.as_bytes()));
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn collect(settings: &Settings, keys: &mut Vec<Secret>) {
    for (_, value) in settings.iter() {
        match value {
            Value::Secret(secret, _) => keys.push(secret.clone()),
            Value::Group(group) => collect(group, keys),
            _ => {}
        }
    }
}

/// Finds a key and tells where it stands.
type Find = fn(&[u8], &[u8]) -> Option<Range<usize>>;

fn literally(bytes: &[u8], key: &[u8]) -> Option<Range<usize>> {
    memmem::find(bytes, key).map(|at| at..at + key.len())
}

fn with_escapes(bytes: &[u8], key: &[u8]) -> Option<Range<usize>> {
    (0..bytes.len()).find_map(|at| {
        let size = begins_with(bytes.get(at..)?, key)?;
        Some(at..at + size)
    })
}

/// Returns how many bytes spell the key, each character plain or as an escape.
fn begins_with(bytes: &[u8], key: &[u8]) -> Option<usize> {
    let (mut rest, mut left) = (bytes, key);
    while !left.is_empty() {
        let (character, size) = match rest.first()? {
            b'\\' => unescape(rest)?,
            byte => (*byte, 1),
        };
        left = left.strip_prefix(&[character])?;
        rest = rest.get(size..)?;
    }
    Some(bytes.len() - rest.len())
}

/// Reads one escape of an ASCII character. JSON inside JSON doubles the backslashes, so many of them count as one.
fn unescape(bytes: &[u8]) -> Option<(u8, usize)> {
    let near = bytes.iter().take(DEEPEST);
    let slashes = near.take_while(|byte| **byte == b'\\').count();
    let Some(b'u') = bytes.get(slashes) else {
        return bytes.get(slashes).map(|byte| (*byte, slashes + 1));
    };
    let digits = bytes.get(slashes + 1..slashes + 5)?;
    let code = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    Some((code, slashes + 5))
}

fn replace(bytes: Bytes, key: &[u8], find: Find) -> Bytes {
    if find(&bytes, key).is_none() {
        return bytes;
    }
    let mut out = BytesMut::with_capacity(bytes.len());
    let mut rest: &[u8] = &bytes;
    while let Some(found) = find(rest, key) {
        out.extend_from_slice(rest.get(..found.start).unwrap_or_default());
        out.extend_from_slice(MASK);
        rest = rest.get(found.end..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_every_echo() {
        let masker = Masker::over([Secret::new("sk-canary"), Secret::new("other-key")]);
        assert_eq!(
            masker.text("a sk-canary b sk-canary other-key"),
            "a *** b *** ***"
        );
        let clean = Bytes::from_static(b"nothing here");
        assert_eq!(masker.bytes(clean.clone()).as_ptr(), clean.as_ptr());
    }

    #[test]
    fn masks_a_key_that_json_escapes() {
        let masker = Masker::over([Secret::new("sk/ca+na\"ry=")]);
        for escaped in [
            r#"sk\/ca+na\"ry="#,
            r"sk/ca\u002Bna\u0022ry\u003d",
            r#"\u0073k\\/ca+na\\\"ry="#,
        ] {
            let text = format!(r#"{{"a":"\n{escaped}\\","b":1}}"#);
            assert_eq!(masker.text(&text), r#"{"a":"\n***\\","b":1}"#, "{escaped}");
        }
        let clean = r#"{"a":"sk\/ca \u00e9 \ud83d\ude00 \"#;
        assert_eq!(masker.text(clean), clean);
    }

    /// Were each run of backslashes counted to its end, this would take minutes.
    #[test]
    fn a_long_run_of_backslashes_costs_no_more_than_other_bytes() {
        let masker = Masker::over([Secret::new("sk-canary")]);
        let run = "\\".repeat(1 << 19);
        let told = masker.text(&format!(r"{run}\u0073k-canary"));
        assert!(told.ends_with(r"\***"));
        assert_eq!(told.len(), run.len() + 1 - DEEPEST + MASK.len());
    }
}
