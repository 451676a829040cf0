//! Services that speak OpenAI's dialect and have no name of their own here. Addresses and variables are LiteLLM's.

use super::{Mode, NO_MODE, NO_RULE, Rule, must, needed, optional, setting};

/// What they are here.
pub(super) static RULE: Rule = Rule {
    provider: "openai-compatible",
    modes: &[Mode {
        keys: &[optional("api_key", "api_key", "API_KEY")],
        settings: &[must("api_base", "api_base")],
        ..NO_MODE
    }],
    ..NO_RULE
};

pub(super) const PORTKEY_NAME: &str = "portkey";
pub(super) const PORTKEY_BASE: &str = "https://api.portkey.ai/v1";

/// Portkey, which MLflow tells in headers whom to ask.
pub(super) static PORTKEY: Rule = Rule {
    provider: "openai-compatible",
    modes: &[Mode {
        keys: &[
            optional("provider_api_key", "api_key", "PORTKEY_PROVIDER_API_KEY"),
            needed(
                "api_key",
                "extra_headers.x-portkey-api-key",
                "PORTKEY_API_KEY",
            ),
            optional(
                "portkey_config",
                "extra_headers.x-portkey-config",
                "PORTKEY_CONFIG",
            ),
        ],
        settings: &[
            must("api_base", "api_base"),
            setting("portkey_provider", "extra_headers.x-portkey-provider"),
        ],
        ..NO_MODE
    }],
    ..NO_RULE
};

/// Name in MLflow, address, variable of the key.
pub(super) static SERVICES: &[(&str, &str, &str)] = &[
    ("aihubmix", "https://aihubmix.com/v1", "AIHUBMIX_API_KEY"),
    ("aiml", "https://api.aimlapi.com/v1", "AIML_API_KEY"),
    (
        "anyscale",
        "https://api.endpoints.anyscale.com/v1",
        "ANYSCALE_API_KEY",
    ),
    ("cerebras", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY"),
    (
        "codestral",
        "https://codestral.mistral.ai/v1",
        "CODESTRAL_API_KEY",
    ),
    (
        "crusoe",
        "https://api.inference.crusoecloud.com/v1",
        "CRUSOE_API_KEY",
    ),
    (
        "deepinfra",
        "https://api.deepinfra.com/v1/openai",
        "DEEPINFRA_API_KEY",
    ),
    (
        "featherless_ai",
        "https://api.featherless.ai/v1",
        "FEATHERLESS_API_KEY",
    ),
    (
        "friendliai",
        "https://api.friendli.ai/serverless/v1",
        "FRIENDLI_TOKEN",
    ),
    ("gmi", "https://api.gmi-serving.com/v1", "GMI_API_KEY"),
    (
        "hyperbolic",
        "https://api.hyperbolic.xyz/v1",
        "HYPERBOLIC_API_KEY",
    ),
    (
        "inception",
        "https://api.inceptionlabs.ai/v1",
        "INCEPTION_API_KEY",
    ),
    ("lambda_ai", "https://api.lambda.ai/v1", "LAMBDA_API_KEY"),
    ("libertai", "https://api.libertai.io/v1", "LIBERTAI_API_KEY"),
    (
        "meta_llama",
        "https://api.llama.com/compat/v1",
        "LLAMA_API_KEY",
    ),
    ("minimax", "https://api.minimax.io/v1", "MINIMAX_API_KEY"),
    ("moonshot", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY"),
    ("morph", "https://api.morphllm.com/v1", "MORPH_API_KEY"),
    (
        "nebius",
        "https://api.studio.nebius.ai/v1",
        "NEBIUS_API_KEY",
    ),
    (
        "novita",
        "https://api.novita.ai/v3/openai",
        "NOVITA_API_KEY",
    ),
    (
        "nscale",
        "https://inference.api.nscale.com/v1",
        "NSCALE_API_KEY",
    ),
    (
        "nvidia_nim",
        "https://integrate.api.nvidia.com/v1",
        "NVIDIA_NIM_API_KEY",
    ),
    ("publicai", "https://api.publicai.co/v1", "PUBLICAI_API_KEY"),
    (
        "sambanova",
        "https://api.sambanova.ai/v1",
        "SAMBANOVA_API_KEY",
    ),
    ("scaleway", "https://api.scaleway.ai/v1", "SCW_SECRET_KEY"),
    ("v0", "https://api.v0.dev/v1", "V0_API_KEY"),
    (
        "vercel_ai_gateway",
        "https://ai-gateway.vercel.sh/v1",
        "VERCEL_AI_GATEWAY_API_KEY",
    ),
    (
        "volcengine",
        "https://ark.cn-beijing.volces.com/api/v3",
        "VOLCENGINE_API_KEY",
    ),
    (
        "wandb",
        "https://api.inference.wandb.ai/v1",
        "WANDB_API_KEY",
    ),
    (
        "xiaomi_mimo",
        "https://api.xiaomimimo.com/v1",
        "XIAOMI_MIMO_API_KEY",
    ),
    ("zai", "https://api.z.ai/api/paas/v4", "ZAI_API_KEY"),
];

/// Servers that speak the dialect wherever they stand.
pub(super) static SERVERS: &[&str] = &[
    "custom_openai",
    "litellm_proxy",
    "llamafile",
    "lm_studio",
    "openai_like",
];
