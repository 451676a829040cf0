//! Azure AD (Microsoft Entra ID), by Microsoft's own library: an application's client credentials, or the machine's managed
//! identity (App Service, and the metadata service of virtual machines).

mod http_client;

use std::sync::Arc;

use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::credentials::TokenCredential;
use azure_core::http::{ClientOptions, ExponentialRetryOptions, RetryOptions, Transport};
use azure_core::time::Duration;
use azure_identity::{
    ClientSecretCredential, ClientSecretCredentialOptions, ManagedIdentityCredential,
    ManagedIdentityCredentialOptions, UserAssignedId,
};
use http::HeaderValue;
use tidegate_config::Secret;
use tidegate_gateway::HttpClient;
use tidegate_providers::{AzureAuth, AzureIdentity};
use tidegate_wire::dialect::Fault;

use crate::fault;
use crate::renewing::{Lease, Source};
use crate::token::bearer;
use http_client::Lent;

/// How often the library asks again after an answer that may pass (429, 5xx, a lost connection).
const RETRIES: u32 = 3;

/// For how long it does so, in seconds.
const PERSISTENCE: i64 = 20;

/// Fetches access tokens for an identity.
pub(crate) struct AzureToken {
    route: String,
    scope: &'static str,
    credential: Arc<dyn TokenCredential>,
}

impl AzureToken {
    /// Prepares an identity. Managed identity looks at the environment to learn on what kind of machine it is.
    pub(crate) fn new(route: &str, auth: &AzureAuth, http: &HttpClient) -> Result<Self, String> {
        Ok(Self {
            route: route.to_owned(),
            scope: auth.scope,
            credential: credential(auth, http).map_err(|error| explain(&error))?,
        })
    }
}

impl Source for AzureToken {
    type Value = HeaderValue;

    async fn fetch(&self) -> Result<Lease<HeaderValue>, Fault> {
        let token = self
            .credential
            .get_token(&[self.scope], None)
            .await
            .map_err(|error| fault::refused(&self.route, &explain(&error)))?;
        let value = bearer(&Secret::new(token.token.secret()))
            .map_err(|problem| fault::refused(&self.route, &problem))?;
        Ok(Lease {
            value,
            expires: u64::try_from(token.expires_on.unix_timestamp()).unwrap_or(0),
        })
    }
}

fn credential(auth: &AzureAuth, http: &HttpClient) -> azure_core::Result<Arc<dyn TokenCredential>> {
    let client_options = client_options(auth, http);
    Ok(match &auth.identity {
        AzureIdentity::ClientSecret {
            tenant_id,
            client_id,
            client_secret,
        } => ClientSecretCredential::new(
            tenant_id,
            client_id.clone(),
            client_secret.expose().to_owned().into(),
            Some(ClientSecretCredentialOptions { client_options }),
        )?,
        AzureIdentity::Managed { client_id } => {
            ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
                user_assigned_id: client_id.clone().map(UserAssignedId::ClientId),
                client_options,
            }))?
        }
    })
}

fn client_options(auth: &AzureAuth, http: &HttpClient) -> ClientOptions {
    let cloud = auth.authority_host.as_ref().map(|host| {
        let mut custom = CustomConfiguration::default();
        custom.authority_host.clone_from(host);
        Arc::new(CloudConfiguration::from(custom))
    });
    let retry = RetryOptions::exponential(ExponentialRetryOptions {
        max_retries: RETRIES,
        max_total_elapsed: Duration::seconds(PERSISTENCE),
        ..ExponentialRetryOptions::default()
    });
    ClientOptions {
        transport: Some(Transport::new(Arc::new(Lent(http.clone())))),
        cloud,
        retry,
        ..ClientOptions::default()
    }
}

/// Returns the library's words without its link to a page for programmers.
fn explain(error: &azure_core::Error) -> String {
    let words = fault::chain(error);
    let words = words.split("\nTo troubleshoot").next().unwrap_or_default();
    words.replace('\n', " ")
}
