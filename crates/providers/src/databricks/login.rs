//! Who calls a workspace: the bearer of a personal access token, or a service principal.

use http::HeaderMap;
use http::header::AUTHORIZATION;
use tidegate_config::{Secret, Settings};

use crate::auth::{Auth, ClientCredentials};
use crate::support::{auth, url};

/// What a service principal's tokens are for (Databricks' documentation, "Authorize service principal access with OAuth").
const SCOPE: &str = "all-apis";

/// Who calls.
pub(super) enum Login<'a> {
    /// A personal access token.
    Token(&'a Secret),
    /// A service principal, whose tokens the workspace gives for its id and secret.
    Principal { id: &'a str, secret: &'a Secret },
}

impl<'a> Login<'a> {
    /// Chooses what the file says, else what the environment says. Two logins that are equally near are refused, as in
    /// Databricks' own tools: the wrong one would call under another name.
    pub(super) fn of(settings: &'a Settings) -> Result<Self, String> {
        let token = settings.secret("databricks_token");
        let id = settings
            .text("databricks_client_id")
            .filter(|id| !id.is_empty());
        let secret = settings.secret("databricks_client_secret");
        let written = |name| settings.get(name).is_some() && !settings.is_default(name);
        match (
            written("databricks_token"),
            written("databricks_client_secret"),
        ) {
            (true, true) => {
                return Err(
                    "`databricks_token` and `databricks_client_secret` exclude each other"
                        .to_owned(),
                );
            }
            (true, false) => return token.map(Self::Token).ok_or_else(missing),
            (false, true) => {
                return id
                    .zip(secret)
                    .map(Self::principal)
                    .ok_or_else(|| half("databricks_client_id"));
            }
            (false, false) => {}
        }
        match (token, id, secret) {
            (Some(token), None, None) => Ok(Self::Token(token)),
            (Some(_), _, _) => Err(
                "There are two logins: the environment variable DATABRICKS_TOKEN is set, and so is the id or the secret of a service principal"
                    .to_owned(),
            ),
            (None, Some(id), Some(secret)) => Ok(Self::Principal { id, secret }),
            (None, None, Some(_)) => Err(half("databricks_client_id")),
            (None, Some(_), None) => Err(half("databricks_client_secret")),
            (None, None, None) => Err(missing()),
        }
    }

    fn principal((id, secret): (&'a str, &'a Secret)) -> Self {
        Self::Principal { id, secret }
    }

    /// Returns the headers that are known beforehand.
    pub(super) fn headers(&self) -> Result<HeaderMap, String> {
        let mut headers = HeaderMap::new();
        if let Self::Token(token) = self {
            auth::insert_secret(&mut headers, AUTHORIZATION, "Bearer ", token)?;
        }
        Ok(headers)
    }

    /// Returns what gets tokens from the workspace, if it must.
    pub(super) fn auth(&self, host: &str) -> Result<Option<Auth>, String> {
        let Self::Principal { id, secret } = self else {
            return Ok(None);
        };
        Ok(Some(Auth::ClientCredentials(ClientCredentials {
            token_url: url::join(host, &["oidc", "v1", "token"], &[])?.to_string(),
            client_id: (*id).to_owned(),
            client_secret: (*secret).clone(),
            scope: SCOPE.to_owned(),
        })))
    }
}

fn missing() -> String {
    "Credentials are missing: there is neither `databricks_token` nor `databricks_client_id` with `databricks_client_secret`, \
     and the environment variables DATABRICKS_TOKEN, DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET are not set"
        .to_owned()
}

fn half(name: &str) -> String {
    let variable = name.to_uppercase();
    format!(
        "A service principal needs both an id and a secret: there is no `{name}`, and the environment variable {variable} is not set"
    )
}

#[cfg(test)]
mod tests {
    use tidegate_config::{KeySource, Value};

    use super::*;

    /// A login by the words of its parts: `token`, `id/secret`, or the first words of the complaint.
    fn chosen(values: Vec<(&'static str, Value)>) -> String {
        match Login::of(&Settings::new(values)) {
            Ok(Login::Token(token)) => token.expose().to_owned(),
            Ok(Login::Principal { id, secret }) => format!("{id}/{}", secret.expose()),
            Err(message) => message
                .split([':', '`'])
                .next()
                .unwrap_or_default()
                .to_owned(),
        }
    }

    #[test]
    fn the_file_comes_before_the_environment() {
        let key = |name, text: &str, source| (name, Value::Secret(Secret::new(text), source));
        let written = |name, text| key(name, text, KeySource::Literal);
        let default = |name, text| key(name, text, KeySource::Default(String::new()));
        let id = || ("databricks_client_id", Value::Text("id".to_owned()));
        let (token, secret) = ("databricks_token", "databricks_client_secret");
        for (values, want) in [
            (vec![default(token, "t")], "t"),
            (vec![written(token, "t"), id(), default(secret, "s")], "t"),
            (
                vec![default(token, "t"), id(), written(secret, "s")],
                "id/s",
            ),
            (vec![id(), default(secret, "s")], "id/s"),
            (
                vec![default(token, "t"), id(), default(secret, "s")],
                "There are two logins",
            ),
            (vec![default(token, "t"), id()], "There are two logins"),
            (vec![written(token, "t"), id(), written(secret, "s")], ""),
            (
                vec![id()],
                "A service principal needs both an id and a secret",
            ),
            (
                vec![default(secret, "s")],
                "A service principal needs both an id and a secret",
            ),
            (
                vec![default(token, "t"), written(secret, "s")],
                "A service principal needs both an id and a secret",
            ),
            (vec![], "Credentials are missing"),
        ] {
            assert_eq!(chosen(values), want);
        }
    }
}
