//! Arguments of a tool call as text.

/// Returns JSON text with a blank after each colon and comma and none elsewhere, as MLflow writes arguments. Digits, names
/// and escapes stay as the provider wrote them.
pub(super) fn spaced(json: &str) -> String {
    let mut text = String::with_capacity(json.len() + json.len() / 8);
    let (mut quoted, mut escaped) = (false, false);
    for character in json.chars() {
        if quoted {
            text.push(character);
            (quoted, escaped) = match character {
                _ if escaped => (true, false),
                '\\' => (true, true),
                '"' => (false, false),
                _ => (true, false),
            };
            continue;
        }
        if character.is_ascii_whitespace() {
            continue;
        }
        quoted = character == '"';
        text.push(character);
        if matches!(character, ':' | ',') {
            text.push(' ');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::spaced;

    #[test]
    fn blanks_stand_after_colons_and_commas() {
        for (json, want) in [
            ("{}", "{}"),
            ("{ }", "{}"),
            (r#"{"a":1}"#, r#"{"a": 1}"#),
            (
                r#"{ "a" : [1.50 ,2e3],"b":{"c":null} }"#,
                r#"{"a": [1.50, 2e3], "b": {"c": null}}"#,
            ),
            (
                r#"{"a,:\"b\\":" x, y: \\\""}"#,
                r#"{"a,:\"b\\": " x, y: \\\""}"#,
            ),
            ("{\n\t\"ä\":\"\\u00e4\"\r\n}", "{\"ä\": \"\\u00e4\"}"),
        ] {
            assert_eq!(spaced(json), want);
        }
    }
}
