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
use tokio::sync::OnceCell;

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
    auth: AzureAuth,
    http: HttpClient,
    credential: OnceCell<Arc<dyn TokenCredential>>,
}

impl AzureToken {
    pub(crate) fn new(route: &str, auth: AzureAuth, http: &HttpClient) -> Self {
        Self {
            route: route.to_owned(),
            auth,
            http: http.clone(),
            credential: OnceCell::new(),
        }
    }

    /// Managed identity looks at the environment to learn where it is, so this waits for the first call.
    fn credential(&self) -> azure_core::Result<Arc<dyn TokenCredential>> {
        Ok(match &self.auth.identity {
            AzureIdentity::ClientSecret {
                tenant_id,
                client_id,
                client_secret,
            } => ClientSecretCredential::new(
                tenant_id,
                client_id.clone(),
                client_secret.expose().to_owned().into(),
                Some(ClientSecretCredentialOptions {
                    client_options: self.options(),
                }),
            )?,
            AzureIdentity::Managed { client_id } => {
                let mut options = ManagedIdentityCredentialOptions::default();
                options.user_assigned_id = client_id.clone().map(UserAssignedId::ClientId);
                options.client_options = self.options();
                ManagedIdentityCredential::new(Some(options))?
            }
        })
    }

    fn options(&self) -> ClientOptions {
        let cloud = self.auth.authority_host.as_ref().map(|host| {
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
            transport: Some(Transport::new(Arc::new(Lent(self.http.clone())))),
            cloud,
            retry,
            ..ClientOptions::default()
        }
    }
}

impl Source for AzureToken {
    type Value = HeaderValue;

    async fn fetch(&self) -> Result<Lease<HeaderValue>, Fault> {
        let credential = self
            .credential
            .get_or_try_init(|| async { self.credential() })
            .await
            .map_err(|error| fault::settings(&self.route, &fault::chain(&error)))?;
        let token = credential
            .get_token(&[self.auth.scope], None)
            .await
            .map_err(|error| fault::refused(&self.route, &fault::chain(&error)))?;
        let value = bearer(&Secret::new(token.token.secret()))
            .map_err(|problem| fault::refused(&self.route, &problem))?;
        Ok(Lease {
            value,
            expires: u64::try_from(token.expires_on.unix_timestamp()).unwrap_or(0),
        })
    }
}
