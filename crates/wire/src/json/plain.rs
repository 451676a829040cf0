//! Writes an object with doubled or escaped keys anew, so that each key stands once and plain. Values keep their bytes.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Returns the object with plain keys; of doubled ones the last counts. `None` when the text is no object.
pub fn with_plain_keys(body: &[u8]) -> Option<Vec<u8>> {
    let Members(members) = serde_json::from_slice(body).ok()?;
    let mut out = vec![b'{'];
    for (index, (key, value)) in members.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        serde_json::to_writer(&mut out, key).ok()?;
        out.push(b':');
        out.extend_from_slice(value.get().as_bytes());
    }
    out.push(b'}');
    Some(out)
}

/// The members of an object, in the order in which their keys came first.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members: Vec<(String, &'de RawValue)> = Vec::new();
        let mut places = std::collections::HashMap::new();
        while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
            let place = *places.entry(key.clone()).or_insert(members.len());
            match members.get_mut(place) {
                Some(member) => member.1 = value,
                None => members.push((key, value)),
            }
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::with_plain_keys;

    #[test]
    fn keeps_the_bytes_of_values() {
        let text = r#" {"mod\u0065l": "a", "t":1e400, "model" : "b", "x": [ 1.0 ]} "#;
        let plain = with_plain_keys(text.as_bytes()).unwrap();
        assert_eq!(
            String::from_utf8(plain).unwrap(),
            r#"{"model":"b","t":1e400,"x":[ 1.0 ]}"#
        );
        assert_eq!(with_plain_keys(b"[]"), None);
        assert_eq!(with_plain_keys(b"{\"a\":}"), None);
    }
}
