//! Hugging Face Text Generation Inference. Config fields only: its routes load and answer 501.

use tidegate_config::{Field, FieldKind, ProviderFields};

use crate::ProviderSpec;
use crate::support::field;

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "huggingface-text-generation-inference",
        aliases: &[],
        enum_name: "HUGGINGFACE_TEXT_GENERATION_INFERENCE",
        config_required: true,
        fields: &[Field {
            name: "hf_server_url",
            kind: FieldKind::Url,
            required: true,
            default: None,
            doc: "URL of the inference server.",
        }],
        check: field::nothing_more,
    },
    display: "Hugging Face Text Generation Inference",
    operations: &[],
    streams: &[],
    client_headers: &[],
    parameters: &[],
    build: None,
};
