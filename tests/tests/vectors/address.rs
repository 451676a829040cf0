//! Where a route's provider is, and how it is moved to this machine.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::text;

/// What OpenAI's routes use without a base: the one default that the registry does not hold, since Azure has none.
const OPENAI: &str = "https://api.openai.com/v1";

/// Returns the member of `model.config` that holds a provider's address.
fn member(provider: &str) -> &'static str {
    match provider {
        "ai21labs" => "ai21labs_api_base",
        "anthropic" => "anthropic_api_base",
        "amazon-bedrock" | "bedrock" => "aws_endpoint_url",
        "cohere" => "cohere_api_base",
        "gemini" => "gemini_api_base",
        "huggingface-text-generation-inference" => "hf_server_url",
        "mistral" => "mistral_api_base",
        "mlflow-model-serving" => "model_server_url",
        "mosaicml" => "mosaicml_api_base",
        "openai" => "openai_api_base",
        "palm" => "palm_api_base",
        "togetherai" => "togetherai_api_base",
        _ => panic!("nobody knows where {provider} keeps its address"),
    }
}

/// Returns the address that a route's provider has without being moved; empty for AWS, whose hosts were not recorded.
fn base(route: &Value) -> String {
    let provider = text(route, "/model/provider");
    let name = member(provider);
    if let Some(base) = route["model"]["config"][name].as_str() {
        return base.to_owned();
    }
    if name == "aws_endpoint_url" {
        return String::new();
    }
    let spec = tidegate_providers::find(provider).expect("a provider of the registry");
    let field = spec.fields.fields.iter().find(|field| field.name == name);
    let field = field.unwrap_or_else(|| panic!("{provider} has no {name}"));
    field.default.unwrap_or(OPENAI).to_owned()
}

/// Returns scheme and host of a route's provider, as the recordings have them.
pub(crate) fn origin(route: &Value) -> String {
    let base = base(route);
    let parts: Vec<&str> = base.splitn(4, '/').take(3).collect();
    parts.join("/")
}

/// Returns the route with its provider moved to this machine; the path of its base stays.
pub(crate) fn moved(route: &Value, address: SocketAddr) -> Value {
    let name = member(text(route, "/model/provider"));
    let base = base(route);
    let path = base.splitn(4, '/').nth(3).unwrap_or_default();
    let mut route = route.clone();
    let config = &mut route["model"]["config"];
    let holder = if name == "aws_endpoint_url" {
        &mut config["aws_config"]
    } else {
        config
    };
    holder[name] = json!(format!("http://{address}/{path}"));
    route
}
