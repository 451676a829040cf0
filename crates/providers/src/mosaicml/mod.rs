//! MosaicML. Config fields only: its routes load and answer 501.

use tidegate_config::{FieldProblem, ModelConfig, ProviderFields};
use tidegate_wire::Operation;

use crate::ProviderSpec;
use crate::support::field;

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "mosaicml",
        aliases: &[],
        enum_name: "MOSAICML",
        config_required: true,
        fields: &[
            field::key("mosaicml_api_key", "Key of the MosaicML API."),
            field::base(
                "mosaicml_api_base",
                "https://models.hosted-on.mosaicml.hosting",
            ),
        ],
        check,
    },
    display: "MosaicML",
    operations: &[],
    streams: &[],
    client_headers: &[],
    parameters: &[],
    build: None,
};

/// Chat needs a model whose prompt template is known.
fn check(model: &ModelConfig, operation: Operation) -> Vec<FieldProblem> {
    let name = model.name.as_deref().unwrap_or_default();
    if operation != Operation::Chat || name.to_lowercase().starts_with("llama2") {
        return Vec::new();
    }
    vec![FieldProblem {
        path: &["name"],
        message: format!(
            "An invalid model has been specified for the chat route. '{name}'. Ensure the model selected starts with one of: ['llama2']"
        ),
        help: Some("write a name that starts with `llama2`, e.g. `llama2-70b-chat`".to_owned()),
    }]
}
