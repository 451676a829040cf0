//! Azure OpenAI under its own provider names (decision D7): `azure` and `azuread` are `openai` with the API type preset.
//!
//! Source: the seed documents and Azure's REST reference, as sampled in November 2026.

use tidegate_config::ProviderFields;

use crate::openai::{ApiType, FIELDS, build_as, check_as, row};
use crate::provider::ProviderSpec;

pub(crate) static AZURE: ProviderSpec = row(
    &ProviderFields {
        name: "azure",
        aliases: &[],
        enum_name: "AZURE",
        config_required: true,
        fields: FIELDS,
        check: |model, _| check_as(model, Some(ApiType::Azure)),
    },
    |model| build_as(model, Some(ApiType::Azure)),
);

pub(crate) static AZUREAD: ProviderSpec = row(
    &ProviderFields {
        name: "azuread",
        aliases: &[],
        enum_name: "AZUREAD",
        config_required: true,
        fields: FIELDS,
        check: |model, _| check_as(model, Some(ApiType::AzureAd)),
    },
    |model| build_as(model, Some(ApiType::AzureAd)),
);
