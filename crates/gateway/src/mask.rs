//! Keys that a provider echoes are masked before anybody sees them.

use bytes::{Bytes, BytesMut};
use memchr::memmem;
use tidegate_config::{Secret, Settings, Value};

/// What stands in a key's place.
const MASK: &[u8] = b"***";

/// Shorter keys are not looked for: they would be found everywhere.
const SHORTEST: usize = 6;

/// The keys of one target.
#[derive(Clone, Debug, Default)]
pub(crate) struct Masker(Vec<Secret>);

impl Masker {
    /// Collects every key of a `config:` block.
    pub(crate) fn of(settings: &Settings) -> Self {
        let mut keys = Vec::new();
        collect(settings, &mut keys);
        keys.retain(|key: &Secret| key.expose().len() >= SHORTEST);
        Self(keys)
    }

    /// True when a key stands in the bytes.
    pub(crate) fn finds_key(&self, bytes: &[u8]) -> bool {
        self.0
            .iter()
            .any(|key| memmem::find(bytes, key.expose().as_bytes()).is_some())
    }

    /// Returns the bytes without any key; the same bytes when there is none in them.
    pub(crate) fn bytes(&self, bytes: Bytes) -> Bytes {
        self.0
            .iter()
            .fold(bytes, |bytes, key| replace(bytes, key.expose().as_bytes()))
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

fn replace(bytes: Bytes, key: &[u8]) -> Bytes {
    let finder = memmem::Finder::new(key);
    if finder.find(&bytes).is_none() {
        return bytes;
    }
    let mut out = BytesMut::with_capacity(bytes.len());
    let mut rest: &[u8] = &bytes;
    while let Some(at) = finder.find(rest) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        out.extend_from_slice(MASK);
        rest = rest.get(at + key.len()..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_every_echo() {
        let masker = Masker(vec![Secret::new("sk-canary"), Secret::new("other-key")]);
        assert_eq!(
            masker.text("a sk-canary b sk-canary other-key"),
            "a *** b *** ***"
        );
        let clean = Bytes::from_static(b"nothing here");
        assert_eq!(masker.bytes(clean.clone()).as_ptr(), clean.as_ptr());
    }
}
