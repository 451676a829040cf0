//! AWS: where the service stands, whose credentials sign, and the signature.

mod chain;
mod http_client;
mod place;
mod signature;

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_types::region::Region;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Uri};
use tidegate_config::Secret;
use tidegate_gateway::{HttpClient, Signer, Signing, Unsigned};
use tidegate_providers::{AwsAuth, AwsCredentials};
use tidegate_wire::dialect::Fault;
use tokio::sync::OnceCell;

use crate::fault;
use crate::renewing::Renewing;
use crate::token::bearer;
use chain::{Chain, Role};

/// Signs the calls of one route.
pub(crate) struct AwsSigner {
    route: String,
    auth: AwsAuth,
    http: HttpClient,
    ready: OnceCell<Ready>,
}

/// What the first call finds out.
struct Ready {
    region: Region,
    endpoint: Uri,
    means: Means,
}

/// What authorises a call.
enum Means {
    /// A key of the service's own, in place of a signature.
    Bearer(HeaderValue),
    /// Keys from the config.
    Keys(Credentials),
    /// Keys that are fetched.
    Fetched(Box<Renewing<Chain>>),
}

impl AwsSigner {
    pub(crate) fn new(route: &str, auth: AwsAuth, http: &HttpClient) -> Self {
        Self {
            route: route.to_owned(),
            auth,
            http: http.clone(),
            ready: OnceCell::new(),
        }
    }

    async fn authorise(&self, request: &mut Unsigned<'_>) -> Result<(), Fault> {
        let blame = |problem: String| fault::settings(&self.route, &problem);
        let ready = self
            .ready
            .get_or_try_init(|| async { self.prepare().await.map_err(blame) })
            .await?;
        request.uri = place::under(&ready.endpoint, &request.uri).map_err(blame)?;
        let credentials = match &ready.means {
            Means::Bearer(value) => {
                request.headers.insert(AUTHORIZATION, value.clone());
                return Ok(());
            }
            Means::Keys(keys) => keys.clone(),
            Means::Fetched(fetched) => fetched.get().await?,
        };
        let scope = signature::Scope {
            service: self.auth.service,
            region: ready.region.as_ref(),
            now: tidegate_gateway::unix_seconds(),
        };
        signature::add(request, credentials, &scope).map_err(blame)
    }

    async fn prepare(&self) -> Result<Ready, String> {
        let region = place::region(&self.auth).await?;
        let sdk = chain::standard(region.clone(), &self.http).await;
        Ok(Ready {
            endpoint: place::endpoint(&self.auth, &region, &sdk)?,
            means: self.means(&region)?,
            region,
        })
    }

    fn means(&self, region: &Region) -> Result<Means, String> {
        let role = match &self.auth.credentials {
            AwsCredentials::Keys {
                access_key_id,
                secret_access_key,
                session_token,
            } => {
                let token = session_token
                    .as_ref()
                    .map(|token| token.expose().to_owned());
                let (id, secret) = (access_key_id.expose(), secret_access_key.expose());
                return Ok(Means::Keys(Credentials::new(
                    id, secret, token, None, "config",
                )));
            }
            AwsCredentials::Chain => {
                if let Some(key) = bearer_key(self.auth.service) {
                    return Ok(Means::Bearer(bearer(&key)?));
                }
                None
            }
            AwsCredentials::Role {
                arn,
                session_length_seconds,
                session_name,
            } => Some(Role {
                arn: arn.clone(),
                session_name,
                session_length: Duration::from_secs(u64::from(*session_length_seconds)),
            }),
        };
        let chain = Chain {
            route: self.route.clone(),
            region: region.clone(),
            role,
            http: self.http.clone(),
        };
        Ok(Means::Fetched(Box::new(Renewing::new(&self.route, chain))))
    }
}

/// Returns the key of a service from the environment, e.g. `AWS_BEARER_TOKEN_BEDROCK`.
fn bearer_key(service: &str) -> Option<Secret> {
    let variable = format!(
        "AWS_BEARER_TOKEN_{}",
        service.to_uppercase().replace('-', "_")
    );
    let key = std::env::var(variable).ok()?;
    (!key.is_empty()).then(|| Secret::new(key))
}

impl Signer for AwsSigner {
    fn sign<'a>(&'a self, request: &'a mut Unsigned<'_>) -> Signing<'a> {
        Box::pin(self.authorise(request))
    }
}
