//! From the tree of a YAML file to checked values: one file per block of the config file.
//!
//! A [`Reader`] collects problems and goes on, so that all errors of a file are seen at once.

mod alias;
mod at;
mod endpoint;
mod extras;
mod file;
mod key;
mod limit;
mod list;
mod model;
mod section;
mod settings;
mod split;

use std::path::Path;

use crate::yaml::{Repeated, Value};
use crate::{Catalog, Environment, Problem, Severity, known};

use at::At;

pub(crate) use limit::UNITS;

/// Reads one file.
pub(crate) struct Reader<'a> {
    /// The file's name for messages.
    file: String,
    catalog: &'static Catalog,
    environment: &'a dyn Environment,
    problems: Vec<Problem>,
    errors: usize,
}

impl<'a> Reader<'a> {
    /// Begins a file.
    pub(crate) fn new(
        path: &Path,
        catalog: &'static Catalog,
        environment: &'a dyn Environment,
    ) -> Self {
        let file = path.display().to_string();
        Self {
            file,
            catalog,
            environment,
            problems: Vec::new(),
            errors: 0,
        }
    }

    /// Returns what was found, in the order of finding.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Warns about a key that stands twice; an alias must not.
    pub(crate) fn repeated(&mut self, repeated: &Repeated) {
        let (key, line) = (known::shown(&repeated.key), repeated.first_line);
        let problem = if repeated.path.starts_with(alias::BELOW) {
            Problem::error("an alias stands twice")
        } else {
            Problem::warning(format!(
                "`{key}` stands twice in one mapping; the last one counts"
            ))
        };
        self.push(
            problem
                .at(&repeated.path, repeated.region.span())
                .detail(format!("already given on line {line}"))
                .help("remove one of the two"),
        );
    }

    fn push(&mut self, problem: Problem) {
        self.errors += usize::from(problem.severity == Severity::Error);
        self.problems.push(problem);
    }

    /// Returns the number of errors so far.
    fn errors(&self) -> usize {
        self.errors
    }

    /// Reports a key that must be there, in pydantic's words, and returns `None`. `known` are the keys of this mapping: one that is not
    /// among them may be a slip for the missing one.
    fn missing<T>(
        &mut self,
        at: &At<'_>,
        key: &str,
        known: &[&str],
        help: impl Into<String>,
    ) -> Option<T> {
        self.missing_spelled(at, &[key], known, help)
    }

    /// Reports a key that has several spellings; the first is told.
    fn missing_spelled<T>(
        &mut self,
        at: &At<'_>,
        spellings: &[&str],
        known: &[&str],
        help: impl Into<String>,
    ) -> Option<T> {
        let key = spellings.first().copied().unwrap_or_default();
        let names = at.entries().iter().map(|entry| entry.key.text.as_str());
        let slip = names.filter(|name| !known.contains(name)).find_map(|name| {
            let near = known::nearest(name, known.iter().copied())?;
            spellings.contains(&near).then_some((name, near))
        });
        let help = match slip {
            Some((slip, near)) => format!("rename `{}` to `{near}`", known::shown(slip)),
            None => help.into(),
        };
        self.push(
            Problem::invalid("Field required")
                .at(&at.child_path(key), at.key_span())
                .detail(format!("`{key}` is missing here"))
                .help(help),
        );
        None
    }

    /// Reports a value of the wrong type, in pydantic's words.
    fn wrong_type(&mut self, at: &At<'_>, message: &str, help: impl Into<String>) {
        self.push(
            Problem::invalid(message)
                .at(at.path(), at.span())
                .detail(format!("this is {}", at.node().kind()))
                .help(help),
        );
    }

    /// Returns a string, or reports why there is none.
    fn text<'n>(&mut self, at: &At<'n>) -> Option<&'n str> {
        let text = at.node().as_text();
        if text.is_none() {
            let help = match at.node().value {
                Value::Sequence(_) | Value::Mapping(_) | Value::Null => "write a text".to_owned(),
                _ if at.is_guarded() => {
                    "put it in quotes, so that YAML reads it as a text".to_owned()
                }
                _ => format!("put it in quotes: `\"{}\"`", at.node().text),
            };
            self.wrong_type(at, "Input should be a valid string", help);
        }
        text
    }

    /// Makes sure that a value is a mapping; reports it with pydantic's words for this block otherwise.
    fn is_mapping(&mut self, at: &At<'_>, message: &str, help: &str) -> bool {
        let good = matches!(at.node().value, Value::Mapping(_));
        if !good {
            self.wrong_type(at, message, help);
        }
        good
    }

    /// Reports the keys of a mapping that nothing reads.
    fn unknown_keys(&mut self, at: &At<'_>, known: &[&str], severity: Severity) {
        for entry in at.entries() {
            let name = entry.key.text.as_str();
            if entry
                .key
                .as_text()
                .is_some_and(|name| known.contains(&name))
            {
                continue;
            }
            let shown = known::shown(name);
            let message = match severity {
                Severity::Error => format!("unknown key `{shown}`"),
                Severity::Warning => format!("unknown key `{shown}` is ignored"),
            };
            let help = match known::nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "known here: {}",
                    known::choices(known.iter().copied()).replace(" or ", " and ")
                ),
            };
            self.push(
                Problem::new(severity, message)
                    .at(&at.child_path(shown), entry.key.region.span())
                    .help(help),
            );
        }
    }
}
