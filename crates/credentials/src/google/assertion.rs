//! What a service account signs: a JSON Web Token (RFC 7519) that says who it is and what it wants.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::SignatureScheme;
use rustls::crypto::ring::sign::RsaSigningKey;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::sign::SigningKey;
use serde::Serialize;
use serde_json::json;

/// How long an assertion holds, in seconds: the longest that Google takes.
pub(super) const LIFETIME: u64 = 3600;

/// What is signed, by the names that the standard gives.
#[derive(Serialize)]
pub(super) struct Claims<'a> {
    pub(super) iss: &'a str,
    pub(super) scope: &'a str,
    pub(super) aud: &'a str,
    pub(super) iat: u64,
    pub(super) exp: u64,
}

/// Reads a private key (PEM). An error continues a sentence about the key file.
pub(super) fn key(pem: &str) -> Result<Arc<dyn SigningKey>, String> {
    let wrong = || "holds no RSA key as `private_key` (PEM).".to_owned();
    let der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| wrong())?;
    let key = RsaSigningKey::new(&der).map_err(|_| wrong())?;
    Ok(Arc::new(key))
}

/// Signs claims (RS256).
pub(super) fn sign(
    key: &dyn SigningKey,
    key_id: Option<&str>,
    claims: &Claims<'_>,
) -> Result<String, String> {
    let wrong = || "its key cannot sign.".to_owned();
    let mut header = json!({"alg": "RS256", "typ": "JWT"});
    if let (Some(id), Some(members)) = (key_id, header.as_object_mut()) {
        members.insert("kid".to_owned(), id.into());
    }
    let claims = serde_json::to_string(claims).map_err(|_| wrong())?;
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims));
    let hand = key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]);
    let signature = hand.ok_or_else(wrong)?.sign(signed.as_bytes());
    let signature = signature.map_err(|_| wrong())?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OpenSSL signed the same claims with the same key.
    #[test]
    fn signs_as_others_do() {
        let key = key(include_str!("../../tests/keys/service-account.pem")).unwrap();
        let claims = Claims {
            iss: "a@b",
            scope: "s",
            aud: "https://h/token",
            iat: 1000,
            exp: 4600,
        };
        let signed = sign(&*key, Some("k1"), &claims).unwrap();
        assert_eq!(signed, include_str!("../../tests/keys/assertion.jwt"));
    }
}
