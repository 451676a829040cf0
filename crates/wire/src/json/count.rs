//! Counts the values of a JSON text before it is made into a tree, which takes many times its bytes.

use memchr::{memchr, memchr2};

/// Returns how many values a text holds at most: its commas outside of strings, and one for each bracket.
pub fn count_values(text: &[u8]) -> usize {
    let (mut count, mut rest) = (1, text);
    loop {
        let plain = memchr(b'"', rest);
        let (before, after) = rest.split_at(plain.unwrap_or(rest.len()));
        count += before
            .iter()
            .filter(|byte| matches!(byte, b',' | b'[' | b'{'))
            .count();
        match after.split_first() {
            Some((_, string)) => rest = after_string(string),
            None => return count,
        }
    }
}

/// Returns what follows the closing quote.
fn after_string(mut text: &[u8]) -> &[u8] {
    while let Some(at) = memchr2(b'"', b'\\', text) {
        let escape = usize::from(text.get(at) == Some(&b'\\'));
        text = text.get(at + 1 + escape..).unwrap_or_default();
        if escape == 0 {
            return text;
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::count_values;

    #[test]
    fn counts_outside_of_strings() {
        for (text, count) in [
            ("", 1),
            ("[]", 2),
            ("[1,2,3]", 4),
            (r#"{"a,b":"c,\",d","e":[1,{}]}"#, 6),
            (r#"["unended, "#, 2),
        ] {
            assert_eq!(count_values(text.as_bytes()), count, "{text}");
        }
    }
}
