//! What a person has to know about the import: it stands in the file and is told on standard error.

use std::fmt;

/// One thing to know.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    /// The endpoints that it is about; none for all of them.
    pub(crate) about: Vec<String>,
    pub(crate) text: String,
}

impl Note {
    pub(crate) fn general(text: impl Into<String>) -> Self {
        Self {
            about: Vec::new(),
            text: text.into(),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.about.is_empty() {
            return f.write_str(&self.text);
        }
        write!(f, "{}: {}", list(&self.about), self.text)
    }
}

/// Names things, each in backticks.
pub(crate) fn list<T: fmt::Display>(names: &[T]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
