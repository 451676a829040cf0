//! Credentials as headers.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use tidegate_config::{Secret, Settings};

/// Returns headers with `Authorization: Bearer` and the key of this name.
pub(crate) fn bearer(settings: &Settings, name: &str) -> Result<HeaderMap, String> {
    with_key(settings, name, header::AUTHORIZATION, "Bearer ")
}

/// Returns headers with one that holds the key of this name.
pub(crate) fn with_key(
    settings: &Settings,
    name: &str,
    header: HeaderName,
    prefix: &str,
) -> Result<HeaderMap, String> {
    let secret = settings
        .secret(name)
        .ok_or_else(|| format!("`{name}` is missing"))?;
    let mut headers = HeaderMap::new();
    insert_secret(&mut headers, header, prefix, secret)?;
    Ok(headers)
}

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
