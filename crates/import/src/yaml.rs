//! Writing YAML: values as trees, texts in quotes wherever they would not come back as they are.

use std::fmt::Write as _;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Mapping(Vec<(String, Node)>),
    Text(String),
    /// The name of an environment variable.
    Variable(String),
    Number(u32),
    List(Vec<Node>),
}

/// Writes a value as lines.
pub(crate) fn lines(node: &Node) -> Vec<String> {
    match node {
        Node::Mapping(pairs) => pairs.iter().flat_map(pair).collect(),
        Node::List(items) => items.iter().flat_map(item).collect(),
        scalar => vec![inline(scalar)],
    }
}

fn pair((key, value): &(String, Node)) -> Vec<String> {
    let key = text(key);
    match value {
        Node::Mapping(pairs) if pairs.is_empty() => vec![format!("{key}: {{}}")],
        Node::List(items) if items.is_empty() => vec![format!("{key}: []")],
        Node::Mapping(_) | Node::List(_) => {
            let mut written = vec![format!("{key}:")];
            written.extend(lines(value).into_iter().map(|line| format!("  {line}")));
            written
        }
        scalar => vec![format!("{key}: {}", inline(scalar))],
    }
}

/// Writes a value as an item of a list.
pub(crate) fn item(node: &Node) -> Vec<String> {
    let lines = lines(node).into_iter().enumerate();
    lines
        .map(|(index, line)| format!("{}{line}", if index == 0 { "- " } else { "  " }))
        .collect()
}

fn inline(node: &Node) -> String {
    match node {
        Node::Text(value) => text(value),
        Node::Variable(name) => format!("${name}"),
        Node::Number(number) => number.to_string(),
        // Only scalars come here.
        Node::Mapping(_) | Node::List(_) => String::new(),
    }
}

/// Writes a text: plain if every reader of YAML, 1.1 or 1.2, takes it for this text.
pub(crate) fn text(value: &str) -> String {
    if is_plain(value) {
        value.to_owned()
    } else {
        quoted(value)
    }
}

fn is_plain(value: &str) -> bool {
    /// Words that mean something else to some reader.
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let starts = value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    let allowed = |c: char| c.is_ascii_alphanumeric() || "/._-@:".contains(c);
    starts
        && value.chars().all(allowed)
        && !value.ends_with(':')
        && !WORDS.contains(&value.to_ascii_lowercase().as_str())
}

fn quoted(value: &str) -> String {
    let mut written = String::from('"');
    for c in value.chars() {
        match c {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            c if is_printable(c) => written.push(c),
            c => {
                let code = u32::from(c);
                let _ = match code {
                    0..=0xff => write!(written, "\\x{code:02x}"),
                    0x100..=0xffff => write!(written, "\\u{code:04x}"),
                    _ => write!(written, "\\U{code:08x}"),
                };
            }
        }
    }
    written.push('"');
    written
}

/// What shows as itself: no control character, no odd line break, nothing that turns the direction of writing.
fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
        && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns a text without what does not show as itself: it can neither end a comment nor command a terminal.
pub(crate) fn on_one_line(text: &str) -> String {
    text.chars()
        .map(|c| if is_printable(c) { c } else { ' ' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn quotes_what_would_come_back_as_something_else() {
        for (value, written) in [
            ("gpt-4o", "gpt-4o"),
            ("accounts/f/models/m", "accounts/f/models/m"),
            ("https://host:1/v1", "https://host:1/v1"),
            ("us.amazon.nova-lite-v1:0", "us.amazon.nova-lite-v1:0"),
            ("yes", "\"yes\""),
            ("Null", "\"Null\""),
            ("1e3", "\"1e3\""),
            ("2024-02-01", "\"2024-02-01\""),
            ("~", "\"~\""),
            ("", "\"\""),
            ("$HOME", "\"$HOME\""),
            ("a: b", "\"a: b\""),
            ("a #b", "\"a #b\""),
            ("a:", "\"a:\""),
            ("say \"hi\"\\\n", "\"say \\\"hi\\\"\\\\\\n\""),
            ("\u{85}\u{202e}", "\"\\x85\\u202e\""),
        ] {
            assert_eq!(text(value), written);
        }
    }
}
