//! Why a config file was refused, for a person in a terminal, for a log and for the machine.

use std::fmt;

use crate::{Problem, Severity};

/// Most problems shown at once.
const MAX_SHOWN: usize = 20;

/// A refused config file: at least one error, and the warnings found on the way.
///
/// `Display` begins with MLflow's message for the first error, so that it can stand after
/// `Error: Invalid value for '--config-path': `, and goes on with every problem and its place in the file.
#[derive(Clone, Debug, thiserror::Error)]
pub struct ConfigError {
    problems: Box<[Problem]>,
}

impl ConfigError {
    /// Takes the problems of a file; errors go first.
    pub(crate) fn new(problems: Vec<Problem>) -> Self {
        let (mut first, second): (Vec<_>, Vec<_>) = problems
            .into_iter()
            .partition(|problem| problem.severity == Severity::Error);
        first.extend(second);
        Self {
            problems: first.into(),
        }
    }

    /// Returns MLflow's message for the first error, word for word; pydantic's has three lines.
    pub fn message(&self) -> String {
        self.problems
            .first()
            .map(Problem::full_message)
            .unwrap_or_default()
    }

    /// Returns every problem: errors from the top of the file to its end, then warnings.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Returns the first error on one line, for logs, with the number of further errors.
    pub fn one_line(&self) -> String {
        let line = self
            .problems
            .first()
            .map(Problem::one_line)
            .unwrap_or_default();
        match self.errors().saturating_sub(1) {
            0 => line,
            1 => format!("{line} (and 1 more error)"),
            more => format!("{line} (and {more} more errors)"),
        }
    }

    fn errors(&self) -> usize {
        self.problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .count()
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, others)) = self.problems.split_first() else {
            return Ok(());
        };
        f.write_str(&first.full_message())?;
        first.write_block(f)?;
        for problem in others.iter().take(MAX_SHOWN - 1) {
            write!(f, "\n\n{problem}")?;
        }
        match self.problems.len().saturating_sub(MAX_SHOWN) {
            0 => {}
            hidden => write!(f, "\n\n… and {hidden} more")?,
        }
        match self.errors() {
            0 | 1 => Ok(()),
            errors => write!(f, "\n\n{errors} errors in {}", first.file.display()),
        }
    }
}
