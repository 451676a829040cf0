//! What an unquoted scalar means under YAML 1.1, as PyYAML's safe loader reads it.
//!
//! The patterns are those of PyYAML's resolver, which differ from YAML 1.2 and from common sense in places: `on` is a
//! truth value, `010` is eight, `1:30` is ninety, `1e3` is a text.

use super::node::Value;

/// Types an unquoted scalar.
pub(crate) fn plain(text: &str) -> Value {
    if is_null(text) {
        return Value::Null;
    }
    if let Some(truth) = boolean(text) {
        return Value::Boolean(truth);
    }
    if let Some(number) = integer(text) {
        return number;
    }
    if let Some(number) = float(text) {
        return Value::Number(number);
    }
    if is_date(text) {
        return Value::Date;
    }
    Value::Text
}

/// Returns true for the spellings of null.
pub(crate) fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// Reads a truth value.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

/// Reads a whole number: decimal, `0x`, `0b`, octal with a leading `0`, base 60 with colons; `_` anywhere.
pub(crate) fn integer(text: &str) -> Option<Value> {
    let (sign, body) = split_sign(text);
    let (radix, digits) = if let Some(binary) = body.strip_prefix("0b") {
        (2, binary)
    } else if let Some(hexadecimal) = body.strip_prefix("0x") {
        (16, hexadecimal)
    } else if body.len() > 1 && body.starts_with('0') {
        (8, body.get(1..)?)
    } else {
        return decimal(sign, body);
    };
    let allowed = |c: char| c == '_' || c.is_digit(radix);
    if digits.is_empty() || !digits.chars().all(allowed) {
        return None;
    }
    let digits: String = digits.chars().filter(|c| *c != '_').collect();
    if digits.is_empty() {
        // `0_` is zero for PyYAML; `0x_` makes it fail.
        return (radix == 8).then_some(Value::Integer(0));
    }
    Some(match i64::from_str_radix(&digits, radix) {
        Ok(number) => Value::Integer(sign.saturating_mul(number)),
        Err(_) => Value::Number(f64::INFINITY),
    })
}

/// Reads a decimal or base-60 whole number without a leading zero.
fn decimal(sign: i64, body: &str) -> Option<Value> {
    let mut parts = body.split(':');
    let first = parts.next()?;
    let starts_well = first == "0" || first.starts_with(|c: char| matches!(c, '1'..='9'));
    if !starts_well || !first.chars().all(is_digit_or_underscore) {
        return None;
    }
    if body.contains(':') && first == "0" {
        return None;
    }
    let mut total: Option<i64> = parse_digits(first);
    let mut rough = first.replace('_', "").parse::<f64>().ok()?;
    for part in parts {
        let digit = base_60(part)?;
        total = total.and_then(|sum| sum.checked_mul(60)?.checked_add(digit));
        #[expect(clippy::cast_precision_loss, reason = "below 60")]
        let digit = digit as f64;
        rough = rough.mul_add(60.0, digit);
    }
    #[expect(clippy::cast_precision_loss, reason = "1 or -1")]
    let factor = sign as f64;
    Some(match total {
        Some(number) => Value::Integer(sign.saturating_mul(number)),
        None => Value::Number(factor * rough),
    })
}

/// Reads a number with a point, `.inf`, `.nan` or base 60 with a point.
pub(crate) fn float(text: &str) -> Option<f64> {
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(f64::NAN);
    }
    let (sign, body) = split_sign(text);
    #[expect(clippy::cast_precision_loss, reason = "1 or -1")]
    let sign = sign as f64;
    if matches!(body, ".inf" | ".Inf" | ".INF") {
        return Some(sign * f64::INFINITY);
    }
    let (whole, rest) = body.split_once('.')?;
    if whole.contains(':') {
        return base_60_float(whole, rest).map(|number| sign * number);
    }
    if whole.is_empty() && body.len() != text.len() {
        // PyYAML takes no sign before a bare point.
        return None;
    }
    let (fraction, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (rest.get(..at)?, Some(rest.get(at + 1..)?)),
        None => (rest, None),
    };
    let starts_with_digit = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    let shaped = whole.chars().all(is_digit_or_underscore)
        && fraction.chars().all(is_digit_or_underscore)
        && starts_with_digit(if whole.is_empty() { fraction } else { whole });
    if !shaped || !exponent.is_none_or(is_signed_digits) {
        return None;
    }
    let exponent = exponent.unwrap_or("+0");
    format!("0{whole}.{fraction}0e{exponent}")
        .replace('_', "")
        .parse::<f64>()
        .ok()
        .map(|number| sign * number)
}

/// Reads the parts of `190:20:30.15`.
fn base_60_float(whole: &str, fraction: &str) -> Option<f64> {
    let mut parts = whole.split(':');
    let first = parts.next()?;
    let digits = first.starts_with(|c: char| c.is_ascii_digit())
        && first.chars().all(is_digit_or_underscore)
        && fraction.chars().all(is_digit_or_underscore);
    if !digits {
        return None;
    }
    let mut total: f64 = first.replace('_', "").parse().ok()?;
    for part in parts {
        #[expect(clippy::cast_precision_loss, reason = "below 60")]
        let digit = base_60(part)? as f64;
        total = total.mul_add(60.0, digit);
    }
    let fraction: f64 = format!("0.{}0", fraction.replace('_', "")).parse().ok()?;
    Some(total + fraction)
}

/// Returns true for `2023-05-15` and for points in time such as `2001-12-14t21:59:43.10-05:00`.
pub(crate) fn is_date(text: &str) -> bool {
    is_day(text) || is_time(text).is_some()
}

/// Four, two and two digits.
fn is_day(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// A date, `T` or blanks, a time, and perhaps a fraction and a zone.
fn is_time(text: &str) -> Option<()> {
    let rest = digits(text, 4, 4)?.strip_prefix('-')?;
    let rest = digits(digits(rest, 1, 2)?.strip_prefix('-')?, 1, 2)?;
    let rest = match rest.strip_prefix(['T', 't']) {
        Some(rest) => rest,
        None => rest
            .strip_prefix([' ', '\t'])?
            .trim_start_matches([' ', '\t']),
    };
    let rest = digits(rest, 1, 2)?.strip_prefix(':')?;
    let rest = digits(digits(rest, 2, 2)?.strip_prefix(':')?, 2, 2)?;
    let rest = match rest.strip_prefix('.') {
        Some(rest) => rest.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    if rest.is_empty() {
        return Some(());
    }
    let zone = rest.trim_start_matches([' ', '\t']);
    if zone == "Z" {
        return Some(());
    }
    let rest = digits(zone.strip_prefix(['-', '+'])?, 1, 2)?;
    let rest = match rest.strip_prefix(':') {
        Some(minutes) => digits(minutes, 2, 2)?,
        None => rest,
    };
    rest.is_empty().then_some(())
}

/// Takes between `least` and `most` digits off the front; returns the rest.
fn digits(text: &str, least: usize, most: usize) -> Option<&str> {
    let count = text
        .bytes()
        .take(most)
        .take_while(u8::is_ascii_digit)
        .count();
    if count < least {
        None
    } else {
        text.get(count..)
    }
}

fn split_sign(text: &str) -> (i64, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn is_digit_or_underscore(c: char) -> bool {
    c == '_' || c.is_ascii_digit()
}

/// `+` or `-`, then digits: PyYAML wants the sign of an exponent written.
fn is_signed_digits(text: &str) -> bool {
    text.strip_prefix(['+', '-'])
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

fn parse_digits(text: &str) -> Option<i64> {
    text.replace('_', "").parse().ok()
}

/// One part after a colon: 0 to 59, one or two digits.
fn base_60(part: &str) -> Option<i64> {
    match part.as_bytes() {
        [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9'] => part.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What PyYAML 6.0.3 makes of each text.
    const CASES: &str = include_str!("scalar_cases.txt");

    fn name(value: &Value) -> String {
        match value {
            Value::Null => "null".to_owned(),
            Value::Boolean(truth) => format!("bool {truth}"),
            Value::Integer(number) => format!("int {number}"),
            Value::Number(number) => format!("float {number}"),
            Value::Date => "date".to_owned(),
            _ => "str".to_owned(),
        }
    }

    #[test]
    fn as_pyyaml_reads_it() {
        for line in CASES.lines() {
            let (text, expected) = line.split_once(" => ").unwrap();
            assert_eq!(name(&plain(text)), expected, "{text}");
        }
    }

    #[test]
    fn nothing_is_null() {
        assert_eq!(name(&plain("")), "null");
    }

    #[test]
    fn huge_numbers_are_no_integers() {
        for text in [
            "9223372036854775808",
            "-99999999999999999999",
            "0xffffffffffffffffff",
        ] {
            assert!(matches!(plain(text), Value::Number(_)), "{text}");
        }
    }
}
