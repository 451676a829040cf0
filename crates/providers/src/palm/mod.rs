//! PaLM. Config fields only: its routes load and answer 501.

use tidegate_config::ProviderFields;

use crate::ProviderSpec;
use crate::support::field;

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "palm",
        aliases: &[],
        enum_name: "PALM",
        config_required: true,
        fields: &[
            field::key("palm_api_key", "Key of the PaLM API."),
            field::base(
                "palm_api_base",
                "https://generativelanguage.googleapis.com/v1beta3/models",
            ),
        ],
        check: field::nothing_more,
    },
    display: "PaLM",
    operations: &[],
    streams: &[],
    client_headers: &[],
    parameters: &[],
    build: None,
};
