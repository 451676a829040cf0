//! AWS Signature Version 4 over a finished request. Pure: the time is an argument.

use std::borrow::Cow;
use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SigningParams, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};
use tidegate_gateway::Unsigned;

/// The headers that are signed besides `host`, the date and the session token: those that botocore signs.
const SIGNED: [HeaderName; 2] = [ACCEPT, CONTENT_TYPE];

/// What a signature is for.
pub(super) struct Scope<'a> {
    pub(super) service: &'a str,
    pub(super) region: &'a str,
    /// Unix seconds.
    pub(super) now: u64,
}

/// Adds the signature's headers to a request whose address is complete.
pub(super) fn add(
    request: &mut Unsigned<'_>,
    credentials: Credentials,
    scope: &Scope<'_>,
) -> Result<(), String> {
    let identity = credentials.into();
    let params: SigningParams<'_> = v4::SigningParams::builder()
        .identity(&identity)
        .region(scope.region)
        .name(scope.service)
        .time(UNIX_EPOCH + Duration::from_secs(scope.now))
        // The path is encoded once more in the canonical request, as for every service but S3.
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| error.to_string())?
        .into();
    let headers = SIGNED.iter().filter_map(|name| {
        let value = request.headers.get(name)?.to_str().ok()?;
        Some((name.as_str(), value))
    });
    let (uri, body) = (request.uri.to_string(), whole(request.body));
    let signable = SignableRequest::new("POST", uri, headers, SignableBody::Bytes(&body))
        .map_err(|error| error.to_string())?;
    let (signed, _) = sign(signable, &params)
        .map_err(|error| error.to_string())?
        .into_parts();
    for header in signed.into_parts().0 {
        let mut value = HeaderValue::try_from(header.value())
            .map_err(|_| "the credentials hold characters that HTTP forbids".to_owned())?;
        value.set_sensitive(true);
        request
            .headers
            .insert(HeaderName::from_static(header.name()), value);
    }
    Ok(())
}

/// Returns the body in one piece; translated bodies are.
fn whole(pieces: &[Bytes]) -> Cow<'_, [u8]> {
    let mut filled = pieces.iter().filter(|piece| !piece.is_empty());
    match (filled.next(), filled.next()) {
        (None, _) => Cow::Borrowed(&[]),
        (Some(only), None) => Cow::Borrowed(only),
        (Some(_), Some(_)) => Cow::Owned(pieces.concat()),
    }
}
