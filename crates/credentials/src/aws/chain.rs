//! AWS credentials, fetched: from AWS's standard chain, or from STS for a role.

use std::error::Error;
use std::time::{Duration, UNIX_EPOCH};

use aws_config::imds::client::error::TokenError;
use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sdk_sts::error::SdkError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError;
use aws_smithy_runtime_api::client::result::ConnectorError;
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
        if causes(error).any(|cause| cause.downcast_ref().is_some_and(bare) || is_closed(cause)) {
            return self.nothing_found();
        }
        // What STS says stands deep below what the library says about it.
        let told = causes(error).find_map(|cause| {
            let told: &ErrorMetadata = cause.downcast_ref()?;
            Some(format!("{}: {}", told.code()?, told.message()?))
        });
        let words = told.unwrap_or_else(|| fault::chain(error));
        let words = harmless(&words);
        let what = match &self.role {
            Some(Role { arn, .. }) => format!("the role `{arn}` could not be assumed: {words}"),
            None => words.to_owned(),
        };
        if let Some(status) = causes(error).find_map(status_of) {
            return fault::told(status, &self.route, &what);
        }
        match error {
            CredentialsError::InvalidConfiguration(_) => fault::settings(&self.route, &what),
            CredentialsError::ProviderTimedOut(_) => fault::too_slow(&self.route, &what),
            _ if causes(error).any(is_timeout) => fault::too_slow(&self.route, &what),
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

/// Returns the status with which STS refused (spec, providers/bedrock, "Answers and errors": errors of AWS keep theirs).
fn status_of(error: &(dyn Error + 'static)) -> Option<u16> {
    let role = error.downcast_ref::<SdkError<AssumeRoleError>>();
    let identity = error.downcast_ref::<SdkError<AssumeRoleWithWebIdentityError>>();
    let answer = role
        .and_then(SdkError::raw_response)
        .or_else(|| identity.and_then(SdkError::raw_response))?;
    let status = answer.status();
    (status.is_client_error() || status.is_server_error()).then(|| status.as_u16())
}

/// True when the machine's metadata may not be read: it is switched off, or not for this process. The chain ends there, as
/// it does on machines that have none.
fn is_closed(error: &(dyn Error + 'static)) -> bool {
    let refused = error.downcast_ref::<SdkError<TokenError>>();
    let answer = refused.and_then(SdkError::raw_response);
    answer.is_some_and(|answer| answer.status().as_u16() == 403)
}

fn is_timeout(error: &(dyn Error + 'static)) -> bool {
    let broken = error.downcast_ref::<ConnectorError>();
    broken.is_some_and(ConnectorError::is_timeout)
}

/// Returns what clients may read. Behind the first line STS repeats what was signed, tokens too; and a program that
/// fails to give credentials may have written them on standard error.
fn harmless(words: &str) -> &str {
    let line = words.lines().next().unwrap_or_default();
    line.split(" Stderr:").next().unwrap_or_default()
}

impl Source for Chain {
    type Value = Credentials;

    async fn fetch(&self) -> Result<Lease<Credentials>, Fault> {
        let provider = self.provider().await.ok_or_else(|| self.nothing_found())?;
        let credentials = provider.provide_credentials().await;
        let credentials = credentials.map_err(|error| self.explain(&error))?;
        // The library makes 1970 of an answer of STS that does not say when.
        let expiry = credentials
            .expiry()
            .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
            .filter(|since| !since.is_zero());
        let expires = expiry.map_or_else(
            || tidegate_gateway::unix_seconds() + KEPT,
            |since| since.as_secs(),
        );
        Ok(Lease {
            value: credentials,
            expires,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_told_from_other_breaks() {
        let timeout = ConnectorError::timeout("slow".into());
        let error = CredentialsError::provider_error(timeout);
        assert!(causes(&error).any(is_timeout));
        let broken = CredentialsError::provider_error(ConnectorError::io("gone".into()));
        assert!(!causes(&broken).any(is_timeout));
    }

    #[test]
    fn what_may_hold_a_token_is_left_out() {
        for (words, told) in [
            ("", ""),
            ("AccessDenied: no", "AccessDenied: no"),
            (
                "SignatureDoesNotMatch: Check your key.\n\nThe Canonical String:\nx-amz-security-token:t",
                "SignatureDoesNotMatch: Check your key.",
            ),
            (
                "external process exited with code 3. Stderr: key\n",
                "external process exited with code 3.",
            ),
        ] {
            assert_eq!(harmless(words), told);
        }
    }
}
