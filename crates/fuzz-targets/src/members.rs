//! Finding and cutting members of a JSON object: agrees with a full parser wherever that accepts the text.

use serde_json::{Map, Value};
use tidegate_wire::json::{MAX_DEPTH, Member, PeekError};

/// The members that the gateway looks for.
const KEYS: [&str; 2] = ["model", "stream"];

/// Compares what a pass over the bytes finds with what a parser finds.
pub fn peek(data: &[u8]) {
    let found = tidegate_wire::json::peek(data, KEYS, MAX_DEPTH);
    let Ok(Value::Object(members)) = serde_json::from_slice(data) else {
        return;
    };
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            assert_eq!(error, PeekError::TooDeep, "a parser accepts this object");
            return;
        }
    };
    if !found.plain {
        return;
    }
    for (key, member) in KEYS.iter().zip(&found.members) {
        let Some(member) = member else {
            assert!(!members.contains_key(*key), "`{key}` was overlooked");
            continue;
        };
        let value = data
            .get(member.value.clone())
            .map(serde_json::from_slice::<Value>);
        assert_eq!(value.and_then(Result::ok).as_ref(), members.get(*key));
        cut(data, key, member, &members);
    }
}

/// Replacing and removing a member changes that member and no other.
fn cut(data: &[u8], key: &str, member: &Member, members: &Map<String, Value>) {
    let mut replaced = members.clone();
    replaced.insert(key.to_owned(), Value::from("new"));
    assert_eq!(
        spliced(data, member.value.clone(), b"\"new\""),
        Some(Value::Object(replaced))
    );
    let mut removed = members.clone();
    removed.shift_remove(key);
    assert_eq!(
        spliced(data, member.with_comma(data), b""),
        Some(Value::Object(removed))
    );
}

fn spliced(data: &[u8], span: std::ops::Range<usize>, with: &[u8]) -> Option<Value> {
    let text = [data.get(..span.start)?, with, data.get(span.end..)?].concat();
    serde_json::from_slice(&text).ok()
}
