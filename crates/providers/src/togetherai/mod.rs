//! Together AI. Config fields only: its routes load and answer 501.

use tidegate_config::ProviderFields;

use crate::ProviderSpec;
use crate::support::field;

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "togetherai",
        aliases: &[],
        enum_name: "TOGETHERAI",
        config_required: true,
        fields: &[
            field::key("togetherai_api_key", "Key of the Together AI API."),
            field::base("togetherai_api_base", "https://api.together.xyz/v1"),
        ],
        check: field::nothing_more,
    },
    display: "TogetherAI",
    operations: &[],
    streams: &[],
    client_headers: &[],
    parameters: &[],
    build: None,
};
