//! Vectors of unit length that follow from the text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::words::{digest, mix};

/// The most numbers in one vector, whatever the request asks for.
const MOST: usize = 4096;

/// Returns one vector per input, in the form asked for.
pub(super) fn vectors(body: &Value, default: usize) -> Vec<Value> {
    let asked = body["dimensions"]
        .as_u64()
        .and_then(|count| usize::try_from(count).ok());
    let dimensions = asked
        .filter(|count| *count > 0)
        .unwrap_or(default)
        .min(MOST);
    let base64 = body["encoding_format"] == "base64";
    inputs(&body["input"])
        .iter()
        .map(|input| write(&unit(input, dimensions), base64))
        .collect()
}

/// A list of numbers is one input (tokens), any other list is one input per item.
fn inputs(input: &Value) -> Vec<Value> {
    match input {
        Value::Array(items) if !items.iter().all(Value::is_number) => items.clone(),
        Value::Array(items) if items.is_empty() => Vec::new(),
        other => vec![other.clone()],
    }
}

fn unit(input: &Value, dimensions: usize) -> Vec<f32> {
    let seed = digest(input.to_string().as_bytes());
    let raw: Vec<f64> = (0..dimensions as u64)
        .map(|index| {
            let bits = mix(seed.wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15))) >> 32;
            #[expect(clippy::cast_precision_loss, reason = "32 bits fit a double exactly")]
            let share = bits as f64 / f64::from(u32::MAX);
            share * 2.0 - 1.0
        })
        .collect();
    let length = raw
        .iter()
        .map(|number| number * number)
        .sum::<f64>()
        .sqrt()
        .max(f64::MIN_POSITIVE);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "embeddings are 32-bit floats"
    )]
    raw.into_iter()
        .map(|number| (number / length) as f32)
        .collect()
}

fn write(vector: &[f32], base64: bool) -> Value {
    if base64 {
        let bytes: Vec<u8> = vector
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect();
        return json!(STANDARD.encode(bytes));
    }
    json!(vector)
}
