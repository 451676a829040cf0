//! Models served by MLflow. Config fields only: its routes load and answer 501.

use tidegate_config::{Field, FieldKind, ProviderFields};

use crate::ProviderSpec;
use crate::support::field;

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "mlflow-model-serving",
        aliases: &[],
        enum_name: "MLFLOW_MODEL_SERVING",
        config_required: true,
        fields: &[Field {
            name: "model_server_url",
            kind: FieldKind::Url,
            required: true,
            default: None,
            doc: "URL of the model server.",
        }],
        check: field::nothing_more,
    },
    display: "MLflow Model Serving",
    operations: &[],
    streams: &[],
    client_headers: &[],
    parameters: &[],
    build: None,
};
