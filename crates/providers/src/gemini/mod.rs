//! Gemini. Config fields only: its routes load and answer 501.

use tidegate_config::ProviderFields;

use crate::provider::ProviderSpec;
use crate::support::field;

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "gemini",
        aliases: &[],
        enum_name: "GEMINI",
        config_required: true,
        fields: &[
            field::key("gemini_api_key", "Key of the Gemini API."),
            field::base(
                "gemini_api_base",
                "https://generativelanguage.googleapis.com/v1beta/models",
            ),
        ],
        check: field::nothing_more,
    },
    display: "Gemini",
    operations: &[],
    streams: &[],
    client_headers: &[],
    parameters: &[],
    carriage: &[],
    quirks: &[],
    build: None,
};
