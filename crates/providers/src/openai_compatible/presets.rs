//! The providers behind this adapter: what differs between them, as data.
//!
//! Source: the vendors' API references and recorded traffic, as sampled in November 2026.

use tidegate_config::{Field, FieldKind};

use super::{build, quirks, spec};
use crate::conversing::{Known, Recall};
use crate::provider::ProviderSpec;
use crate::quirks::Quirks;
use crate::support::field::{self, also};

/// A provider that speaks OpenAI's dialect.
pub(super) struct Preset {
    /// Its name in a config file.
    pub(super) name: &'static str,
    /// Name of MLflow's enum member, or what it would be.
    pub(super) enum_name: &'static str,
    /// Its name in messages.
    pub(super) display: &'static str,
    /// The keys of its block: the API's key, the base URL, and what else there is.
    pub(super) fields: &'static [Field],
    /// True when it has a completions API; else completions ask its chat API.
    pub(super) completions: bool,
    /// True when it has an embeddings API.
    pub(super) embeddings: bool,
    /// True when it has OpenAI's Responses API, unless its block says otherwise.
    pub(super) responses: bool,
    /// Where it differs from OpenAI's API.
    pub(super) quirks: &'static [&'static Quirks],
    /// What it knows of conversations of other dialects.
    pub(super) known: Known,
    /// Client headers, in lower case, that it knows.
    pub(super) client_headers: &'static [&'static str],
}

/// A preset that serves chat only: what others are made from.
const CHAT: Preset = Preset {
    name: "",
    enum_name: "",
    display: "",
    fields: &[OPTIONAL_KEY, NO_BASE],
    completions: false,
    embeddings: false,
    responses: false,
    quirks: &[],
    known: Known::COMMON,
    client_headers: &[],
};

/// A preset whose models are told what they thought.
const RECALLING: Known = Known {
    thoughts: Recall::Text,
    ..Known::COMMON
};

/// The same, and one more way of sampling.
const OPEN_WEIGHTS: Known = Known {
    members: &["top_k"],
    ..RECALLING
};

/// The key of a server that may want none.
const OPTIONAL_KEY: Field = field::optional(
    "api_key",
    FieldKind::Secret,
    "Key of the API, if the server wants one.",
);

/// The base URL of a server that may stand anywhere.
const NO_BASE: Field = Field {
    required: true,
    ..field::optional(
        "api_base",
        FieldKind::Url,
        "Base URL of the API, which nearly always ends in `/v1`.",
    )
};

const fn key(name: &'static str) -> Field {
    also(field::key(name, "Key of the API."), &["api_key"])
}

const fn base(name: &'static str, default: &'static str) -> Field {
    also(field::base(name, default), &["api_base"])
}

/// The key that tells whether calls of the Responses API pass.
pub(super) const RESPONSES: &str = "responses";

const HAS_RESPONSES: Field = field::optional(
    RESPONSES,
    FieldKind::Boolean,
    "`false`: calls of OpenAI's Responses API are translated to chat completions; by default they pass as they are.",
);

const MAY_HAVE_RESPONSES: Field = field::optional(
    RESPONSES,
    FieldKind::Boolean,
    "`true`: the server has OpenAI's Responses API, so calls of it pass as they are; by default they are translated to chat completions.",
);

/// A field under this name.
const fn named(name: &'static str, aliases: &'static [&'static str], field: Field) -> Field {
    Field {
        name,
        aliases,
        ..field
    }
}

/// Makes of each row the provider's spec.
macro_rules! presets {
    ($($name:ident = $row:expr;)*) => {$(
        pub(crate) static $name: ProviderSpec = {
            static PRESET: Preset = $row;
            spec(&PRESET, &PRESET.provider_fields(), |model| build(model, &PRESET))
        };
    )*};
}

presets! {
    // Its own completions API only fills in the middle, at another base.
    DEEPSEEK = Preset {
        name: "deepseek",
        enum_name: "DEEPSEEK",
        display: "DeepSeek",
        fields: &[
            key("deepseek_api_key"),
            base("deepseek_api_base", "https://api.deepseek.com"),
            HAS_RESPONSES,
        ],
        quirks: quirks::DEEPSEEK,
        responses: true,
        known: RECALLING,
        ..CHAT
    };
    FIREWORKS = Preset {
        name: "fireworks",
        enum_name: "FIREWORKS",
        display: "Fireworks AI",
        fields: &[
            key("fireworks_api_key"),
            base("fireworks_api_base", "https://api.fireworks.ai/inference/v1"),
            HAS_RESPONSES,
        ],
        completions: true,
        embeddings: true,
        quirks: quirks::FIREWORKS,
        responses: true,
        known: OPEN_WEIGHTS,
        ..CHAT
    };
    GROQ = Preset {
        name: "groq",
        enum_name: "GROQ",
        display: "Groq",
        fields: &[
            key("groq_api_key"),
            base("groq_api_base", "https://api.groq.com/openai/v1"),
            HAS_RESPONSES,
        ],
        embeddings: true,
        quirks: quirks::GROQ,
        responses: true,
        ..CHAT
    };
    OPENAI_COMPATIBLE = Preset {
        name: "openai-compatible",
        enum_name: "OPENAI_COMPATIBLE",
        display: "OpenAI-compatible",
        fields: &[OPTIONAL_KEY, NO_BASE, quirks::FIELD, MAY_HAVE_RESPONSES],
        completions: true,
        embeddings: true,
        known: Known {
            thoughts: Recall::Blocks,
            signatures: true,
            linked_files: true,
            ..OPEN_WEIGHTS
        },
        ..CHAT
    };
    OPENROUTER = Preset {
        name: "openrouter",
        enum_name: "OPENROUTER",
        display: "OpenRouter",
        fields: &[
            key("openrouter_api_key"),
            base("openrouter_api_base", "https://openrouter.ai/api/v1"),
            HAS_RESPONSES,
        ],
        completions: true,
        embeddings: true,
        known: Known {
            marks: true,
            linked_files: true,
            ..OPEN_WEIGHTS
        },
        client_headers: &["http-referer", "x-title", "x-openrouter-title"],
        responses: true,
        ..CHAT
    };
    // Its embeddings are bytes in base64, which are no vectors in OpenAI's dialect.
    PERPLEXITY = Preset {
        name: "perplexity",
        enum_name: "PERPLEXITY",
        display: "Perplexity",
        fields: &[
            key("perplexity_api_key"),
            base("perplexity_api_base", "https://api.perplexity.ai"),
        ],
        quirks: quirks::PERPLEXITY,
        known: Known {
            usage_on_demand: false,
            members: &["top_k"],
            ..Known::COMMON
        },
        ..CHAT
    };
    VLLM = Preset {
        name: "vllm",
        enum_name: "VLLM",
        display: "vLLM",
        fields: &[
            named("vllm_api_key", &["api_key"], OPTIONAL_KEY),
            named("vllm_api_base", &["api_base"], NO_BASE),
            HAS_RESPONSES,
        ],
        completions: true,
        embeddings: true,
        responses: true,
        known: OPEN_WEIGHTS,
        ..CHAT
    };
    XAI = Preset {
        name: "xai",
        enum_name: "XAI",
        display: "xAI",
        fields: &[
            key("xai_api_key"),
            base("xai_api_base", "https://api.x.ai/v1"),
            HAS_RESPONSES,
        ],
        completions: true,
        embeddings: true,
        responses: true,
        known: RECALLING,
        ..CHAT
    };
}
