//! What models can be asked by the Converse API beyond words. The API is one for all, its models are not: most of them
//! refuse whole requests for a member that they do not know.
//!
//! Source: Bedrock's user guide (structured output, prompt caching, tool use, reasoning), the service model of AWS's
//! libraries, and what public gateways and client libraries learnt from refusals; as sampled in November 2026.

use super::model::Family;

/// What a model can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Abilities {
    /// What can be bound to a JSON Schema.
    pub(super) bound: Bound,
    /// How far it can be made to call.
    pub(super) forced: Forced,
    /// Whether it can be told to make no more than one call.
    pub(super) lone_calls: bool,
    /// How it is told how long to think.
    pub(super) effort: Effort,
    /// Which of temperature and its kin it takes.
    pub(super) sampling: Sampling,
    /// Where it takes marks of what to cache.
    pub(super) caching: Caching,
    /// Whether it takes back what it thought.
    pub(super) recalls: bool,
}

/// What can be bound to a JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// Nothing.
    No,
    /// Answers (`outputConfig.textFormat`).
    Answers,
    /// Arguments of calls too (`toolSpec.strict`).
    Calls,
}

/// How far a model can be made to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forced {
    /// Not at all: it is given tools without a choice.
    No,
    /// It must call something.
    Any,
    /// It must call a certain function.
    Named,
}

/// How a model is told how long to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effort {
    /// No way is known.
    Unknown,
    /// Claude before 4.6: `thinking` with a number of tokens.
    Budget,
    /// Later Claudes: `thinking` as they see fit, with one of these words as `outputConfig.effort`.
    Adaptive(&'static [&'static str]),
    /// Nova 2: `reasoningConfig`.
    Nova,
    /// A word as `reasoning_effort`.
    Flat,
    /// A word as `reasoning.effort`.
    Nested,
    /// Qwen 3: a word as `reasoning_config`.
    Qwen,
}

/// Which of temperature and its kin a model takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sampling {
    /// All.
    All,
    /// `temperature` or `top_p`, not both.
    One,
    /// None.
    No,
}

/// Where a model takes marks of what to cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caching {
    /// Nowhere.
    No,
    /// In what is said.
    Said,
    /// Behind tools too.
    Tools,
    /// Behind tools too, for an hour if asked.
    Hour,
}

/// A model that its id does not tell. It is asked what most models are asked that have such ids, but for members that
/// other models refuse.
pub(super) const UNKNOWN: Abilities = Abilities {
    bound: Bound::No,
    forced: Forced::Named,
    lone_calls: false,
    effort: Effort::Unknown,
    sampling: Sampling::All,
    caching: Caching::Hour,
    recalls: true,
};

/// Models of most makers.
const OPEN: Abilities = Abilities {
    caching: Caching::No,
    recalls: false,
    ..UNKNOWN
};

/// Models whose answers and arguments can be bound to a schema.
const BOUND: Abilities = Abilities {
    bound: Bound::Calls,
    ..OPEN
};

/// Models that take tools, if any, without a choice.
const UNFORCED: Abilities = Abilities {
    forced: Forced::No,
    ..OPEN
};

const CLAUDE_3: Abilities = Abilities {
    recalls: true,
    ..OPEN
};

/// The later ones of Claude 3.5.
const CLAUDE_3_5: Abilities = Abilities {
    caching: Caching::Tools,
    ..CLAUDE_3
};

/// Claude 3.7 and 4.0.
const CLAUDE_3_7: Abilities = Abilities {
    effort: Effort::Budget,
    ..CLAUDE_3_5
};

const CLAUDE_4_1: Abilities = Abilities {
    sampling: Sampling::One,
    ..CLAUDE_3_7
};

const CLAUDE_4_5: Abilities = Abilities {
    bound: Bound::Calls,
    lone_calls: true,
    caching: Caching::Hour,
    ..CLAUDE_4_1
};

const CLAUDE_4_6: Abilities = Abilities {
    effort: Effort::Adaptive(&["low", "medium", "high", "max"]),
    ..CLAUDE_4_5
};

/// Claude 4.7 and newer, of which some know no schemas at Bedrock.
const CLAUDE_4_7: Abilities = Abilities {
    bound: Bound::No,
    effort: Effort::Adaptive(&["low", "medium", "high", "xhigh"]),
    sampling: Sampling::No,
    ..CLAUDE_4_5
};

/// The others, which do.
const CLAUDE_4_8: Abilities = Abilities {
    bound: Bound::Answers,
    ..CLAUDE_4_7
};

/// Claudes that cannot be made to call, without and with schemas.
const CLAUDE_FREE: Abilities = Abilities {
    forced: Forced::No,
    ..CLAUDE_4_7
};
const CLAUDE_FREE_BOUND: Abilities = Abilities {
    bound: Bound::Answers,
    ..CLAUDE_FREE
};

const NOVA: Abilities = Abilities {
    caching: Caching::Said,
    ..OPEN
};

const NOVA_2: Abilities = Abilities {
    effort: Effort::Nova,
    ..NOVA
};

const MISTRAL_LARGE_2: Abilities = Abilities {
    forced: Forced::Any,
    ..OPEN
};

const DEEPSEEK_V3: Abilities = Abilities {
    effort: Effort::Flat,
    ..BOUND
};

const QWEN_3: Abilities = Abilities {
    effort: Effort::Qwen,
    ..BOUND
};

const GPT_OSS: Abilities = Abilities {
    effort: Effort::Flat,
    ..OPEN
};

const GPT: Abilities = Abilities {
    effort: Effort::Nested,
    sampling: Sampling::No,
    ..OPEN
};

/// Makers, beginnings of their models' names, and what such models can be asked. The first row that fits counts.
static ROWS: &[(Family, &str, Abilities)] = &[
    (Family::Anthropic, "claude-v", UNFORCED),
    (Family::Anthropic, "claude-instant", UNFORCED),
    (Family::Anthropic, "claude-3-7", CLAUDE_3_7),
    (Family::Anthropic, "claude-3-5-haiku", CLAUDE_3_5),
    (Family::Anthropic, "claude-3-5-sonnet-20241022", CLAUDE_3_5),
    (Family::Anthropic, "claude-3", CLAUDE_3),
    (Family::Anthropic, "claude-opus-4-2025", CLAUDE_3_7),
    (Family::Anthropic, "claude-sonnet-4-2025", CLAUDE_3_7),
    (Family::Anthropic, "claude-opus-4-1", CLAUDE_4_1),
    (Family::Anthropic, "claude-opus-4-5", CLAUDE_4_5),
    (Family::Anthropic, "claude-sonnet-4-5", CLAUDE_4_5),
    (Family::Anthropic, "claude-haiku-4-5", CLAUDE_4_5),
    (Family::Anthropic, "claude-opus-4-6", CLAUDE_4_6),
    (Family::Anthropic, "claude-sonnet-4-6", CLAUDE_4_6),
    (Family::Anthropic, "claude-opus-4-8", CLAUDE_4_8),
    (Family::Anthropic, "claude-opus-5-5", CLAUDE_FREE),
    (Family::Anthropic, "claude-sonnet-5-5", CLAUDE_FREE_BOUND),
    (Family::Anthropic, "claude-sonnet-5", CLAUDE_4_8),
    (Family::Anthropic, "claude-haiku-5-5", CLAUDE_4_8),
    (Family::Anthropic, "claude-fable-5-1", CLAUDE_FREE),
    (Family::Anthropic, "claude-mythos-5-1", CLAUDE_FREE_BOUND),
    (Family::Anthropic, "claude-mythos-5", CLAUDE_4_8),
    (Family::Anthropic, "", CLAUDE_4_7),
    (Family::Amazon, "nova-2", NOVA_2),
    (Family::Amazon, "nova", NOVA),
    (Family::Amazon, "", UNFORCED),
    (Family::Ai21, "", UNFORCED),
    (Family::Cohere, "", UNFORCED),
    (Family::Meta, "", UNFORCED),
    (Family::Writer, "", UNFORCED),
    (Family::DeepSeek, "r1", UNFORCED),
    (Family::DeepSeek, "v3", DEEPSEEK_V3),
    (Family::Google, "gemma-3-12b", BOUND),
    (Family::Google, "gemma-3-27b", BOUND),
    (Family::MiniMax, "minimax-m2", BOUND),
    (Family::Mistral, "mistral-large-24", MISTRAL_LARGE_2),
    (Family::Mistral, "pixtral", UNFORCED),
    (Family::Mistral, "mistral-large-3", BOUND),
    (Family::Mistral, "ministral-3", BOUND),
    (Family::Mistral, "magistral-small", BOUND),
    (Family::Mistral, "voxtral", BOUND),
    (Family::Moonshot, "kimi-k2", BOUND),
    (Family::Nvidia, "nemotron-nano", BOUND),
    (Family::OpenAi, "gpt-oss", GPT_OSS),
    (Family::OpenAi, "gpt-", GPT),
    (Family::Qwen, "qwen3", QWEN_3),
    (Family::Zai, "glm-5", BOUND),
];

/// Returns what a maker's model of this name can be asked.
pub(super) fn of(family: Family, name: &str) -> Abilities {
    let mut rows = ROWS.iter();
    let row = rows.find(|(maker, begins, _)| *maker == family && name.starts_with(begins));
    row.map_or(OPEN, |(_, _, abilities)| *abilities)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_models_can_be_asked() {
        for (family, name, want) in [
            (Family::Anthropic, "claude-v2:1", UNFORCED),
            (
                Family::Anthropic,
                "claude-3-5-sonnet-20240620-v1:0",
                CLAUDE_3,
            ),
            (
                Family::Anthropic,
                "claude-sonnet-4-20250514-v1:0",
                CLAUDE_3_7,
            ),
            (
                Family::Anthropic,
                "claude-sonnet-4-5-20250929-v1:0",
                CLAUDE_4_5,
            ),
            (Family::Anthropic, "claude-opus-4-7", CLAUDE_4_7),
            (Family::Anthropic, "claude-sonnet-5-5", CLAUDE_FREE_BOUND),
            (Family::Anthropic, "claude-opus-6", CLAUDE_4_7),
            (Family::Amazon, "nova-2-lite-v1:0", NOVA_2),
            (Family::Amazon, "titan-text-lite-v1", UNFORCED),
            (Family::Mistral, "mistral-large-2402-v1:0", MISTRAL_LARGE_2),
            (Family::Mistral, "devstral-2-123b", OPEN),
            (Family::OpenAi, "gpt-oss-20b-1:0", GPT_OSS),
            (Family::OpenAi, "gpt-6-sol", GPT),
            (Family::Xai, "grok-4.6", OPEN),
        ] {
            assert_eq!(of(family, name), want, "{name}");
        }
    }
}
