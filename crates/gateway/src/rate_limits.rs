//! Rate limits as headers, in the two families that clients know: what one says is told in the other.
//!
//! Sources: the API references of OpenAI and Anthropic, "Rate limits", as sampled in November 2026.

mod duration;

use crate::clock;

/// Whose clients read the headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// `x-ratelimit-limit-requests` and its like; a reset is a time from now: `6m0s`.
    OpenAi,
    /// `anthropic-ratelimit-requests-limit` and its like; a reset is a point in time, in RFC 3339.
    Anthropic,
}

/// One header in both families.
struct Row {
    openai: &'static str,
    anthropic: &'static str,
    /// True for a reset, which the families write differently.
    resets: bool,
}

const fn row(openai: &'static str, anthropic: &'static str, resets: bool) -> Row {
    Row {
        openai,
        anthropic,
        resets,
    }
}

/// What both families have words for. Anthropic's counts of input and output tokens have no counterpart.
const ROWS: [Row; 6] = [
    row(
        "x-ratelimit-limit-requests",
        "anthropic-ratelimit-requests-limit",
        false,
    ),
    row(
        "x-ratelimit-remaining-requests",
        "anthropic-ratelimit-requests-remaining",
        false,
    ),
    row(
        "x-ratelimit-reset-requests",
        "anthropic-ratelimit-requests-reset",
        true,
    ),
    row(
        "x-ratelimit-limit-tokens",
        "anthropic-ratelimit-tokens-limit",
        false,
    ),
    row(
        "x-ratelimit-remaining-tokens",
        "anthropic-ratelimit-tokens-remaining",
        false,
    ),
    row(
        "x-ratelimit-reset-tokens",
        "anthropic-ratelimit-tokens-reset",
        true,
    ),
];

/// Returns headers of a family, made from those of the other: `told` knows a header's value. `now` is in Unix seconds. What
/// cannot be read is left out.
pub(crate) fn translated<'v>(
    family: Family,
    now: u64,
    told: impl Fn(&str) -> Option<&'v str>,
) -> Vec<(&'static str, String)> {
    let written = |row: &Row| {
        let (from, to) = match family {
            Family::OpenAi => (row.anthropic, row.openai),
            Family::Anthropic => (row.openai, row.anthropic),
        };
        let value = told(from)?.trim();
        let value = match (row.resets, family) {
            (false, _) => count(value)?,
            (true, Family::OpenAi) => duration::write(clock::read(value)?.saturating_sub(now)),
            (true, Family::Anthropic) => {
                clock::rfc3339_of(now.saturating_add(duration::read(value)?))
            }
        };
        Some((to, value))
    };
    ROWS.iter().filter_map(written).collect()
}

fn count(value: &str) -> Option<String> {
    let plain = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OpenAI's headers, what Anthropic's say for them, and what those say in turn.
    const TOLD: [(&str, &str, &str); 6] = [
        ("60", "60", "60"),
        ("59", "59", "59"),
        ("1.2s", "2023-11-14T22:13:22Z", "2s"),
        ("150000", "150000", "150000"),
        ("149984", "149984", "149984"),
        ("6m0s", "2023-11-14T22:19:20Z", "6m0s"),
    ];

    #[test]
    fn each_family_is_told_in_the_other() {
        let now = 1_700_000_000;
        let index = |name: &str| {
            let same = |row: &Row| [row.openai, row.anthropic].contains(&name);
            ROWS.iter().position(same)
        };
        let there = translated(Family::Anthropic, now, |name| Some(TOLD[index(name)?].0));
        let back = translated(Family::OpenAi, now, |name| Some(TOLD[index(name)?].1));
        let rows = || ROWS.iter().zip(TOLD);
        let wanted: Vec<_> = rows()
            .map(|(row, told)| (row.anthropic, told.1.to_owned()))
            .collect();
        assert_eq!(there, wanted);
        let wanted: Vec<_> = rows()
            .map(|(row, told)| (row.openai, told.2.to_owned()))
            .collect();
        assert_eq!(back, wanted);
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        for (name, value) in [
            ("x-ratelimit-limit-requests", "many"),
            ("x-ratelimit-limit-requests", ""),
            ("x-ratelimit-reset-requests", "soon"),
            ("x-ratelimit-limit-images", "5"),
            ("x-ratelimit-reset-tokens", "99999999999999999999d"),
        ] {
            let told = |asked: &str| (asked == name).then_some(value);
            assert_eq!(
                translated(Family::Anthropic, 0, told),
                [],
                "{name}: {value}"
            );
        }
    }
}
