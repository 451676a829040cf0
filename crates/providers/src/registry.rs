//! The list of providers: the only file that names them all.

use tidegate_config::{Catalog, ProviderFields};

use crate::provider::ProviderSpec;

/// All providers, sorted by name.
pub static PROVIDERS: &[&ProviderSpec] = &[
    &crate::ai21labs::SPEC,
    &crate::bedrock::AMAZON_BEDROCK,
    &crate::anthropic::SPEC,
    &crate::azure::AZURE,
    &crate::azure::AZUREAD,
    &crate::bedrock::SPEC,
    &crate::cohere::SPEC,
    &crate::databricks::SPEC,
    &crate::databricks::MODEL_SERVING,
    &crate::openai_compatible::DEEPSEEK,
    &crate::openai_compatible::FIREWORKS,
    &crate::gemini::SPEC,
    &crate::openai_compatible::GROQ,
    &crate::huggingface::SPEC,
    &crate::mistral::SPEC,
    &crate::mlflow_serving::SPEC,
    &crate::mosaicml::SPEC,
    &crate::ollama::SPEC,
    &crate::openai::SPEC,
    &crate::openai_compatible::OPENAI_COMPATIBLE,
    &crate::openai_compatible::OPENROUTER,
    &crate::palm::SPEC,
    &crate::openai_compatible::PERPLEXITY,
    &crate::sandbox::SPEC,
    &crate::togetherai::SPEC,
    &crate::vertex::SPEC,
    &crate::openai_compatible::VLLM,
    &crate::openai_compatible::XAI,
];

static FIELDS: std::sync::LazyLock<Vec<&'static ProviderFields>> =
    std::sync::LazyLock::new(|| PROVIDERS.iter().map(|spec| spec.fields).collect());

/// Returns the table by which config files are read.
pub fn catalog() -> &'static Catalog {
    &FIELDS
}

/// Returns a provider by its canonical name.
pub fn find(name: &str) -> Option<&'static ProviderSpec> {
    PROVIDERS
        .iter()
        .copied()
        .find(|spec| spec.fields.name == name)
}
