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

/// The header that holds no secret: AWS repeats it to say that a clock is wrong.
const DATE: &str = "x-amz-date";

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
    let signable = SignableRequest::new(
        request.method.as_str(),
        uri,
        headers,
        SignableBody::Bytes(&body),
    )
    .map_err(|error| error.to_string())?;
    let (signed, _) = sign(signable, &params)
        .map_err(|error| error.to_string())?
        .into_parts();
    for header in signed.into_parts().0 {
        let mut value = HeaderValue::try_from(header.value())
            .map_err(|_| "the credentials hold characters that HTTP forbids".to_owned())?;
        value.set_sensitive(header.name() != DATE);
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

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    /// The signatures are botocore's (1.44.5, `SigV4Auth`) for the same requests at the same time.
    #[test]
    fn signs_as_botocore_does() {
        let signed = "accept;content-type;host;x-amz-date";
        for (uri, token, pieces, names, signature) in [
            (
                "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-v2%3A1/invoke",
                None,
                [r#"{"prompt":"x"}"#, "", ""],
                signed.to_owned(),
                "829d9cf5303a424db344e2b5f9f8609762c6400dd82287ad68551a27a20bd569",
            ),
            (
                "https://bedrock-runtime.us-east-1.amazonaws.com/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.anthropic.claude-v2%3A1/converse-stream",
                Some("token/with+signs="),
                [r#"{"pro"#, r#"mpt":"#, r#""x"}"#],
                format!("{signed};x-amz-security-token"),
                "c8912266d3eb726894f179faeaf05fe423e8231cdb688b09f5af88c8cde1d880",
            ),
            (
                "http://127.0.0.1:8080/model/m/invoke",
                None,
                ["", "", ""],
                signed.to_owned(),
                "68b677472b1210677373bec417c8a5e409685ba57217047319ede77212d70478",
            ),
        ] {
            let credentials = Credentials::new(
                "AKIDEXAMPLE",
                "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                token.map(str::to_owned),
                None,
                "test",
            );
            let scope = Scope {
                service: "bedrock",
                region: "us-east-1",
                now: 1_700_179_217,
            };
            let body = pieces.map(|piece| Bytes::from_static(piece.as_bytes()));
            let json = HeaderValue::from_static("application/json");
            let agent = HeaderValue::from_static("tidegate");
            let headers = [
                (CONTENT_TYPE, json.clone()),
                (ACCEPT, json),
                (http::header::USER_AGENT, agent),
            ];
            let mut request = Unsigned {
                method: http::Method::POST,
                uri: uri.parse().unwrap(),
                headers: HeaderMap::from_iter(headers),
                body: &body,
            };
            add(&mut request, credentials, &scope).unwrap();
            let header = |name: &str| {
                request
                    .headers
                    .get(name)
                    .map(|value| value.to_str().unwrap())
            };
            let wanted = format!(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20231117/us-east-1/bedrock/aws4_request, SignedHeaders={names}, Signature={signature}"
            );
            assert_eq!(header("authorization"), Some(wanted.as_str()));
            assert_eq!(header("x-amz-date"), Some("20231117T000017Z"));
            assert_eq!(header("x-amz-security-token"), token);
            let secrets = request
                .headers
                .iter()
                .filter(|(_, value)| value.is_sensitive());
            let mut secrets: Vec<_> = secrets.map(|(name, _)| name.as_str()).collect();
            secrets.sort_unstable();
            let token = token.map(|_| "x-amz-security-token");
            assert!(["authorization"].into_iter().chain(token).eq(secrets));
        }
    }
}
