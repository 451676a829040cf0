//! Keys and tokens: `$NAME` from the environment, a file's content, or the text itself.

use crate::{KeySource, Problem, Secret, Value};

use super::{At, Reader};

/// What MLflow says when a key is not a string.
const NOT_A_STRING: &str = "The api key provided is not a string. Please provide either an environment variable key, a \
                            path to a file containing the api key, or the api key itself";

impl Reader<'_> {
    /// Resolves a key; `files` tells whether it may be the path of a file.
    pub(super) fn key(&mut self, at: &At<'_>, files: bool) -> Option<Value> {
        let Some(written) = at.node().as_text() else {
            self.push(
                Problem::error(NOT_A_STRING)
                    .at(at.path(), at.span())
                    .detail(format!("this is {}", at.node().kind()))
                    .help("write `$NAME` for an environment variable, or put the key in quotes"),
            );
            return None;
        };
        let (text, source) = self.resolve(at, written, files)?;
        self.checked_key(at, &text, source)
    }

    /// Returns the environment variable that stands in for a key which the file leaves out; `at` is where problems are
    /// reported.
    pub(super) fn default_key(&mut self, at: &At<'_>, name: &str) -> Option<Value> {
        let text = self.variable(name)?;
        self.checked_key(at, &text, KeySource::Default(name.to_owned()))
    }

    /// Returns a variable that is set to something.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        self.environment.var(name).filter(|value| !value.is_empty())
    }

    fn checked_key(&mut self, at: &At<'_>, text: &str, source: KeySource) -> Option<Value> {
        // No header can end in a line break, and editors and `echo` love to add one.
        let text = text.trim_end_matches(['\r', '\n']);
        if let (true, KeySource::File(path)) = (text.is_empty(), &source) {
            let message = format!("The api key file {path} is empty");
            self.push(
                Problem::error(message)
                    .at(at.path(), at.span())
                    .help("write the key into the file"),
            );
            return None;
        }
        if text.is_empty() {
            self.push(
                Problem::warning("the key is empty")
                    .at(at.path(), at.span())
                    .help("write `$NAME` for an environment variable, a file's path, or the key itself"),
            );
        }
        if text.chars().any(char::is_control) {
            let place = match &source {
                KeySource::Environment(name) | KeySource::Default(name) => {
                    format!("in the environment variable '{name}' ")
                }
                KeySource::File(path) => format!("in the file {path} "),
                KeySource::Literal => String::new(),
            };
            let message = format!(
                "The api key {place}holds a line break or another control character, which no HTTP header can carry"
            );
            let help = "give the key alone, on one line";
            self.push(Problem::error(message).at(at.path(), at.span()).help(help));
            return None;
        }
        Some(Value::Secret(Secret::new(text), source))
    }

    /// Returns what a written value means, and where that came from.
    pub(super) fn resolve(
        &mut self,
        at: &At<'_>,
        written: &str,
        files: bool,
    ) -> Option<(String, KeySource)> {
        if let Some(name) = written.strip_prefix('$') {
            let value = self.variable(name);
            if value.is_none() {
                let help = if files {
                    "set the variable before the gateway starts; a key in a file is given by the file's path"
                } else {
                    "set the variable before the gateway starts"
                };
                self.push(
                    Problem::error(format!("Environment variable '{name}' is not set"))
                        .at(at.path(), at.span())
                        .help(help),
                );
            }
            return Some((value?, KeySource::Environment(name.to_owned())));
        }
        let file = if files {
            self.environment.read_key_file(written)
        } else {
            None
        };
        match file {
            None => {
                if files && looks_like_a_path(written) {
                    self.push(
                        Problem::warning(
                            "no file is at this path, so the text itself is taken as the key",
                        )
                        .at(at.path(), at.span())
                        .help("check the path; a relative one starts at the working directory"),
                    );
                }
                Some((written.to_owned(), KeySource::Literal))
            }
            Some(Ok(text)) => Some((text, KeySource::File(written.to_owned()))),
            Some(Err(reason)) => {
                let message = format!("The api key file {written} cannot be read: {reason}");
                self.push(Problem::error(message).at(at.path(), at.span()));
                None
            }
        }
    }
}

/// True for texts that are meant as paths: no provider's keys begin so.
fn looks_like_a_path(text: &str) -> bool {
    ["/", "./", "../", "~/"]
        .iter()
        .any(|start| text.starts_with(start))
}
