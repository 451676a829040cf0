//! Names: of endpoints, as URLs take them, and of environment variables, as shells take them.

use std::collections::HashSet;

/// Longest alias in bytes, and longest name that is cut to length.
pub(crate) const LONGEST: usize = 256;

/// True for what may be an endpoint's name.
pub(crate) fn is_endpoint(name: &str) -> bool {
    // Clients take dots out of a path.
    !matches!(name, "" | "." | "..") && name.chars().all(is_endpoint_character)
}

fn is_endpoint_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// Makes an endpoint's name of any text.
pub(crate) fn endpoint(text: &str) -> String {
    if is_endpoint(text) {
        return text.to_owned();
    }
    let mut name = String::new();
    for c in text.trim().chars() {
        if is_endpoint_character(c) {
            name.push(c);
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    match name.trim_matches('-') {
        "" | "." | ".." => "endpoint".to_owned(),
        name => name.to_owned(),
    }
}

/// Makes a variable's name of any text; empty if the text has neither letter nor digit of ASCII.
pub(crate) fn variable(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_uppercase());
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_matches('_');
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("KEY_{name}");
    }
    name.to_owned()
}

/// Returns a name that is not taken, and takes it: the wish, or the wish with a number.
pub(crate) fn unique(wish: &str, separator: char, taken: &mut HashSet<String>) -> String {
    let mut name = wish.to_owned();
    let mut number = 2_u32;
    while !taken.insert(name.clone()) {
        name = format!("{wish}{separator}{number}");
        number += 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::{endpoint, variable};

    #[test]
    fn names_are_made_of_any_text() {
        for (text, as_endpoint, as_variable) in [
            ("chat", "chat", "CHAT"),
            (" my chat: 100% ", "my-chat-100", "MY_CHAT_100"),
            ("über", "über", "BER"),
            ("4o (team)", "4o-team", "KEY_4O_TEAM"),
            ("***", "endpoint", ""),
            (".", "endpoint", ""),
            ("..", "endpoint", ""),
            ("/../", "endpoint", ""),
            ("...", "...", ""),
        ] {
            assert_eq!(endpoint(text), as_endpoint);
            assert_eq!(variable(text), as_variable);
        }
    }
}
