//! Values that must never be seen: keys and tokens.

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// A key or token. It has no `Display` and no `Serialize`; `Debug` writes `***`; `==` takes a time that does not depend on
/// the content; memory is wiped on drop.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a key in.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// Shows the key to the code that sends it upstream. The only way out: search for this name to audit it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Compares in a time that does not depend on the content.
    pub fn matches(&self, other: &[u8]) -> bool {
        self.expose().as_bytes().ct_eq(other).into()
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.matches(other.expose().as_bytes())
    }
}

impl Eq for Secret {}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}
