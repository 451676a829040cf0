//! OAuth's client credentials (RFC 6749, section 4.4): Databricks' machine-to-machine flow, for one.
//!
//! Client id and secret go in the `Authorization` header (basic), each percent-encoded, as section 2.3.1 asks.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use oauth2::basic::BasicClient;
use oauth2::{
    AsyncHttpClient, ClientId, ClientSecret, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, RequestTokenError, Scope, TokenResponse as _, TokenUrl,
};
use tidegate_config::Secret;
use tidegate_gateway::HttpClient;
use tidegate_providers::ClientCredentials;
use tidegate_wire::dialect::Fault;

use crate::fault;
use crate::renewing::{Lease, Source};
use crate::token::bearer;

/// How long a token server may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a token holds whose answer does not say so, in seconds. RFC 6749 leaves it open; Databricks' hold an hour.
const LIFETIME: u64 = 900;

/// The statuses of answers that say in OAuth's own form why there is no token (RFC 6749, section 5.2).
const REFUSALS: [StatusCode; 2] = [StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED];

type Client =
    BasicClient<EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// Fetches access tokens for a client.
pub(crate) struct OAuthToken {
    route: String,
    client: Client,
    /// For messages.
    place: String,
    scope: Scope,
    http: Lent,
}

/// The token server gave no answer.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct NoAnswer {
    message: String,
    /// True when it was too slow.
    late: bool,
}

/// The gateway's HTTP client in the shape that the library takes.
struct Lent(HttpClient);

impl<'c> AsyncHttpClient<'c> for Lent {
    type Error = NoAnswer;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NoAnswer>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let place = request.uri().host().unwrap_or_default().to_owned();
            let answer = self.0.send(request.map(Bytes::from), PATIENCE).await;
            let answer = answer.map_err(|fault| NoAnswer {
                message: fault.message,
                late: fault.status == 504,
            })?;
            let status = answer.status();
            if status.is_success() || REFUSALS.contains(&status) {
                return Ok(answer.map(Vec::from));
            }
            Err(NoAnswer {
                message: format!("the token server at `{place}` answered {status}."),
                late: false,
            })
        })
    }
}

impl OAuthToken {
    pub(crate) fn new(
        route: &str,
        auth: &ClientCredentials,
        http: &HttpClient,
    ) -> Result<Self, String> {
        let url = TokenUrl::new(auth.token_url.clone())
            .map_err(|error| format!("`{}` is not a URL: {error}", auth.token_url))?;
        let place = url.url().host_str().unwrap_or("an unknown host").to_owned();
        let client = BasicClient::new(ClientId::new(auth.client_id.clone()))
            .set_client_secret(ClientSecret::new(auth.client_secret.expose().to_owned()))
            .set_token_uri(url);
        Ok(Self {
            route: route.to_owned(),
            client,
            place,
            scope: Scope::new(auth.scope.clone()),
            http: Lent(http.clone()),
        })
    }

    fn explain(
        &self,
        error: RequestTokenError<NoAnswer, oauth2::basic::BasicErrorResponse>,
    ) -> Fault {
        let place = &self.place;
        match error {
            RequestTokenError::ServerResponse(told) => fault::refused(
                &self.route,
                &format!("the token server at `{place}` refused: {told}."),
            ),
            RequestTokenError::Request(NoAnswer {
                message,
                late: true,
            }) => fault::too_slow(&self.route, &message),
            RequestTokenError::Request(NoAnswer { message, .. }) => {
                fault::refused(&self.route, &message)
            }
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => fault::refused(
                &self.route,
                &format!("the answer of the token server at `{place}` holds no token."),
            ),
        }
    }
}

impl Source for OAuthToken {
    type Value = HeaderValue;

    async fn fetch(&self) -> Result<Lease<HeaderValue>, Fault> {
        let answer = self
            .client
            .exchange_client_credentials()
            .add_scope(self.scope.clone())
            .request_async(&self.http)
            .await
            .map_err(|error| self.explain(error))?;
        let token = Secret::new(answer.access_token().secret().clone());
        let value = bearer(&token).map_err(|problem| fault::refused(&self.route, &problem))?;
        let lifetime = answer.expires_in().map_or(LIFETIME, |span| span.as_secs());
        Ok(Lease {
            value,
            expires: tidegate_gateway::unix_seconds().saturating_add(lifetime),
        })
    }
}
