//! Key files, as Google Cloud's console and `gcloud` write them (JSON).

use std::fmt;
use std::sync::Arc;

use rustls::sign::SigningKey;
use serde::Deserialize;
use tidegate_config::Secret;

use super::assertion;

/// Where tokens are given out unless a file says otherwise.
const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";

/// How a signed assertion is exchanged for a token (RFC 7523).
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// The members that are read.
#[derive(Deserialize)]
struct Written {
    #[serde(rename = "type")]
    kind: Option<String>,
    token_uri: Option<String>,
    client_email: Option<String>,
    private_key: Option<String>,
    private_key_id: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    refresh_token: Option<String>,
    quota_project_id: Option<String>,
}

/// An account that gets tokens.
#[derive(Clone)]
pub(super) struct Account {
    token_uri: String,
    pays: Option<String>,
    grant: Grant,
}

/// By what.
#[derive(Clone)]
enum Grant {
    /// A service account signs that it is itself.
    Signature {
        email: String,
        key_id: Option<String>,
        key: Arc<dyn SigningKey>,
    },
    /// A user once let `gcloud` act for it.
    Refresh {
        client_id: String,
        client_secret: Secret,
        refresh_token: Secret,
    },
}

/// The fields of a token request.
pub(super) type Form = Vec<(&'static str, Secret)>;

impl Account {
    /// Reads a file. An error continues a sentence about it, and repeats nothing of it but its type.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let written: Written = serde_json::from_str(text).map_err(|_| {
            "is no JSON object. Give the path of the file that Google Cloud wrote, or its text."
                .to_owned()
        })?;
        let missing = |name: &str| format!("has no `{name}`.");
        let grant = match written.kind.as_deref() {
            Some("service_account") => Grant::Signature {
                email: written
                    .client_email
                    .ok_or_else(|| missing("client_email"))?,
                key_id: written.private_key_id,
                key: assertion::key(&written.private_key.ok_or_else(|| missing("private_key"))?)?,
            },
            Some("authorized_user") => Grant::Refresh {
                client_id: written.client_id.ok_or_else(|| missing("client_id"))?,
                client_secret: written
                    .client_secret
                    .map(Secret::new)
                    .ok_or_else(|| missing("client_secret"))?,
                refresh_token: written
                    .refresh_token
                    .map(Secret::new)
                    .ok_or_else(|| missing("refresh_token"))?,
            },
            Some(other) => {
                return Err(format!(
                    "is of the type `{}`, which is not understood. Use a key of a service account, or run on a machine that has one.",
                    other.escape_debug()
                ));
            }
            None => return Err(missing("type")),
        };
        Ok(Self {
            token_uri: written.token_uri.unwrap_or_else(|| TOKEN_URI.to_owned()),
            pays: written.quota_project_id,
            grant,
        })
    }

    /// Returns where tokens are given out.
    pub(super) fn token_uri(&self) -> &str {
        &self.token_uri
    }

    /// Returns the project that pays for calls, where the file names one.
    pub(super) fn pays(&self) -> Option<String> {
        self.pays.clone()
    }

    /// Writes a token request; `now` is in Unix seconds.
    pub(super) fn form(&self, scope: &str, now: u64) -> Result<Form, String> {
        match &self.grant {
            Grant::Signature { email, key_id, key } => {
                let claims = assertion::Claims {
                    iss: email,
                    scope,
                    aud: &self.token_uri,
                    iat: now,
                    exp: now.saturating_add(assertion::LIFETIME),
                };
                let signed = assertion::sign(&**key, key_id.as_deref(), &claims)?;
                Ok(vec![
                    ("grant_type", Secret::new(JWT_BEARER)),
                    ("assertion", Secret::new(signed)),
                ])
            }
            Grant::Refresh {
                client_id,
                client_secret,
                refresh_token,
            } => Ok(vec![
                ("grant_type", Secret::new("refresh_token")),
                ("client_id", Secret::new(client_id.as_str())),
                ("client_secret", client_secret.clone()),
                ("refresh_token", refresh_token.clone()),
            ]),
        }
    }
}

/// Keys are never shown.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong_and_repeats_no_secret() {
        for (text, problem) in [
            ("/run/hush", "is no JSON object."),
            ("[\"hush\"]", "is no JSON object."),
            ("{\"private_key\": \"hush\"}", "has no `type`."),
            (
                "{\"type\": \"service_account\", \"private_key\": \"hush\"}",
                "has no `client_email`.",
            ),
            (
                "{\"type\": \"service_account\", \"client_email\": \"a@b\"}",
                "has no `private_key`.",
            ),
            (
                "{\"type\": \"service_account\", \"client_email\": \"a@b\", \"private_key\": \"hush\"}",
                "holds no RSA key",
            ),
            (
                "{\"type\": \"authorized_user\", \"client_id\": \"c\", \"client_secret\": \"hush\"}",
                "has no `refresh_token`.",
            ),
            (
                "{\"type\": \"external_account\"}",
                "is of the type `external_account`",
            ),
        ] {
            let found = Account::read(text).unwrap_err();
            assert!(found.contains(problem), "{text}: {found}");
            assert!(!found.contains("hush"), "{found}");
        }
    }

    #[test]
    fn users_refresh() {
        let file = r#"{"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r", "quota_project_id": "p"}"#;
        let account = Account::read(file).unwrap();
        assert_eq!(
            (account.token_uri(), account.pays().as_deref()),
            (TOKEN_URI, Some("p"))
        );
        let form = account.form("scope", 0).unwrap();
        let form: Vec<_> = form
            .iter()
            .map(|(name, value)| (*name, value.expose()))
            .collect();
        let want = [
            ("grant_type", "refresh_token"),
            ("client_id", "c"),
            ("client_secret", "s"),
            ("refresh_token", "r"),
        ];
        assert_eq!(form, want);
    }
}
