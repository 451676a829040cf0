//! Azure OpenAI under its own provider names (decision D7): `azure` and `azuread` are `openai` with the API type preset.
//!
//! Source: the seed documents and Azure's REST reference, as sampled in November 2026.

use tidegate_config::ProviderFields;
use tidegate_wire::Operation;

use crate::ProviderSpec;
use crate::openai::{ApiType, CLIENT_HEADERS, FIELDS, build_as, check_as};

pub(crate) static AZURE: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "azure",
        aliases: &[],
        enum_name: "AZURE",
        config_required: true,
        fields: FIELDS,
        check: |model, _| check_as(model, Some(ApiType::Azure)),
    },
    display: "OpenAI",
    operations: &Operation::ALL,
    streams: &[Operation::Chat, Operation::Completions],
    client_headers: CLIENT_HEADERS,
    parameters: &[],
    build: Some(|model| build_as(model, Some(ApiType::Azure))),
};

pub(crate) static AZUREAD: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "azuread",
        aliases: &[],
        enum_name: "AZUREAD",
        config_required: true,
        fields: FIELDS,
        check: |model, _| check_as(model, Some(ApiType::AzureAd)),
    },
    display: "OpenAI",
    operations: &Operation::ALL,
    streams: &[Operation::Chat, Operation::Completions],
    client_headers: CLIENT_HEADERS,
    parameters: &[],
    build: Some(|model| build_as(model, Some(ApiType::AzureAd))),
};
