//! AWS credentials, fetched: from AWS's standard chain, or from STS for a role.

use aws_config::SdkConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use tidegate_providers::AwsCredentials;
use tidegate_wire::dialect::Fault;

use std::time::{Duration, UNIX_EPOCH};

use crate::fault;
use crate::renewing::{Lease, Source};

/// For how long credentials are kept that do not say when they expire, in seconds: after that, files and environment are
/// looked at again (AWS's libraries keep them as long).
const KEPT: u64 = 900;

/// What to do where the chain ends with nothing.
const NOTHING_FOUND: &str = "no AWS credentials were found. Tried: environment, shared config and credentials files (SSO too), web identity, container, instance metadata. Set `aws_access_key_id` and `aws_secret_access_key` in its `aws_config`, or `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` in the environment, or give the machine a role.";

/// Fetches credentials.
pub(super) struct Chain {
    route: String,
    provider: SharedCredentialsProvider,
    /// The role that is assumed, if any.
    role: Option<String>,
}

impl Chain {
    /// Prepares the way to credentials; nothing is fetched yet. `None` when they stand in the config.
    pub(super) async fn new(
        route: &str,
        credentials: &AwsCredentials,
        sdk: &SdkConfig,
    ) -> Option<Self> {
        let chain = sdk.credentials_provider()?;
        let (provider, role) = match credentials {
            AwsCredentials::Keys { .. } => return None,
            AwsCredentials::Chain => (chain, None),
            AwsCredentials::Role {
                arn,
                session_length_seconds,
                session_name,
            } => {
                let role = AssumeRoleProvider::builder(arn)
                    .session_name(*session_name)
                    .session_length(Duration::from_secs(u64::from(*session_length_seconds)))
                    .configure(sdk)
                    .build()
                    .await;
                (SharedCredentialsProvider::new(role), Some(arn.clone()))
            }
        };
        Some(Self {
            route: route.to_owned(),
            provider,
            role,
        })
    }

    fn explain(&self, error: &CredentialsError) -> Fault {
        let words = fault::chain(error);
        let what = match &self.role {
            Some(role) => format!("the role `{role}` could not be assumed: {words}."),
            None => format!("{words}."),
        };
        match error {
            CredentialsError::CredentialsNotLoaded(_) => {
                fault::settings(&self.route, NOTHING_FOUND)
            }
            CredentialsError::InvalidConfiguration(_) => fault::settings(&self.route, &what),
            CredentialsError::ProviderTimedOut(_) => fault::too_slow(&self.route, &what),
            _ => fault::refused(&self.route, &what),
        }
    }
}

impl Source for Chain {
    type Value = Credentials;

    async fn fetch(&self) -> Result<Lease<Credentials>, Fault> {
        let credentials = self
            .provider
            .provide_credentials()
            .await
            .map_err(|error| self.explain(&error))?;
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
