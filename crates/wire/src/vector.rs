//! Embeddings in the two forms of the OpenAI API: JSON numbers, and little-endian 32-bit floats in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// An embedding in the form in which it came: digits survive.
#[derive(Clone, Debug)]
pub enum Vector {
    /// A JSON array of numbers.
    Numbers(Box<RawValue>),
    /// Little-endian 32-bit floats in base64.
    Base64(String),
}

/// The form in which a client wants its vectors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VectorForm {
    /// `encoding_format: float`, the default of the API.
    #[default]
    Numbers,
    /// `encoding_format: base64`, the default of the OpenAI SDKs.
    Base64,
}

/// A vector ready to be written into an answer.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum WrittenVector {
    /// A JSON array.
    Numbers(Box<RawValue>),
    /// A text.
    Base64(String),
}

impl VectorForm {
    /// Returns the form that a request asks for.
    pub fn asked_in(extra: &Map<String, Value>) -> Self {
        match extra.get("encoding_format").and_then(Value::as_str) {
            Some("base64") => Self::Base64,
            _ => Self::Numbers,
        }
    }
}

impl Vector {
    /// Writes the vector in the form asked for, numbers with their own digits.
    pub fn write(&self, form: VectorForm) -> WrittenVector {
        match (self, form) {
            (Self::Numbers(raw), VectorForm::Numbers) => WrittenVector::Numbers(raw.clone()),
            (Self::Base64(text), VectorForm::Base64) => WrittenVector::Base64(text.clone()),
            (Self::Numbers(raw), VectorForm::Base64) => pack(raw),
            (Self::Base64(text), VectorForm::Numbers) => unpack(text),
        }
    }

    /// As [`Self::write`], with whole numbers as floats (`1` becomes `1.0`), compact, as MLflow writes them.
    pub fn write_floats(&self, form: VectorForm) -> WrittenVector {
        if let (Self::Numbers(raw), VectorForm::Numbers) = (self, form) {
            return WrittenVector::Numbers(floats(raw.get()).unwrap_or_else(|| raw.clone()));
        }
        match self.write(form) {
            WrittenVector::Numbers(raw) => WrittenVector::Numbers(floats(raw.get()).unwrap_or(raw)),
            text @ WrittenVector::Base64(_) => text,
        }
    }
}

/// Packs numbers; an array that holds anything else stays as it is.
fn pack(raw: &RawValue) -> WrittenVector {
    let numbers: Result<Vec<f32>, _> = serde_json::from_str(raw.get());
    match numbers {
        Ok(numbers) => {
            let bytes: Vec<u8> = numbers.into_iter().flat_map(f32::to_le_bytes).collect();
            WrittenVector::Base64(STANDARD.encode(bytes))
        }
        Err(_) => WrittenVector::Numbers(raw.to_owned()),
    }
}

/// Unpacks base64; a text that is none stays as it is.
fn unpack(text: &str) -> WrittenVector {
    let numbers = STANDARD
        .decode(text)
        .ok()
        .filter(|bytes| bytes.len() % 4 == 0)
        .map(|bytes| {
            let floats: Vec<f32> = bytes
                .as_chunks::<4>()
                .0
                .iter()
                .map(|chunk| f32::from_le_bytes(*chunk))
                .collect();
            serde_json::value::to_raw_value(&floats)
        });
    match numbers {
        Some(Ok(raw)) => WrittenVector::Numbers(raw),
        _ => WrittenVector::Base64(text.to_owned()),
    }
}

fn floats(array: &str) -> Option<Box<RawValue>> {
    let inner = array.trim().strip_prefix('[')?.strip_suffix(']')?;
    let mut out = String::with_capacity(array.len() + 8);
    out.push('[');
    for (index, item) in inner
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .enumerate()
    {
        if index > 0 {
            out.push(',');
        }
        out.push_str(item);
        if item
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-')
        {
            out.push_str(".0");
        }
    }
    out.push(']');
    RawValue::from_string(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(vector: &Vector, form: VectorForm) -> String {
        serde_json::to_string(&vector.write_floats(form)).unwrap()
    }

    #[test]
    fn gives_the_form_asked_for() {
        let numbers =
            Vector::Numbers(RawValue::from_string("[0.25, -0.5,\n1, 1e-05]".to_owned()).unwrap());
        let packed = Vector::Base64("AACAPgAAAL8=".to_owned());
        assert_eq!(
            written(&numbers, VectorForm::Numbers),
            "[0.25,-0.5,1.0,1e-05]"
        );
        assert_eq!(
            written(&numbers, VectorForm::Base64),
            "\"AACAPgAAAL8AAIA/rMUnNw==\""
        );
        assert_eq!(written(&packed, VectorForm::Numbers), "[0.25,-0.5]");
        assert_eq!(written(&packed, VectorForm::Base64), "\"AACAPgAAAL8=\"");
        let odd = Vector::Base64("not base64!".to_owned());
        assert_eq!(written(&odd, VectorForm::Numbers), "\"not base64!\"");
    }
}
