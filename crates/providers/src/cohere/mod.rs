//! Cohere. Config fields only: its routes load and answer 501.

use tidegate_config::ProviderFields;

use crate::ProviderSpec;
use crate::support::field;

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "cohere",
        aliases: &[],
        enum_name: "COHERE",
        config_required: true,
        fields: &[
            field::key("cohere_api_key", "Key of the Cohere API."),
            field::base("cohere_api_base", "https://api.cohere.ai/v1"),
        ],
        check: field::nothing_more,
    },
    display: "Cohere",
    operations: &[],
    streams: &[],
    client_headers: &[],
    parameters: &[],
    build: None,
};
