//! AI21 Labs. Config fields only: its routes load and answer 501.

use tidegate_config::{FieldProblem, ModelConfig, ProviderFields};
use tidegate_wire::Operation;

use crate::ProviderSpec;
use crate::support::field;

/// The models that MLflow accepts.
const MODELS: [&str; 3] = ["j2-ultra", "j2-mid", "j2-light"];

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    fields: &ProviderFields {
        name: "ai21labs",
        aliases: &[],
        enum_name: "AI21LABS",
        config_required: true,
        fields: &[
            field::key("ai21labs_api_key", "Key of the AI21 Labs API."),
            field::base("ai21labs_api_base", "https://api.ai21.com/studio/v1"),
        ],
        check,
    },
    display: "AI21Labs",
    operations: &[],
    streams: &[],
    client_headers: &[],
    build: None,
};

fn check(model: &ModelConfig, _: Operation) -> Vec<FieldProblem> {
    let name = model.name.as_deref().unwrap_or("None");
    if MODELS.contains(&name) {
        return Vec::new();
    }
    vec![FieldProblem {
        path: &["name"],
        message: format!(
            "An Unsupported AI21Labs model has been specified: '{name}'. Please see documentation for supported models."
        ),
        help: Some(format!("write one of `{}`", MODELS.join("`, `"))),
    }]
}
