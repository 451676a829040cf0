//! What models can be asked by the Converse API beyond words. The API is one for all, its models are not: most of them
//! refuse whole requests for a member that they do not know.
//!
//! Source: Bedrock's user guide (structured output, prompt caching, tool use, reasoning), the service model of AWS's
//! libraries, and what public gateways and client libraries learnt from refusals; as sampled in November 2026.

use super::model::{Family, TEXT_CLAUDES};
use crate::anthropic::chat::model::Generation;

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
    /// Later Claudes: `thinking` as they see fit, and a word as `outputConfig.effort`.
    Adaptive {
        /// True for those that say what they thought only if asked.
        hides: bool,
    },
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

/// Claude 3 and newer; [`claude`] adds what generations learnt.
const CLAUDE: Abilities = Abilities {
    recalls: true,
    ..OPEN
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

/// Beginnings of the names of Claudes whose answers and arguments Bedrock can bind to a schema, and of those of which only
/// answers. Newer ones are not all among them.
const BOUND_CLAUDES: [&str; 5] = [
    "claude-opus-4-5",
    "claude-sonnet-4-5",
    "claude-haiku-4-5",
    "claude-opus-4-6",
    "claude-sonnet-4-6",
];
const BOUND_ANSWERS: [&str; 4] = [
    "claude-opus-4-8",
    "claude-sonnet-5",
    "claude-haiku-5-5",
    "claude-mythos-5",
];

/// Beginnings of the names of Claudes that cannot be made to call.
const UNFORCED_CLAUDES: [&str; 4] = [
    "claude-opus-5-5",
    "claude-sonnet-5-5",
    "claude-fable-5-1",
    "claude-mythos-5-1",
];

/// Beginnings of the names of Claudes before 3.7 that take marks of what to cache.
const CACHING_CLAUDES: [&str; 2] = ["claude-3-5-haiku", "claude-3-5-sonnet-20241022"];

/// Returns what a maker's model of this name can be asked.
pub(super) fn of(family: Family, name: &str) -> Abilities {
    if family == Family::Anthropic {
        return claude(name);
    }
    let mut rows = ROWS.iter();
    let row = rows.find(|(maker, begins, _)| *maker == family && name.starts_with(begins));
    row.map_or(OPEN, |(_, _, abilities)| *abilities)
}

/// Returns what a Claude can be asked: most of it follows from its generation, some of it only Bedrock decides.
fn claude(name: &str) -> Abilities {
    let begins = |names: &[&str]| names.iter().any(|begin| name.starts_with(begin));
    if begins(&TEXT_CLAUDES) {
        return UNFORCED;
    }
    let generation = Generation::of(name);
    Abilities {
        bound: if begins(&BOUND_CLAUDES) {
            Bound::Calls
        } else if begins(&BOUND_ANSWERS) {
            Bound::Answers
        } else {
            Bound::No
        },
        forced: if begins(&UNFORCED_CLAUDES) {
            Forced::No
        } else {
            Forced::Named
        },
        lone_calls: generation.has_structured_outputs(),
        effort: if generation.adapts() {
            let hides = generation.hides_thoughts();
            Effort::Adaptive { hides }
        } else if generation.thinks() {
            Effort::Budget
        } else {
            Effort::Unknown
        },
        sampling: if generation.refuses_sampling() {
            Sampling::No
        } else if generation.takes_one_of_temperature_and_top_p() {
            Sampling::One
        } else {
            Sampling::All
        },
        caching: if generation.has_structured_outputs() {
            Caching::Hour
        } else if generation.thinks() || begins(&CACHING_CLAUDES) {
            Caching::Tools
        } else {
            Caching::No
        },
        ..CLAUDE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_models_can_be_asked() {
        for (family, name, want) in [
            (Family::Amazon, "nova-2-lite-v1:0", NOVA_2),
            (Family::Amazon, "nova-pro-v1:0", NOVA),
            (Family::Amazon, "titan-text-lite-v1", UNFORCED),
            (Family::Mistral, "mistral-large-2402-v1:0", MISTRAL_LARGE_2),
            (Family::Mistral, "devstral-2-123b", OPEN),
            (Family::OpenAi, "gpt-oss-20b-1:0", GPT_OSS),
            (Family::OpenAi, "gpt-6-sol", GPT),
            (Family::Xai, "grok-4.6", OPEN),
            (Family::Anthropic, "claude-v2:1", UNFORCED),
        ] {
            assert_eq!(of(family, name), want, "{name}");
        }
    }

    #[test]
    fn generations_of_claude_differ() {
        for (name, want) in [
            ("3-haiku-20240307-v1:0", "No Named Unknown All No"),
            ("3-5-haiku-20241022-v1:0", "No Named Unknown All Tools"),
            ("sonnet-4-20250514-v1:0", "No Named Budget All Tools"),
            ("opus-4-1-20250805-v1:0", "No Named Budget One Tools"),
            ("sonnet-4-5-20250929-v1:0", "Calls Named Budget One Hour"),
            (
                "opus-4-6-v1",
                "Calls Named Adaptive { hides: false } One Hour",
            ),
            ("opus-4-7", "No Named Adaptive { hides: true } No Hour"),
            ("sonnet-5", "Answers Named Adaptive { hides: true } No Hour"),
            ("sonnet-5-5", "Answers No Adaptive { hides: true } No Hour"),
        ] {
            let found = of(Family::Anthropic, &format!("claude-{name}"));
            let Abilities {
                bound,
                forced,
                effort,
                sampling,
                caching,
                ..
            } = found;
            let told = format!("{bound:?} {forced:?} {effort:?} {sampling:?} {caching:?}");
            assert_eq!(told, want, "{name}");
            assert_eq!(found.lone_calls, caching == Caching::Hour, "{name}");
            assert!(found.recalls, "{name}");
        }
    }
}
