//! Credentials as headers.

use http::{HeaderMap, HeaderName, HeaderValue};
use tidegate_config::Secret;

/// Adds a header that holds a key, marked so that nothing prints it.
pub(crate) fn insert_secret(
    headers: &mut HeaderMap,
    name: HeaderName,
    prefix: &str,
    secret: &Secret,
) -> Result<(), String> {
    let text = format!("{prefix}{}", secret.expose());
    let mut value = HeaderValue::try_from(text).map_err(|_| {
        format!(
            "the key cannot be sent in the header `{name}`: it holds characters that HTTP forbids"
        )
    })?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}
