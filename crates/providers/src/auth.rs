//! Credentials that are fetched, renewed or made for each request: what a provider asks for. Whoever carries it out stands
//! outside the pure crates.

use tidegate_config::Secret;

/// What authorises a provider's calls where no header that is known beforehand can.
///
/// Two equal values mean the same credentials: what was fetched for one serves the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// A signature of AWS over each request.
    Aws(AwsAuth),
    /// An access token of Azure AD (Microsoft Entra ID).
    Azure(AzureAuth),
    /// An access token by OAuth's client credentials.
    ClientCredentials(ClientCredentials),
    /// An access token of Google Cloud.
    Google(GoogleAuth),
}

/// How calls to an AWS service are signed and where they go: the signer fills in scheme and host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwsAuth {
    /// The name under which requests are signed, e.g. `bedrock`.
    pub service: &'static str,
    /// The first label of the region's own endpoint, e.g. `bedrock-runtime`, which is also the service's name in AWS's
    /// environment variables (`AWS_ENDPOINT_URL_BEDROCK_RUNTIME`).
    pub endpoint_prefix: &'static str,
    /// The endpoint, if the config names one; else the environment's, else the region's own.
    pub endpoint: Option<String>,
    /// The region, if the config names one; else the environment's.
    pub region: Option<String>,
    /// Whose signature it is.
    pub credentials: AwsCredentials,
}

/// Where AWS credentials come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AwsCredentials {
    /// Keys from the config.
    Keys {
        /// Access key id.
        access_key_id: Secret,
        /// Secret access key.
        secret_access_key: Secret,
        /// Session token of temporary keys.
        session_token: Option<Secret>,
    },
    /// A role that the standard chain's credentials assume.
    Role {
        /// Its ARN.
        arn: String,
        /// How long a session lasts, in seconds; STS takes 900 to 43200.
        session_length_seconds: u32,
        /// The session's name, as AWS's audit logs show it.
        session_name: &'static str,
    },
    /// AWS's standard chain: environment, shared files, web identity, container, instance metadata.
    Chain,
}

impl AwsCredentials {
    /// Session name of roles that MLflow's gateway assumes (spec, providers/bedrock, "Authentication").
    pub const SESSION_NAME: &'static str = "ai-gateway-bedrock";

    /// Session length when the config gives none, in seconds.
    pub const SESSION_LENGTH_SECONDS: u32 = 900;
}

/// Whose Azure AD token is sent, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AzureAuth {
    /// Who asks for the token.
    pub identity: AzureIdentity,
    /// What the token is for.
    pub scope: &'static str,
    /// The authority, if it is not `https://login.microsoftonline.com`.
    pub authority_host: Option<String>,
}

impl AzureAuth {
    /// Scope of Azure OpenAI (Azure's REST reference, "Authentication").
    pub const COGNITIVE_SERVICES: &'static str = "https://cognitiveservices.azure.com/.default";
}

/// An identity of Azure AD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AzureIdentity {
    /// An app registration with a secret.
    ClientSecret {
        /// Tenant id or domain.
        tenant_id: String,
        /// Application id.
        client_id: String,
        /// A secret of the application.
        client_secret: Secret,
    },
    /// The managed identity of the machine that runs the gateway.
    Managed {
        /// Client id of a user-assigned identity; `None` for the machine's own.
        client_id: Option<String>,
    },
}

/// A client of an OAuth server that asks for tokens in its own name (RFC 6749, section 4.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCredentials {
    /// The token endpoint.
    pub token_url: String,
    /// Sent with the secret in the `Authorization` header (basic).
    pub client_id: String,
    /// The client's secret.
    pub client_secret: Secret,
    /// The scope that is asked for.
    pub scope: String,
}

/// Whose Google Cloud token is sent, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoogleAuth {
    /// The text of a key file, in JSON; `None` for the credentials that Google's own libraries would find ("Application
    /// Default Credentials").
    pub key_file: Option<Secret>,
    /// What the token is for.
    pub scope: &'static str,
}

impl GoogleAuth {
    /// Scope of Google Cloud's APIs, Vertex AI among them.
    pub const CLOUD_PLATFORM: &'static str = "https://www.googleapis.com/auth/cloud-platform";
}
