//! Answers as people save them: with marks of an encoding between them, without their envelope, with nulls.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::answers::Unreadable;

/// The mark with which some programs begin a text.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Reads a text from its bytes: UTF-8, or UTF-16 that says so, as `>` of Windows' shell writes it.
pub fn text(bytes: Vec<u8>) -> Result<String, Unreadable> {
    let decoded = match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes).ok(),
    };
    decoded.ok_or(Unreadable::Encoding)
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let pairs = bytes.chunks(2);
    let units: Option<Vec<u16>> = pairs
        .map(|pair| Some(unit(pair.try_into().ok()?)))
        .collect();
    String::from_utf16(&units?).ok()
}

/// Reads the values of a text.
pub(crate) fn values(text: &str) -> Result<Vec<Value>, Unreadable> {
    let is_blank = |c: char| c.is_whitespace() || c == BYTE_ORDER_MARK;
    let text = text.trim_matches(is_blank);
    if text.is_empty() {
        return Err(Unreadable::Empty);
    }
    if text.starts_with('<') {
        return Err(Unreadable::Html);
    }
    // Each list may have been saved with a mark of its own.
    let text = text.replace("\u{feff}{", " {").replace("\u{feff}[", " [");
    let values = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    values
        .map(|value| value.map_err(|error| Unreadable::Syntax(error.to_string())))
        .collect()
}

/// Puts a thing that stands alone into the list where it belongs.
pub(crate) fn in_its_envelope(mut answer: Map<String, Value>) -> Map<String, Value> {
    if let Some(endpoint) = answer.remove("endpoint") {
        answer.insert("endpoints".to_owned(), Value::Array(vec![endpoint]));
    }
    let has = |name| answer.contains_key(name);
    let list = if has("model_mappings") {
        "endpoints"
    } else if has("secret_id") && has("masked_values") {
        "secrets"
    } else if has("model_definition_id") && has("provider") {
        "model_definitions"
    } else {
        return answer;
    };
    let alone = Value::Array(vec![Value::Object(answer)]);
    Map::from_iter([(list.to_owned(), alone)])
}

/// Takes a member out of an answer; null is none.
pub(crate) fn take<T: DeserializeOwned>(
    answer: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<T>, Unreadable> {
    let value = answer.remove(name).map(without_nulls);
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    serde_json::from_value(value).map_err(|error| Unreadable::Shape(format!("`{name}`: {error}")))
}

/// Takes a list out of an answer, and names the item that is not what it should be.
pub(crate) fn list<T: DeserializeOwned>(
    answer: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<Vec<T>>, Unreadable> {
    let items: Option<Vec<Value>> = take(answer, name)?;
    let read = |(index, item): (usize, Value)| {
        if !item.is_object() {
            let said = format!("`{name}`: item {} is no object", index + 1);
            return Err(Unreadable::Shape(said));
        }
        T::deserialize(&item).map_err(|error| {
            let said = called(&item).unwrap_or_else(|| format!("item {}", index + 1));
            let member =
                culprit::<T>(&item).map_or(String::new(), |member| format!(", `{member}`"));
            Unreadable::Shape(format!("`{name}`: {said}{member}: {error}"))
        })
    };
    let items = items.map(|items| items.into_iter().enumerate().map(read).collect());
    items.transpose()
}

fn called(item: &Value) -> Option<String> {
    let names = ["name", "secret_name", "endpoint_id", "secret_id"].iter();
    let known = names.filter_map(|name| item.get(name)?.as_str());
    known.map(|name| format!("`{name}`")).next()
}

/// Finds the member without which the item could be read.
fn culprit<T: DeserializeOwned>(item: &Value) -> Option<&String> {
    let item = item.as_object()?;
    item.keys().find(|name| {
        let mut rest = item.clone();
        rest.remove(*name);
        T::deserialize(Value::Object(rest)).is_ok()
    })
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let given = members.into_iter().filter(|(_, value)| !value.is_null());
            let given = given.map(|(name, value)| (name, without_nulls(value)));
            Value::Object(given.collect())
        }
        Value::Array(items) => {
            let given = items.into_iter().filter(|value| !value.is_null());
            Value::Array(given.map(without_nulls).collect())
        }
        other => other,
    }
}
