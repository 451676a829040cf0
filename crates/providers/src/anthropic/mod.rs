//! Anthropic. Config fields only: its routes load and answer 501.

use tidegate_config::{Field, FieldKind, ProviderFields};

use crate::ProviderSpec;
use crate::support::field;

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "anthropic",
        aliases: &[],
        enum_name: "ANTHROPIC",
        config_required: true,
        fields: &[
            field::key("anthropic_api_key", "Key of the Anthropic API."),
            field::base("anthropic_api_base", "https://api.anthropic.com/v1"),
            Field {
                name: "anthropic_version",
                kind: FieldKind::Text,
                required: false,
                default: Some("2023-06-01"),
                doc: "Value of the `anthropic-version` header.",
            },
        ],
        check: field::nothing_more,
    },
    display: "Anthropic",
    operations: &[],
    streams: &[],
    client_headers: &["anthropic-beta"],
    parameters: &[],
    build: None,
};
