//! AWS credentials, fetched: from AWS's standard chain, or from STS for a role.

use std::error::Error;
use std::time::{Duration, UNIX_EPOCH};

use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_smithy_types::error::ErrorMetadata;
use aws_types::region::Region;
use tidegate_gateway::HttpClient;
use tidegate_wire::dialect::Fault;

use super::http_client::Lent;
use crate::fault;
use crate::renewing::{Lease, Source};

/// For how long credentials are kept that do not say when they expire, in seconds: after that, files and environment are
/// looked at again (AWS's libraries keep them as long).
const KEPT: u64 = 900;

/// Where the chain has looked when it ends with nothing.
const TRIED: &str = "Tried: environment, shared config and credentials files (SSO too), web identity, container, instance metadata.";

/// Reads what AWS's libraries read: environment and shared files.
pub(super) async fn standard(region: Region, http: &HttpClient) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .region(region)
        .http_client(Lent(http.clone()))
        .load()
        .await
}

/// Fetches credentials.
pub(super) struct Chain {
    pub(super) route: String,
    pub(super) region: Region,
    pub(super) role: Option<Role>,
    pub(super) http: HttpClient,
}

/// A role that the chain's credentials assume.
pub(super) struct Role {
    pub(super) arn: String,
    pub(super) session_name: &'static str,
    pub(super) session_length: Duration,
}

impl Chain {
    /// Returns the way to credentials. The libraries read files once, so each fetch begins anew: files may have changed.
    async fn provider(&self) -> Option<SharedCredentialsProvider> {
        let sdk = standard(self.region.clone(), &self.http).await;
        let Some(role) = &self.role else {
            return sdk.credentials_provider();
        };
        let provider = AssumeRoleProvider::builder(&role.arn)
            .session_name(role.session_name)
            .session_length(role.session_length)
            .configure(&sdk)
            .build()
            .await;
        Some(SharedCredentialsProvider::new(provider))
    }

    fn explain(&self, error: &CredentialsError) -> Fault {
        let bare =
            |error: &CredentialsError| matches!(error, CredentialsError::CredentialsNotLoaded(_));
        if causes(error).any(|cause| cause.downcast_ref().is_some_and(bare)) {
            return self.nothing_found();
        }
        // What STS says stands deep below what the library says about it.
        let told = causes(error).find_map(|cause| {
            let told: &ErrorMetadata = cause.downcast_ref()?;
            Some(format!("{}: {}", told.code()?, told.message()?))
        });
        let words = told.unwrap_or_else(|| fault::chain(error));
        let what = match &self.role {
            Some(Role { arn, .. }) => format!("the role `{arn}` could not be assumed: {words}"),
            None => words,
        };
        match error {
            CredentialsError::InvalidConfiguration(_) => fault::settings(&self.route, &what),
            CredentialsError::ProviderTimedOut(_) => fault::too_slow(&self.route, &what),
            _ => fault::refused(&self.route, &what),
        }
    }

    fn nothing_found(&self) -> Fault {
        let what = match &self.role {
            Some(Role { arn, .. }) => format!(
                "to assume the role `{arn}`, the gateway needs AWS credentials of its own, and found none. {TRIED} Set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` in the environment, or give the machine a role."
            ),
            None => format!(
                "no AWS credentials were found. {TRIED} Set `aws_access_key_id` and `aws_secret_access_key` in its `aws_config`, or `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` in the environment, or give the machine a role."
            ),
        };
        fault::settings(&self.route, &what)
    }
}

/// Returns an error and what caused it, one after another.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

impl Source for Chain {
    type Value = Credentials;

    async fn fetch(&self) -> Result<Lease<Credentials>, Fault> {
        let provider = self.provider().await.ok_or_else(|| self.nothing_found())?;
        let credentials = provider.provide_credentials().await;
        let credentials = credentials.map_err(|error| self.explain(&error))?;
        let expires = credentials.expiry().map_or_else(
            || tidegate_gateway::unix_seconds() + KEPT,
            |at| {
                at.duration_since(UNIX_EPOCH)
                    .map_or(0, |since| since.as_secs())
            },
        );
        Ok(Lease {
            value: credentials,
            expires,
        })
    }
}
