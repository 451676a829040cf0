//! What the presets spell otherwise than OpenAI or do not know, and the same from a config for any other provider.
//!
//! Source: the vendors' API references and recorded traffic, as sampled in November 2026.

use std::borrow::Cow;

use tidegate_config::{Field, FieldKind, FieldProblem, ModelConfig, Settings, Severity};
use tidegate_wire::Operation;

use crate::carriage::CHAT_MEMBERS;
use crate::quirks::{Quirk, Quirks, Thoughts};
use crate::support::field;

/// The older name of the limit on tokens, which look-alikes know.
const OLDER_LIMIT: (&str, Quirk) = ("max_completion_tokens", Quirk::As("max_tokens"));

pub(super) static DEEPSEEK: &[&Quirks] = &[&Quirks {
    operation: Operation::Chat,
    members: Cow::Borrowed(&[OLDER_LIMIT]),
    no_developer: true,
    thoughts: Thoughts::Kept,
}];

pub(super) static FIREWORKS: &[&Quirks] = &[&Quirks {
    operation: Operation::Chat,
    members: Cow::Borrowed(&[OLDER_LIMIT]),
    no_developer: true,
    thoughts: Thoughts::Kept,
}];

/// One answer only; most models tell no probabilities.
pub(super) static GROQ: &[&Quirks] = &[&Quirks {
    operation: Operation::Chat,
    members: Cow::Borrowed(&[
        ("n", Quirk::Unknown),
        ("logit_bias", Quirk::Unknown),
        ("logprobs", Quirk::Unknown),
        ("top_logprobs", Quirk::Unknown),
    ]),
    no_developer: false,
    thoughts: Thoughts::Kept,
}];

/// The models search the web themselves; tools of the client are none of their API.
pub(super) static PERPLEXITY: &[&Quirks] = &[&Quirks {
    operation: Operation::Chat,
    members: Cow::Borrowed(&[
        OLDER_LIMIT,
        ("n", Quirk::Unknown),
        ("stop", Quirk::Unknown),
        ("seed", Quirk::Unknown),
        ("logit_bias", Quirk::Unknown),
        ("logprobs", Quirk::Unknown),
        ("top_logprobs", Quirk::Unknown),
        ("tools", Quirk::Unknown),
        ("tool_choice", Quirk::Unknown),
        ("parallel_tool_calls", Quirk::Unknown),
        ("functions", Quirk::Unknown),
        ("function_call", Quirk::Unknown),
    ]),
    no_developer: true,
    thoughts: Thoughts::Kept,
}];

/// The key under which a config tells the quirks of its provider.
const KEY: &str = "quirks";

const LIMIT: &str = "max_tokens_name";
const DEVELOPER: &str = "developer_role";
const UNSUPPORTED: &str = "unsupported";

/// How a config tells them.
pub(super) const FIELD: Field = field::optional(
    KEY,
    FieldKind::Group(&[
        field::optional(
            LIMIT,
            FieldKind::Choice(&["max_tokens", "max_completion_tokens"]),
            "The one name of the limit on tokens that the server knows; by default both pass.",
        ),
        field::optional(
            DEVELOPER,
            FieldKind::Choice(&["developer", "system"]),
            "`system`: messages of the role `developer` are sent as `system`.",
        ),
        field::optional(
            UNSUPPORTED,
            FieldKind::Text,
            "Members of chat requests that the server refuses, separated by commas: they are dropped, and reported.",
        ),
    ]),
    "Where the server differs from OpenAI's API.",
);

/// Names that stand in requests beside [`CHAT_MEMBERS`].
const MORE_MEMBERS: [&str; 6] = [
    "max_completion_tokens",
    "parallel_tool_calls",
    "response_format",
    "tool_choice",
    "tools",
    "top_k",
];

fn known(name: &str) -> Option<&'static str> {
    let names = CHAT_MEMBERS.iter().chain(&MORE_MEMBERS);
    names.copied().find(|known| *known == name)
}

fn unsupported(settings: &Settings) -> impl Iterator<Item = &str> {
    let names = settings.text(UNSUPPORTED).unwrap_or_default();
    names.split(',').map(str::trim).filter(|it| !it.is_empty())
}

/// Checks that all names are some that requests may hold.
pub(super) fn check(model: &ModelConfig, _: Operation) -> Vec<FieldProblem> {
    let Some(settings) = model.settings.group(KEY) else {
        return Vec::new();
    };
    let unknown = unsupported(settings).filter(|name| known(name).is_none());
    let problem = |name| FieldProblem {
        severity: Severity::Error,
        path: &["config", KEY, UNSUPPORTED],
        message: format!("`{name}` is no member of OpenAI's chat requests"),
        help: Some("write names such as `seed` or `logit_bias`, separated by commas".to_owned()),
    };
    unknown.map(problem).collect()
}

/// Reads the quirks of a config; nothing where it tells none.
pub(super) fn read(settings: &Settings) -> Option<Quirks> {
    let settings = settings.group(KEY)?;
    let mut members: Vec<_> = unsupported(settings)
        .filter_map(|name| Some((known(name)?, Quirk::Unknown)))
        .collect();
    members.extend(match settings.text(LIMIT) {
        Some("max_tokens") => Some(OLDER_LIMIT),
        Some(_) => Some(("max_tokens", Quirk::As("max_completion_tokens"))),
        None => None,
    });
    Some(Quirks {
        operation: Operation::Chat,
        members: members.into(),
        no_developer: settings.text(DEVELOPER) == Some("system"),
        thoughts: Thoughts::Kept,
    })
}
