//! Mistral. Config fields only: its routes load and answer 501.

use tidegate_config::ProviderFields;

use crate::ProviderSpec;
use crate::support::field;

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "mistral",
        aliases: &[],
        enum_name: "MISTRAL",
        config_required: true,
        fields: &[
            field::key("mistral_api_key", "Key of the Mistral API."),
            field::base("mistral_api_base", "https://api.mistral.ai/v1"),
        ],
        check: field::nothing_more,
    },
    display: "Mistral",
    operations: &[],
    streams: &[],
    client_headers: &[],
    parameters: &[],
    build: None,
};
