//! A `limit:` block: so many calls in each window.

use std::time::Duration;

use crate::yaml::Value;
use crate::{LimitConfig, Problem, Severity, known};

use super::{At, Reader};

/// MLflow's message; the missing blanks are its own.
const UNREADABLE: &str = "Failed to parse the rate limit configuration.Please make sure limit.calls is a positive \
                          number andlimit.renewal_period is a right granularity";

/// The units of a window with their seconds; a month has 30 days and a year 360.
pub(crate) const UNITS: [(&str, u64); 6] = [
    ("second", 1),
    ("minute", 60),
    ("hour", 3_600),
    ("day", 86_400),
    ("month", 2_592_000),
    ("year", 31_104_000),
];

impl Reader<'_> {
    /// Reads a limit.
    pub(super) fn limit(&mut self, at: &At<'_>) -> Option<LimitConfig> {
        const NO_MAPPING: &str = "Input should be a valid dictionary or instance of Limit";
        if !self.is_mapping(
            at,
            NO_MAPPING,
            "write `calls:` and `renewal_period:` below it",
        ) {
            return None;
        }
        self.unknown_keys(at, known::LIMIT, Severity::Warning);
        let calls = match at.get("calls") {
            Some(calls) => self.calls(&calls),
            None => self.missing(
                at,
                "calls",
                known::LIMIT,
                "add `calls:` with the number of calls allowed in each period",
            ),
        };
        let key = match at.present("key") {
            Some(key) => self.text(&key).map(|key| Some(key.to_owned())),
            None => Some(None),
        };
        let Some(period) = at.get("renewal_period") else {
            let help = format!("add `renewal_period:` with {}", units());
            return self.missing(at, "renewal_period", known::LIMIT, help);
        };
        let renewal_period = self.text(&period)?.to_owned();
        let Some((multiple, unit, window)) = parse_period(&renewal_period) else {
            let help = format!(
                "write {}, with a number in front if need be: `5 minutes`",
                units()
            );
            self.push(
                Problem::error(UNREADABLE)
                    .at(period.path(), period.span())
                    .help(help),
            );
            return None;
        };
        Some(LimitConfig {
            calls: calls?,
            renewal_period,
            key: key?,
            multiple,
            unit,
            window,
        })
    }

    fn calls(&mut self, at: &At<'_>) -> Option<u64> {
        let number = self.integer(at)?;
        let calls = u64::try_from(number).ok();
        if calls.is_none() {
            let help = "write a whole number; 0 refuses every call";
            self.push(
                Problem::error(UNREADABLE)
                    .at(at.path(), at.span())
                    .help(help),
            );
        }
        calls
    }

    /// Reads a whole number as pydantic does: `"5"` and `5.0` count too.
    pub(super) fn integer(&mut self, at: &At<'_>) -> Option<i64> {
        const HELP: &str = "write a whole number";
        const PLAIN: &str = "Input should be a valid integer";
        let text = at.node().text.trim().replace('_', "");
        let message = match at.node().value {
            Value::Integer(number) => return Some(number),
            Value::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "whole and small, as just tested"
                )]
                return Some(number as i64);
            }
            Value::Number(number) if number.is_finite() && number.fract() != 0.0 => {
                "Input should be a valid integer, got a number with a fractional part"
            }
            Value::Text => match text.parse() {
                Ok(number) => return Some(number),
                Err(_) => "Input should be a valid integer, unable to parse string as an integer",
            },
            _ => PLAIN,
        };
        self.wrong_type(at, message, HELP);
        None
    }
}

/// Names the units for a help text.
fn units() -> String {
    known::choices(UNITS.map(|(unit, _)| unit))
}

/// Reads `minute`, `2 minutes`, `5minute`.
fn parse_period(text: &str) -> Option<(u64, &'static str, Duration)> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (multiple, word) = text.split_at_checked(digits)?;
    let multiple = if multiple.is_empty() {
        1
    } else {
        multiple.parse().ok().filter(|number| *number > 0)?
    };
    let word = word.trim_start();
    let word = word.strip_suffix('s').unwrap_or(word);
    let (unit, seconds) = UNITS.into_iter().find(|(unit, _)| *unit == word)?;
    Some((
        multiple,
        unit,
        Duration::from_secs(seconds.checked_mul(multiple)?),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Period = Option<(u64, &'static str, u64)>;

    #[test]
    fn periods() {
        let cases: &[(&str, Period)] = &[
            ("second", Some((1, "second", 1))),
            ("minute", Some((1, "minute", 60))),
            ("hours", Some((1, "hour", 3_600))),
            ("DAY", Some((1, "day", 86_400))),
            ("month", Some((1, "month", 2_592_000))),
            ("Years", Some((1, "year", 31_104_000))),
            ("2 minutes", Some((2, "minute", 120))),
            ("5minute", Some((5, "minute", 300))),
            ("  10   seconds  ", Some((10, "second", 10))),
            ("0 minutes", None),
            ("-1 minute", None),
            ("1.5 minutes", None),
            ("minutess", None),
            ("min", None),
            ("week", None),
            ("per minute", None),
            ("", None),
            ("5", None),
            ("٣ minutes", None),
            ("99999999999999999999 seconds", None),
            ("9999999999999999999 years", None),
        ];
        for (text, expected) in cases {
            let found = parse_period(text)
                .map(|(multiple, unit, window)| (multiple, unit, window.as_secs()));
            assert_eq!(found, *expected, "{text:?}");
        }
    }
}
