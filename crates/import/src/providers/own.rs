//! Providers that Tidegate has under a name of their own.

use super::{Mode, NO_MODE, NO_RULE, Process, Rule, must, needed, optional, setting};

/// Bedrock's keys without a signature, which AWS's libraries take from this variable only.
const BEARER: &str = "AWS_BEARER_TOKEN_BEDROCK";

pub(super) static RULES: &[Rule] = &[
    Rule {
        names: &["openai"],
        provider: "openai",
        modes: &[Mode {
            keys: &[needed("api_key", "openai_api_key", "OPENAI_API_KEY")],
            settings: &[
                setting("api_base", "openai_api_base"),
                setting("organization", "openai_organization"),
            ],
            ..NO_MODE
        }],
        ignored: &["api_type", "api_version", "deployment_name"],
        ..NO_RULE
    },
    Rule {
        names: &["openai+azure"],
        provider: "azure",
        modes: &[Mode {
            settings: AZURE_WITH_DEPLOYMENT,
            ..AZURE
        }],
        ignored: &["api_type"],
        ..NO_RULE
    },
    Rule {
        names: &["openai+azuread"],
        provider: "azuread",
        modes: &[Mode {
            keys: &[needed("api_key", "openai_api_key", "AZURE_OPENAI_AD_TOKEN")],
            settings: AZURE_WITH_DEPLOYMENT,
            ..AZURE
        }],
        ignored: &["api_type"],
        ..NO_RULE
    },
    Rule {
        names: &["azure"],
        provider: "azure",
        modes: &[Mode {
            model: Some("openai_deployment_name"),
            ..AZURE
        }],
        ignored: &["api_type", "deployment_name"],
        ..NO_RULE
    },
    Rule {
        names: &["anthropic"],
        provider: "anthropic",
        modes: &[Mode {
            keys: &[needed("api_key", "anthropic_api_key", "ANTHROPIC_API_KEY")],
            settings: &[
                setting("api_base", "anthropic_api_base"),
                setting("version", "anthropic_version"),
            ],
            ..NO_MODE
        }],
        ..NO_RULE
    },
    Rule {
        names: &["mistral"],
        provider: "mistral",
        modes: &[Mode {
            keys: &[needed("api_key", "mistral_api_key", "MISTRAL_API_KEY")],
            ..NO_MODE
        }],
        ignored: &["api_base"],
        ..NO_RULE
    },
    Rule {
        names: &["gemini"],
        provider: "gemini",
        modes: &[Mode {
            keys: &[needed("api_key", "gemini_api_key", "GEMINI_API_KEY")],
            ..NO_MODE
        }],
        ignored: &["api_base"],
        ..NO_RULE
    },
    Rule {
        names: &["groq"],
        provider: "groq",
        modes: &[Mode {
            keys: &[needed("api_key", "groq_api_key", "GROQ_API_KEY")],
            settings: &[setting("api_base", "groq_api_base")],
            ..NO_MODE
        }],
        ..NO_RULE
    },
    Rule {
        names: &["deepseek"],
        provider: "deepseek",
        modes: &[Mode {
            keys: &[needed("api_key", "deepseek_api_key", "DEEPSEEK_API_KEY")],
            settings: &[setting("api_base", "deepseek_api_base")],
            ..NO_MODE
        }],
        ..NO_RULE
    },
    Rule {
        names: &["xai"],
        provider: "xai",
        modes: &[Mode {
            keys: &[needed("api_key", "xai_api_key", "XAI_API_KEY")],
            settings: &[setting("api_base", "xai_api_base")],
            ..NO_MODE
        }],
        ..NO_RULE
    },
    Rule {
        names: &["openrouter"],
        provider: "openrouter",
        modes: &[Mode {
            keys: &[needed(
                "api_key",
                "openrouter_api_key",
                "OPENROUTER_API_KEY",
            )],
            settings: &[setting("api_base", "openrouter_api_base")],
            ..NO_MODE
        }],
        ..NO_RULE
    },
    Rule {
        names: &["ollama"],
        provider: "ollama",
        modes: &[Mode {
            keys: &[optional("api_key", "ollama_api_key", "OLLAMA_API_KEY")],
            settings: &[setting("api_base", "ollama_api_base")],
            ..NO_MODE
        }],
        ..NO_RULE
    },
    Rule {
        names: &["bedrock", "amazon-bedrock", "bedrock_converse"],
        provider: "bedrock",
        group: Some("aws_config"),
        modes: &[
            Mode {
                settings: &[setting("aws_region_name", "aws_config.aws_region")],
                process: Some(Process {
                    variable: BEARER,
                    holds: Some("api_key"),
                    unless: None,
                }),
                ..NO_MODE
            },
            Mode {
                name: "access_keys",
                keys: &[
                    needed(
                        "aws_access_key_id",
                        "aws_config.aws_access_key_id",
                        "AWS_ACCESS_KEY_ID",
                    ),
                    needed(
                        "aws_secret_access_key",
                        "aws_config.aws_secret_access_key",
                        "AWS_SECRET_ACCESS_KEY",
                    ),
                    optional(
                        "aws_session_token",
                        "aws_config.aws_session_token",
                        "AWS_SESSION_TOKEN",
                    ),
                ],
                settings: &[setting("aws_region_name", "aws_config.aws_region")],
                ..NO_MODE
            },
            Mode {
                name: "iam_role",
                settings: &[
                    must("aws_role_name", "aws_config.aws_role_arn"),
                    setting("aws_region_name", "aws_config.aws_region"),
                ],
                ..NO_MODE
            },
            Mode {
                name: "default_chain",
                settings: &[
                    setting("aws_role_name", "aws_config.aws_role_arn"),
                    setting("aws_region_name", "aws_config.aws_region"),
                ],
                process: Some(Process {
                    variable: BEARER,
                    holds: None,
                    unless: Some("aws_config.aws_role_arn"),
                }),
                ..NO_MODE
            },
        ],
        ..NO_RULE
    },
    Rule {
        names: &["vertex_ai"],
        provider: "vertex",
        modes: &[
            Mode {
                name: "service_account_json",
                keys: &[optional(
                    "vertex_credentials",
                    "vertex_credentials",
                    "VERTEX_CREDENTIALS",
                )],
                settings: VERTEX,
                ..NO_MODE
            },
            Mode {
                name: "default_chain",
                settings: VERTEX,
                ..NO_MODE
            },
        ],
        refuses: |model| {
            let name = model.to_ascii_lowercase();
            let partner = ["mistral", "codestral", "jamba"]
                .iter()
                .any(|start| name.starts_with(start));
            (partner || name.contains('/') || name.ends_with("-maas")).then_some(
                "of Vertex AI, Gemini and Claude are served here, no models of other makers",
            )
        },
        ..NO_RULE
    },
    Rule {
        names: &["databricks", "databricks-model-serving"],
        provider: "databricks",
        modes: &[
            Mode {
                name: "pat_token",
                keys: &[needed("api_key", "databricks_token", "DATABRICKS_TOKEN")],
                settings: &[WORKSPACE],
                ..NO_MODE
            },
            Mode {
                name: "oauth_m2m",
                keys: &[needed(
                    "client_secret",
                    "databricks_client_secret",
                    "DATABRICKS_CLIENT_SECRET",
                )],
                settings: &[WORKSPACE, must("client_id", "databricks_client_id")],
                ..NO_MODE
            },
        ],
        refuses: |model| {
            (model.matches('.').count() >= 2)
                .then_some("models of Unity Catalog, which MLflow asks through Databricks' own gateway, are not served here")
        },
        ..NO_RULE
    },
    Rule {
        names: &["cohere", "cohere_chat"],
        provider: "cohere",
        modes: &[Mode {
            keys: &[needed("api_key", "cohere_api_key", "COHERE_API_KEY")],
            ..NO_MODE
        }],
        ..NO_RULE
    },
    Rule {
        names: &["together_ai", "togetherai"],
        provider: "togetherai",
        modes: &[Mode {
            keys: &[needed("api_key", "togetherai_api_key", "TOGETHER_API_KEY")],
            settings: &[setting("api_base", "togetherai_api_base")],
            ..NO_MODE
        }],
        ..NO_RULE
    },
    Rule {
        names: &["fireworks_ai", "fireworks_ai-embedding-models"],
        provider: "fireworks",
        modes: &[Mode {
            keys: &[needed("api_key", "fireworks_api_key", "FIREWORKS_API_KEY")],
            settings: &[setting("api_base", "fireworks_api_base")],
            ..NO_MODE
        }],
        ..NO_RULE
    },
    Rule {
        names: &["perplexity"],
        provider: "perplexity",
        modes: &[Mode {
            keys: &[needed(
                "api_key",
                "perplexity_api_key",
                "PERPLEXITY_API_KEY",
            )],
            settings: &[setting("api_base", "perplexity_api_base")],
            ..NO_MODE
        }],
        ..NO_RULE
    },
    Rule {
        names: &["ai21", "ai21_chat"],
        provider: "ai21labs",
        modes: &[Mode {
            keys: &[needed("api_key", "ai21labs_api_key", "AI21_API_KEY")],
            settings: &[setting("api_base", "ai21labs_api_base")],
            ..NO_MODE
        }],
        refuses: |model| {
            (!model.starts_with("jamba"))
                .then_some("of AI21 Labs' chat models, Jamba is served here")
        },
        ..NO_RULE
    },
    Rule {
        names: &["hosted_vllm"],
        provider: "vllm",
        modes: &[Mode {
            keys: &[optional("api_key", "vllm_api_key", "VLLM_API_KEY")],
            settings: &[must("api_base", "vllm_api_base")],
            ..NO_MODE
        }],
        ..NO_RULE
    },
];

const AZURE: Mode = Mode {
    keys: &[needed("api_key", "openai_api_key", "AZURE_OPENAI_API_KEY")],
    settings: &[
        must("api_base", "openai_api_base"),
        must("api_version", "openai_api_version"),
    ],
    ..NO_MODE
};

const AZURE_WITH_DEPLOYMENT: &[super::Setting] = &[
    must("api_base", "openai_api_base"),
    must("deployment_name", "openai_deployment_name"),
    must("api_version", "openai_api_version"),
];

const WORKSPACE: super::Setting = super::Setting {
    cut: Some("/serving-endpoints"),
    ..must("api_base", "databricks_host")
};

const VERTEX: &[super::Setting] = &[
    must("vertex_project", "vertex_project"),
    setting("vertex_location", "vertex_location"),
];
