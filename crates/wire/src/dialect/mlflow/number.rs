//! Reads numbers as pydantic's lax mode does: texts and truth values count, fractions of whole numbers do not.

use serde_json::Value;

/// Why a value is no whole number: pydantic's type and sentence.
pub(super) type Refusal = (&'static str, &'static str);

const FRACTION: Refusal = (
    "int_from_float",
    "Input should be a valid integer, got a number with a fractional part",
);
const INT_TEXT: Refusal = (
    "int_parsing",
    "Input should be a valid integer, unable to parse string as an integer",
);
const FLOAT_TEXT: Refusal = (
    "float_parsing",
    "Input should be a valid number, unable to parse string as a number",
);

/// Reads a whole number. One beyond 64 bits counts as the last one on its side.
pub(super) fn integer(value: &Value) -> Result<i64, Refusal> {
    match value {
        Value::Bool(truth) => Ok(i64::from(*truth)),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Ok(whole),
            None => beyond(number.as_str())
                .or_else(|| whole(number.as_f64()?))
                .ok_or(FRACTION),
        },
        Value::String(text) => {
            let text = text.trim();
            let digits = text.strip_prefix('+').unwrap_or(text);
            let plain = digits.split_once('.').map_or(digits, |(whole, zeros)| {
                if zeros.bytes().all(|byte| byte == b'0') {
                    whole
                } else {
                    digits
                }
            });
            plain.parse().map_err(|_| INT_TEXT)
        }
        _ => Err(("int_type", "Input should be a valid integer")),
    }
}

/// Reads a number.
pub(super) fn float(value: &Value) -> Result<f64, Refusal> {
    match value {
        Value::Bool(truth) => Ok(f64::from(u8::from(*truth))),
        Value::Number(number) => Ok(number.as_f64().unwrap_or(f64::MAX)),
        Value::String(text) => match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(FLOAT_TEXT),
        },
        _ => Err(("float_type", "Input should be a valid number")),
    }
}

/// Reads a truth value.
pub(super) fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::Number(number) => match number.as_f64()? {
            0.0 => Some(false),
            1.0 => Some(true),
            _ => None,
        },
        Value::String(text) => match text.to_lowercase().as_str() {
            "1" | "true" | "t" | "yes" | "y" | "on" => Some(true),
            "0" | "false" | "f" | "no" | "n" | "off" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Reads the digits of a number that does not fit.
fn beyond(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let end = if digits.len() < text.len() {
        i64::MIN
    } else {
        i64::MAX
    };
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(end)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the range is checked first"
)]
#[expect(
    clippy::float_cmp,
    reason = "a whole number equals its truncation exactly"
)]
fn whole(number: f64) -> Option<i64> {
    (number.trunc() == number && number.abs() < 9.0e15).then_some(number as i64)
}
