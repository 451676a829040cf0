//! A catalog that mimics the providers of the MLflow AI Gateway's documentation, and a world that answers from tables.
#![allow(dead_code, reason = "each test program uses its part")]
#![allow(
    clippy::allow_attributes,
    reason = "an expectation would fail in the programs that use all of it"
)]

use std::path::Path;

use tidegate_config::{
    Catalog, Environment, Field, FieldKind, FieldProblem, ModelConfig, ProviderFields, Settings,
    Severity,
};
use tidegate_wire::Operation;

/// The path that all tests show.
pub(crate) const PATH: &str = "/etc/tidegate.yaml";

/// Environment variables and files by name.
#[derive(Clone, Copy, Default)]
pub(crate) struct World {
    pub(crate) variables: &'static [(&'static str, &'static str)],
    pub(crate) files: &'static [(&'static str, Result<&'static str, &'static str>)],
}

/// Enough for the files of the documentation.
pub(crate) const WORLD: World = World {
    variables: &[
        ("HOME", "/home/me"),
        ("OPENAI_API_KEY", "sk-from-environment"),
        ("AZURE_AAD_TOKEN", "token-from-environment"),
        ("ANTHROPIC_API_KEY", "ant-from-environment"),
        ("AWS_SECRET", "aws-from-environment"),
        ("EMPTY", ""),
        ("TWO_LINES", "one\ntwo"),
        ("ENDS_WITH_NEWLINE", "sk-environment\n"),
        ("LOCAL_TOKEN", "token-by-default\n"),
        ("LOCAL_HOST", "local.example"),
    ],
    files: &[
        ("/run/secrets/key", Ok("sk-from-file\n")),
        ("relative/key", Ok("sk-relative\r\n\r\n")),
        ("/run/secrets/two", Ok("one\ntwo\n")),
        ("/run/secrets/empty", Ok("\n")),
        ("/run/secrets/locked", Err("permission denied")),
        ("/etc/ssl/extra.pem", Ok("pem")),
        ("/home/me/ca.pem", Ok("pem")),
    ],
};

impl Environment for World {
    fn var(&self, name: &str) -> Option<String> {
        let found = self.variables.iter().find(|(key, _)| *key == name)?;
        Some(found.1.to_owned())
    }

    fn read_key_file(&self, path: &str) -> Option<Result<String, String>> {
        let found = self.files.iter().find(|(key, _)| *key == path)?;
        Some(found.1.map(ToOwned::to_owned).map_err(ToOwned::to_owned))
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.iter().any(|(key, _)| Path::new(key) == path)
    }
}

const fn field(name: &'static str, kind: FieldKind, required: bool) -> Field {
    Field {
        name,
        aliases: &[],
        kind,
        required,
        default: None,
        doc: "",
    }
}

/// A field under another spelling too.
const fn also(field: Field, aliases: &'static [&'static str]) -> Field {
    Field { aliases, ..field }
}

/// A field that a variable of the environment stands in for.
const fn from_environment(name: &'static str, kind: FieldKind, default: &'static str) -> Field {
    Field {
        default: Some(default),
        ..field(name, kind, false)
    }
}

const fn key(name: &'static str) -> Field {
    Field {
        name,
        aliases: &[],
        kind: FieldKind::Secret,
        required: true,
        default: None,
        doc: "The API key.",
    }
}

const fn base(name: &'static str, default: &'static str) -> Field {
    let doc = "Base URL of the API.";
    Field {
        name,
        aliases: &[],
        kind: FieldKind::Url,
        required: false,
        default: Some(default),
        doc,
    }
}

const fn row(
    name: &'static str,
    enum_name: &'static str,
    fields: &'static [Field],
) -> ProviderFields {
    ProviderFields {
        name,
        aliases: &[],
        enum_name,
        config_required: true,
        fields,
        check: nothing,
    }
}

fn nothing(_: &ModelConfig, _: Operation) -> Vec<FieldProblem> {
    Vec::new()
}

static OPENAI_FIELDS: [Field; 7] = [
    field(
        "openai_api_key",
        FieldKind::SecretUnless(&["azure_managed_identity"]),
        true,
    ),
    Field {
        name: "openai_api_type",
        aliases: &[],
        kind: FieldKind::Text,
        required: false,
        default: Some("openai"),
        doc: "Which flavour of the API.",
    },
    field("openai_api_base", FieldKind::Url, false),
    field("openai_api_version", FieldKind::Text, false),
    field("openai_deployment_name", FieldKind::Text, false),
    field("openai_organization", FieldKind::Text, false),
    field("azure_managed_identity", FieldKind::Boolean, false),
];

static OPENAI: ProviderFields = ProviderFields {
    check: check_openai,
    ..row("openai", "OPENAI", &OPENAI_FIELDS)
};
static AZURE: ProviderFields = ProviderFields {
    check: check_azure,
    ..row("azure", "OPENAI", &OPENAI_FIELDS)
};
static AZUREAD: ProviderFields = ProviderFields {
    check: check_azure,
    ..row("azuread", "OPENAI", &OPENAI_FIELDS)
};
static ANTHROPIC: ProviderFields = row(
    "anthropic",
    "ANTHROPIC",
    &[
        key("anthropic_api_key"),
        Field {
            name: "anthropic_version",
            aliases: &[],
            kind: FieldKind::Text,
            required: false,
            default: Some("2023-06-01"),
            doc: "Version of the API.",
        },
        base("anthropic_api_base", "https://api.anthropic.com/v1"),
    ],
);
static COHERE: ProviderFields = row(
    "cohere",
    "COHERE",
    &[
        key("cohere_api_key"),
        base("cohere_api_base", "https://api.cohere.ai/v1"),
    ],
);
static PALM: ProviderFields = row(
    "palm",
    "PALM",
    &[
        key("palm_api_key"),
        base(
            "palm_api_base",
            "https://generativelanguage.googleapis.com/v1beta3/models",
        ),
    ],
);
static AI21: ProviderFields = ProviderFields {
    check: check_ai21,
    ..row(
        "ai21labs",
        "AI21LABS",
        &[
            key("ai21labs_api_key"),
            base("ai21labs_api_base", "https://api.ai21.com/studio/v1"),
        ],
    )
};
static MOSAICML: ProviderFields = ProviderFields {
    check: check_mosaicml,
    ..row(
        "mosaicml",
        "MOSAICML",
        &[
            key("mosaicml_api_key"),
            base(
                "mosaicml_api_base",
                "https://models.hosted-on.mosaicml.hosting",
            ),
        ],
    )
};
static MISTRAL: ProviderFields = row(
    "mistral",
    "MISTRAL",
    &[
        key("mistral_api_key"),
        base("mistral_api_base", "https://api.mistral.ai/v1"),
    ],
);
static TOGETHERAI: ProviderFields = row(
    "togetherai",
    "TOGETHERAI",
    &[
        also(key("togetherai_api_key"), &["api_key"]),
        also(
            base("togetherai_api_base", "https://api.together.xyz/v1"),
            &["api_base", "base_url"],
        ),
    ],
);
static GEMINI: ProviderFields = row("gemini", "GEMINI", &[key("gemini_api_key")]);
static TGI: ProviderFields = ProviderFields {
    aliases: &["huggingface text generation inference"],
    ..row(
        "huggingface-text-generation-inference",
        "HUGGINGFACE_TEXT_GENERATION_INFERENCE",
        &[field("hf_server_url", FieldKind::Url, true)],
    )
};
static MLFLOW: ProviderFields = row(
    "mlflow-model-serving",
    "MLFLOW_MODEL_SERVING",
    &[field("model_server_url", FieldKind::Url, true)],
);
static AWS_FIELDS: [Field; 7] = [
    also(field("aws_role_arn", FieldKind::Text, false), &["role_arn"]),
    Field {
        name: "session_length_seconds",
        aliases: &[],
        kind: FieldKind::Integer,
        required: false,
        default: Some("900"),
        doc: "Length of a session.",
    },
    field("aws_region", FieldKind::Text, false),
    field("aws_access_key_id", FieldKind::LiteralSecret, false),
    field("aws_secret_access_key", FieldKind::LiteralSecret, false),
    field("aws_session_token", FieldKind::LiteralSecret, false),
    field("aws_endpoint_url", FieldKind::Url, false),
];
static BEDROCK: ProviderFields = ProviderFields {
    aliases: &["amazon-bedrock"],
    check: check_bedrock,
    ..row(
        "bedrock",
        "BEDROCK",
        &[field("aws_config", FieldKind::Group(&AWS_FIELDS), true)],
    )
};
/// No provider of MLflow: has a field of every other kind and needs no config.
static LOCAL: ProviderFields = ProviderFields {
    config_required: false,
    ..row(
        "local",
        "LOCAL",
        &[
            field("temperature", FieldKind::Number, false),
            field("warm", FieldKind::Boolean, false),
            field("mode", FieldKind::Choice(&["fast", "careful"]), false),
            from_environment("local_token", FieldKind::Secret, "$LOCAL_TOKEN"),
            from_environment("local_host", FieldKind::Url, "$LOCAL_HOST"),
            from_environment("local_user", FieldKind::Text, "$EMPTY"),
        ],
    )
};

/// Every row.
pub(crate) static CATALOG: &Catalog = &[
    &OPENAI,
    &ANTHROPIC,
    &COHERE,
    &AI21,
    &MLFLOW,
    &MOSAICML,
    &TGI,
    &PALM,
    &BEDROCK,
    &MISTRAL,
    &TOGETHERAI,
    &GEMINI,
    &AZURE,
    &AZUREAD,
    &LOCAL,
];

fn problem(path: &'static [&'static str], message: impl Into<String>) -> Vec<FieldProblem> {
    vec![FieldProblem {
        severity: Severity::Error,
        path,
        message: message.into(),
        help: None,
    }]
}

fn check_openai(model: &ModelConfig, _: Operation) -> Vec<FieldProblem> {
    match model.settings.text("openai_api_type") {
        Some("openai") if model.settings.get("openai_deployment_name").is_some() => problem(
            &["config", "openai_deployment_name"],
            "OpenAI route configuration can only specify a value for 'openai_deployment_name' if 'openai_api_type' is \
             'azure' or 'azuread'. Found type: 'openai'",
        ),
        Some("azure" | "azuread") => check_azure(model, Operation::Chat),
        Some("openai") | None => Vec::new(),
        Some(other) => problem(
            &["config", "openai_api_type"],
            format!("Invalid OpenAI API type '{other}'"),
        ),
    }
}

fn check_azure(model: &ModelConfig, _: Operation) -> Vec<FieldProblem> {
    let wanted = [
        "openai_api_base",
        "openai_deployment_name",
        "openai_api_version",
    ];
    if wanted.iter().all(|name| model.settings.get(name).is_some()) {
        return Vec::new();
    }
    problem(
        &["config"],
        "OpenAI route configuration must specify 'openai_api_base', 'openai_deployment_name', and \
         'openai_api_version' if 'openai_api_type' is 'azure' or 'azuread'.",
    )
}

fn check_ai21(model: &ModelConfig, _: Operation) -> Vec<FieldProblem> {
    let name = model.name.as_deref().unwrap_or_default();
    if ["j2-ultra", "j2-mid", "j2-light"].contains(&name) {
        return Vec::new();
    }
    problem(
        &["name"],
        format!(
            "An Unsupported AI21Labs model has been specified: '{name}'. Please see documentation for supported models."
        ),
    )
}

fn check_mosaicml(model: &ModelConfig, operation: Operation) -> Vec<FieldProblem> {
    let name = model.name.as_deref().unwrap_or_default();
    if operation != Operation::Chat || name.to_lowercase().starts_with("llama2") {
        return Vec::new();
    }
    problem(
        &["name"],
        format!(
            "An invalid model has been specified for the chat route. '{name}'. Ensure the model selected starts with \
             one of: ['llama2']"
        ),
    )
}

fn check_bedrock(model: &ModelConfig, _: Operation) -> Vec<FieldProblem> {
    let empty = Settings::default();
    let aws = model.settings.group("aws_config").unwrap_or(&empty);
    let has = |name: &str| aws.get(name).is_some();
    if has("aws_role_arn") && has("aws_access_key_id") {
        return problem(
            &["config", "aws_config", "aws_role_arn"],
            "a role and keys exclude each other",
        );
    }
    if has("aws_access_key_id") != has("aws_secret_access_key") {
        return problem(
            &["config", "aws_config"],
            "the key and its secret go together",
        );
    }
    Vec::new()
}
