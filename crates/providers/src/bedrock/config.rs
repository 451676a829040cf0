//! The config block `aws_config`: its keys, and what it says about signatures.

use tidegate_config::{Field, FieldKind, Settings};

use crate::auth::{AwsAuth, AwsCredentials};
use crate::support::field;

/// The first label of the hosts that answer calls to models.
const ENDPOINT_PREFIX: &str = "bedrock-runtime";

static AWS: &[Field] = &[
    field::optional(
        "aws_region",
        FieldKind::Text,
        "Region; by default `AWS_REGION`, then `AWS_DEFAULT_REGION`.",
    ),
    field::optional("aws_role_arn", FieldKind::Text, "Role to assume."),
    Field {
        name: "session_length_seconds",
        aliases: &[],
        kind: FieldKind::Integer,
        required: false,
        default: None,
        doc: "Length of an assumed role's session; 900 by default. AWS takes 900 to 43200.",
    },
    field::optional("aws_access_key_id", FieldKind::LiteralSecret, "Access key."),
    field::optional(
        "aws_secret_access_key",
        FieldKind::LiteralSecret,
        "Secret key.",
    ),
    field::optional(
        "aws_session_token",
        FieldKind::LiteralSecret,
        "Session token of temporary keys.",
    ),
    field::optional(
        "aws_endpoint_url",
        FieldKind::Url,
        "Endpoint instead of the region's own.",
    ),
];

pub(super) static FIELDS: &[Field] = &[Field {
    name: "aws_config",
    aliases: &[],
    kind: FieldKind::Group(AWS),
    required: true,
    default: None,
    doc: "Region and credentials: a role, a pair of keys, or neither for AWS's standard chain.",
}];

/// Returns how calls are signed, and by whom.
pub(super) fn auth(settings: &Settings) -> AwsAuth {
    let nothing = Settings::default();
    let aws = settings.group("aws_config").unwrap_or(&nothing);
    let text = |name| {
        let text = aws.text(name).filter(|text| !text.is_empty());
        text.map(str::to_owned)
    };
    AwsAuth {
        service: "bedrock",
        endpoint_prefix: ENDPOINT_PREFIX,
        endpoint: text("aws_endpoint_url"),
        region: text("aws_region"),
        credentials: credentials(aws),
    }
}

fn credentials(aws: &Settings) -> AwsCredentials {
    if let Some(arn) = aws.text("aws_role_arn") {
        let length = aws.integer("session_length_seconds");
        return AwsCredentials::Role {
            arn: arn.to_owned(),
            session_length_seconds: length
                .and_then(|seconds| seconds.try_into().ok())
                .unwrap_or(AwsCredentials::SESSION_LENGTH_SECONDS),
            session_name: AwsCredentials::SESSION_NAME,
        };
    }
    let secret = |name| aws.secret(name).cloned();
    match (secret("aws_access_key_id"), secret("aws_secret_access_key")) {
        (Some(access_key_id), Some(secret_access_key)) => AwsCredentials::Keys {
            access_key_id,
            secret_access_key,
            session_token: secret("aws_session_token").filter(|token| !token.expose().is_empty()),
        },
        _ => AwsCredentials::Chain,
    }
}

/// Returns the address of a call, as far as the config tells it: the signer finds out the rest.
pub(super) fn described(auth: &AwsAuth, path: &str) -> String {
    if let Some(endpoint) = &auth.endpoint {
        let (base, query) = endpoint.split_at(endpoint.find('?').unwrap_or(endpoint.len()));
        return format!("{}{path}{query}", base.trim_end_matches('/'));
    }
    let region = auth.region.as_deref().unwrap_or("$AWS_REGION");
    let china = if region.starts_with("cn-") { ".cn" } else { "" };
    format!("https://{ENDPOINT_PREFIX}.{region}.amazonaws.com{china}{path}")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tidegate_config::{ConfigError, ProcessEnvironment, Secret};

    use super::*;

    /// Reads a file with this `aws_config`.
    fn read(aws: &str) -> Result<AwsAuth, ConfigError> {
        let file = format!(
            "endpoints: [{{name: e, endpoint_type: llm/v1/chat, model: {{provider: bedrock, name: m, config: {{aws_config: {aws}}}}}}}]"
        );
        let catalog = crate::catalog();
        let loaded =
            tidegate_config::parse(&file, Path::new("test"), catalog, &ProcessEnvironment)?;
        Ok(auth(&loaded.config.endpoints[0].model.settings))
    }

    #[test]
    fn says_who_signs_and_where() {
        for (aws, credentials, address) in [
            (
                "{}",
                AwsCredentials::Chain,
                "https://bedrock-runtime.$AWS_REGION.amazonaws.com/m",
            ),
            (
                "{aws_region: cn-north-1}",
                AwsCredentials::Chain,
                "https://bedrock-runtime.cn-north-1.amazonaws.com.cn/m",
            ),
            (
                "{aws_region: eu-west-1, aws_access_key_id: a, aws_secret_access_key: b, aws_session_token: c}",
                AwsCredentials::Keys {
                    access_key_id: Secret::new("a"),
                    secret_access_key: Secret::new("b"),
                    session_token: Some(Secret::new("c")),
                },
                "https://bedrock-runtime.eu-west-1.amazonaws.com/m",
            ),
            (
                "{aws_role_arn: \"arn:aws:iam::1:role/x\", aws_endpoint_url: \"https://h/p/\"}",
                AwsCredentials::Role {
                    arn: "arn:aws:iam::1:role/x".to_owned(),
                    session_length_seconds: 900,
                    session_name: "ai-gateway-bedrock",
                },
                "https://h/p/m",
            ),
            (
                "{aws_region: eu-west-1, aws_access_key_id: a, aws_secret_access_key: b, aws_session_token: ''}",
                AwsCredentials::Keys {
                    access_key_id: Secret::new("a"),
                    secret_access_key: Secret::new("b"),
                    session_token: None,
                },
                "https://bedrock-runtime.eu-west-1.amazonaws.com/m",
            ),
            (
                "{aws_region: '', aws_endpoint_url: \"http://h:1/p/?a=b/\"}",
                AwsCredentials::Chain,
                "http://h:1/p/m?a=b/",
            ),
            (
                "{aws_role_arn: r, session_length_seconds: 43200, aws_region: us-east-1}",
                AwsCredentials::Role {
                    arn: "r".to_owned(),
                    session_length_seconds: 43_200,
                    session_name: "ai-gateway-bedrock",
                },
                "https://bedrock-runtime.us-east-1.amazonaws.com/m",
            ),
        ] {
            let auth = read(aws).unwrap();
            assert_eq!(auth.credentials, credentials, "{aws}");
            assert_eq!(described(&auth, "/m"), address, "{aws}");
        }
    }
}
