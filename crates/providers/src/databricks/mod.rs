//! Databricks model serving. Config fields only: its routes load and answer 501.

use tidegate_config::{Field, FieldKind, ProviderFields};

use crate::ProviderSpec;
use crate::support::field;

static FIELDS: &[Field] = &[
    field::optional("databricks_host", FieldKind::Url, "URL of the workspace."),
    field::optional(
        "databricks_token",
        FieldKind::Secret,
        "Personal access token.",
    ),
];

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "databricks",
        aliases: &[],
        enum_name: "DATABRICKS",
        config_required: false,
        fields: FIELDS,
        check: field::nothing_more,
    },
    display: "Databricks",
    operations: &[],
    streams: &[],
    client_headers: &[],
    parameters: &[],
    build: None,
};

pub(crate) static MODEL_SERVING: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "databricks-model-serving",
        aliases: &[],
        enum_name: "DATABRICKS_MODEL_SERVING",
        config_required: false,
        fields: FIELDS,
        check: field::nothing_more,
    },
    display: "Databricks Model Serving",
    operations: &[],
    streams: &[],
    client_headers: &[],
    parameters: &[],
    build: None,
};
