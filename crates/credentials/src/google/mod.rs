//! Google Cloud: access tokens for a service account, a user, or the machine.
//!
//! The token requests are written here and not by one of the libraries for that, because none of them takes the gateway's
//! HTTP client, so that proxies, the CA bundle and the caps would not hold for them: `google-cloud-auth` brings `reqwest`
//! and asks no token server for a service account, whatever its `token_uri` says; `gcp_auth` and `yup-oauth2` bring their
//! own hyper clients. What remains is small: a form of two fields (RFC 7523), and a signature, which `rustls` makes.

mod ambient;
mod assertion;
mod key_file;
mod server;

use http::HeaderValue;
use http::header::AUTHORIZATION;
use tidegate_config::Secret;
use tidegate_gateway::{HttpClient, Signer, Signing, Unsigned};
use tidegate_providers::GoogleAuth;
use tidegate_wire::dialect::Fault;

use crate::fault;
use crate::renewing::{Lease, Renewing, Source};
use crate::token::bearer;
use ambient::Found;
use key_file::Account;
use server::Failure;

/// The header that names who pays for a user's calls.
const PAYS: &str = "x-goog-user-project";

/// Sends Google's tokens.
pub(crate) struct GoogleSigner {
    tokens: Renewing<Tokens>,
}

/// What authorises a call.
#[derive(Clone)]
struct Authorisation {
    token: HeaderValue,
    pays: Option<HeaderValue>,
}

/// Fetches tokens.
struct Tokens {
    route: String,
    /// The account of the config; without one it is looked for at each fetch, as files may change.
    account: Option<Account>,
    scope: &'static str,
    http: HttpClient,
}

impl GoogleSigner {
    /// Prepares an account. An error says what is wrong with its key file.
    pub(crate) fn new(route: &str, auth: &GoogleAuth, http: &HttpClient) -> Result<Self, String> {
        let read = |text: &Secret| Account::read(text.expose());
        let account = auth.key_file.as_ref().map(read).transpose();
        let source = Tokens {
            route: route.to_owned(),
            account: account.map_err(|problem| format!("its key file {problem}"))?,
            scope: auth.scope,
            http: http.clone(),
        };
        Ok(Self {
            tokens: Renewing::new(route, source),
        })
    }

    async fn authorise(&self, request: &mut Unsigned<'_>) -> Result<(), Fault> {
        let Authorisation { token, pays } = self.tokens.get().await?;
        request.headers.insert(AUTHORIZATION, token);
        if let Some(pays) = pays {
            request.headers.insert(PAYS, pays);
        }
        Ok(())
    }
}

impl Signer for GoogleSigner {
    fn sign<'a>(&'a self, request: &'a mut Unsigned<'_>) -> Signing<'a> {
        Box::pin(self.authorise(request))
    }
}

impl Source for Tokens {
    type Value = Authorisation;

    async fn fetch(&self) -> Result<Lease<Authorisation>, Fault> {
        let settings = |problem: String| fault::settings(&self.route, &problem);
        let found = match &self.account {
            Some(account) => Found::Account(account.clone()),
            None => ambient::find().map_err(settings)?,
        };
        let now = tidegate_gateway::unix_seconds();
        let (token, pays) = match &found {
            Found::Account(account) => {
                let form = account.form(self.scope, now).map_err(settings)?;
                let token = server::exchange(&self.http, account.token_uri(), &form).await;
                (token, account.pays())
            }
            Found::Machine(host) => (server::metadata(&self.http, host, self.scope).await, None),
        };
        let token = token.map_err(|failure| self.explain(failure))?;
        let value = bearer(&token.secret);
        let value = value.map_err(|problem| fault::refused(&self.route, &problem))?;
        Ok(Lease {
            value: Authorisation {
                token: value,
                pays: pays.and_then(|project| HeaderValue::try_from(project).ok()),
            },
            expires: now.saturating_add(token.lifetime),
        })
    }
}

impl Tokens {
    fn explain(&self, failure: Failure) -> Fault {
        match failure {
            Failure::Nothing => fault::settings(&self.route, ambient::NOTHING),
            Failure::Late(what) => fault::too_slow(&self.route, &what),
            Failure::Refused(what) => fault::refused(&self.route, &what),
        }
    }
}
