//! Amazon Bedrock. Config fields only: its routes load and answer 501.

use tidegate_config::{Field, FieldKind, FieldProblem, ModelConfig, ProviderFields};
use tidegate_wire::Operation;

use crate::ProviderSpec;
use crate::support::field;

static AWS: &[Field] = &[
    field::optional(
        "aws_region",
        FieldKind::Text,
        "Region; by default `AWS_REGION`, then `AWS_DEFAULT_REGION`.",
    ),
    field::optional("aws_role_arn", FieldKind::Text, "Role to assume."),
    Field {
        name: "session_length_seconds",
        kind: FieldKind::Integer,
        required: false,
        default: None,
        doc: "Length of an assumed role's session; 900 by default.",
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

static FIELDS: &[Field] = &[Field {
    name: "aws_config",
    kind: FieldKind::Group(AWS),
    required: true,
    default: None,
    doc: "Region and credentials: a role, a pair of keys, or neither for AWS's standard chain.",
}];

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "bedrock",
        aliases: &[],
        enum_name: "BEDROCK",
        config_required: true,
        fields: FIELDS,
        check,
    },
    display: "Amazon Bedrock",
    operations: &[],
    streams: &[],
    client_headers: &[],
    parameters: &[],
    build: None,
};

pub(crate) static AMAZON_BEDROCK: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "amazon-bedrock",
        aliases: &[],
        enum_name: "AMAZON_BEDROCK",
        config_required: true,
        fields: FIELDS,
        check,
    },
    display: "Amazon Bedrock",
    operations: &[],
    streams: &[],
    client_headers: &[],
    parameters: &[],
    build: None,
};

/// The three shapes of `aws_config` do not mix.
fn check(model: &ModelConfig, _: Operation) -> Vec<FieldProblem> {
    let Some(aws) = model.settings.group("aws_config") else {
        return Vec::new();
    };
    let has = |name: &str| aws.get(name).is_some();
    let (role, id, secret) = (
        has("aws_role_arn"),
        has("aws_access_key_id"),
        has("aws_secret_access_key"),
    );
    let problem = |path, message: &str, help: &str| {
        vec![FieldProblem {
            path,
            message: message.to_owned(),
            help: Some(help.to_owned()),
        }]
    };
    if role && (id || secret) {
        return problem(
            &["config", "aws_config"],
            "`aws_config` mixes a role with access keys",
            "keep `aws_role_arn`, or keep the keys: a route uses one of the two",
        );
    }
    match (id, secret) {
        (true, false) => problem(
            &["config", "aws_config", "aws_access_key_id"],
            "`aws_access_key_id` needs `aws_secret_access_key`",
            "add the secret key that belongs to it",
        ),
        (false, true) => problem(
            &["config", "aws_config", "aws_secret_access_key"],
            "`aws_secret_access_key` needs `aws_access_key_id`",
            "add the access key that belongs to it",
        ),
        _ => Vec::new(),
    }
}
