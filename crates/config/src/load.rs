//! From a path or a text to a [`Config`] or good errors.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use crate::environment::absolute;
use crate::excerpt::{excerpt, lines};
use crate::reader::Reader;
use crate::yaml::{Document, Region};
use crate::{Catalog, Config, ConfigError, Environment, Problem, Severity, mask, yaml};

/// Largest config file in bytes.
pub const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Most errors, and most warnings, that get an excerpt.
const MAX_EXCERPTS: usize = 200;

/// A valid config file and what is doubtful in it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The checked values.
    pub config: Config,
    /// What is doubtful. Each one's `Display` is the block for a terminal, `one_line` the form for a log.
    pub warnings: Vec<Problem>,
}

impl Loaded {
    /// Refuses a file with warnings: they become errors.
    pub fn into_strict(self) -> Result<Self, ConfigError> {
        if self.warnings.is_empty() {
            return Ok(self);
        }
        let harden = |problem| Problem {
            severity: Severity::Error,
            ..problem
        };
        Err(ConfigError::new(
            self.warnings.into_iter().map(harden).collect(),
        ))
    }
}

/// Reads and checks a config file. Relative paths and `~` are resolved first.
pub fn read(
    path: &Path,
    catalog: &'static Catalog,
    environment: &dyn Environment,
) -> Result<Loaded, ConfigError> {
    let path = absolute(path, environment);
    parse(&read_text(&path)?, &path, catalog, environment)
}

/// Reads a config file's text without checking it, e.g. to see whether it has changed.
pub fn read_text(path: &Path) -> Result<String, ConfigError> {
    let unreadable = |reason: String| refuse(path, invalid_yaml(path).detail(reason));
    if !path.exists() {
        return Err(refuse(
            path,
            Problem::error(format!("{} does not exist", path.display())),
        ));
    }
    if path.is_dir() {
        return Err(unreadable("it is a directory".to_owned()));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| {
        let line = error
            .as_bytes()
            .iter()
            .take(error.utf8_error().valid_up_to());
        let line = line.filter(|byte| **byte == b'\n').count() + 1;
        unreadable(format!(
            "it is not UTF-8 text: line {line} holds other bytes"
        ))
    })
}

/// Checks the text of a config file; `path` is only shown.
pub fn parse(
    text: &str,
    path: &Path,
    catalog: &'static Catalog,
    environment: &dyn Environment,
) -> Result<Loaded, ConfigError> {
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > MAX_FILE_BYTES {
        let detail = format!("it is larger than {MAX_FILE_BYTES} bytes");
        return Err(refuse(path, invalid_yaml(path).detail(detail)));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = lines(text);
    let document = match yaml::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let span = error.region.span();
            let mut problems = vec![invalid_yaml(path).detail(error.detail).at("", span)];
            let masked = mask::line_regions(&lines, span.line, catalog);
            place(&mut problems, path, &lines, &masked);
            return Err(ConfigError::new(problems));
        }
    };
    let Document { root, repeated } = document;
    let Some(root) = root else {
        let problem = Problem::error(format!("The file at {} is empty", path.display())).help(
            "begin with `endpoints:` and list at least one endpoint, or write `endpoints: []`",
        );
        return Err(refuse(path, problem));
    };
    let mut reader = Reader::new(path, catalog, environment);
    for repeated in repeated {
        reader.repeated(&repeated);
    }
    let config = reader.file(&root);
    let mut problems = reader.into_problems();
    // From top to bottom, as a person mends them.
    problems.sort_by_key(|problem| problem.span.map_or(usize::MAX, |span| span.line));
    place(&mut problems, path, &lines, &mask::regions(&root, catalog));
    match config {
        Some(config)
            if problems
                .iter()
                .all(|problem| problem.severity == Severity::Warning) =>
        {
            Ok(Loaded {
                config,
                warnings: problems,
            })
        }
        _ => Err(ConfigError::new(problems)),
    }
}

fn invalid_yaml(path: &Path) -> Problem {
    Problem::error(format!(
        "The file at {} is not a valid yaml file",
        path.display()
    ))
}

fn refuse(path: &Path, problem: Problem) -> ConfigError {
    let mut problems = vec![problem];
    place(&mut problems, path, &[], &[]);
    ConfigError::new(problems)
}

/// Gives every problem the file's name and its excerpt.
fn place(problems: &mut [Problem], path: &Path, lines: &[&str], masked: &[Region]) {
    let file: Arc<Path> = Arc::from(path);
    for severity in [Severity::Error, Severity::Warning] {
        let same = problems
            .iter_mut()
            .filter(|problem| problem.severity == severity);
        for (index, problem) in same.enumerate() {
            problem.file = Arc::clone(&file);
            if index < MAX_EXCERPTS
                && let Some(span) = &mut problem.span
            {
                problem.excerpt = excerpt(lines, masked, span);
            }
        }
    }
    for span in problems
        .iter_mut()
        .filter_map(|problem| problem.span.as_mut())
    {
        // A span beyond the excerpts was not clipped to its line.
        if span.length == usize::MAX || span.length == 0 {
            span.length = 1;
        }
    }
}
