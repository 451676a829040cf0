//! One thing that is wrong (or doubtful) in a config file, and how it is shown to a person.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::excerpt::Excerpt;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, but probably does not do what its author thinks.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// A place in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// Length in characters on that line, at least 1.
    pub length: usize,
}

/// Something wrong or doubtful. Never holds a key or token: what is quoted from the file is masked first.
///
/// `Display` writes the whole block that a person reads: message, place, line, underline, help.
#[derive(Clone, Debug)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in MLflow's words where it has any.
    pub message: String,
    /// True when MLflow wraps the message as pydantic's validation error at `path`.
    pub validation: bool,
    /// Key path as the user wrote it, e.g. `routes.0.model.config.openai_api_key`; empty for the whole file.
    pub path: String,
    /// The place; none when the file could not be read.
    pub span: Option<Span>,
    /// What exactly is wrong at the place, where the message does not say it.
    pub detail: Option<String>,
    /// What to write instead.
    pub help: Option<String>,
    /// The file's name as shown.
    pub(crate) file: Arc<Path>,
    /// The line, masked.
    pub(crate) excerpt: Option<Excerpt>,
}

impl Problem {
    pub(crate) fn new(severity: Severity, message: impl Into<String>) -> Self {
        Self {
            severity,
            message: printable(&message.into()),
            validation: false,
            path: String::new(),
            span: None,
            detail: None,
            help: None,
            file: Arc::from(Path::new("")),
            excerpt: None,
        }
    }

    pub(crate) fn error(message: impl Into<String>) -> Self {
        Self::new(Severity::Error, message)
    }

    pub(crate) fn warning(message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, message)
    }

    /// An error that MLflow leaves to pydantic.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self {
            validation: true,
            ..Self::error(message)
        }
    }

    pub(crate) fn at(mut self, path: &str, span: Span) -> Self {
        self.path = printable(path);
        self.span = Some(span);
        self
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(printable(&detail.into()));
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(printable(&help.into()));
        self
    }

    /// Returns the message exactly as MLflow words it; several lines for a validation error.
    pub fn full_message(&self) -> String {
        if self.validation {
            format!(
                "The gateway configuration is invalid: 1 validation error for GatewayConfig\n{}\n  {}",
                self.path, self.message
            )
        } else {
            self.message.clone()
        }
    }

    /// Returns the problem on one line, for logs: `file:line:column: path: message`.
    pub fn one_line(&self) -> String {
        let mut line = self.file.display().to_string();
        if let Some(span) = self.span {
            line = format!("{line}:{}:{}", span.line, span.column);
        }
        if self.span.is_some() && !self.path.is_empty() {
            line = format!("{line}: {}", self.path);
        }
        line = if line.is_empty() {
            self.message.clone()
        } else {
            format!("{line}: {}", self.message)
        };
        if let Some(detail) = &self.detail {
            line = format!("{line}: {detail}");
        }
        line.replace('\n', " ")
    }

    /// Writes the place, the line with its underline, and the notes under it.
    pub(crate) fn write_block(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gutter = self.span.map_or(1, |span| span.line.to_string().len());
        if let Some(span) = self.span {
            let (file, line, column) = (self.file.display(), span.line, span.column);
            write!(f, "\n{:gutter$}--> {file}:{line}:{column}", "")?;
            if let Some(excerpt) = &self.excerpt {
                let (blank, underline) = (excerpt.indent, "^".repeat(excerpt.length));
                let shown = format!("{line} | {}", excerpt.text);
                write!(f, "\n{:gutter$} |\n{}", "", shown.trim_end())?;
                write!(f, "\n{:gutter$} | {:blank$}{underline}", "", "")?;
                if let Some(detail) = &self.detail {
                    write!(f, " {detail}")?;
                }
            }
        }
        if self.excerpt.is_none()
            && let Some(detail) = &self.detail
        {
            write!(f, "\n{:gutter$} = note: {detail}", "")?;
        }
        if !self.path.is_empty() {
            write!(f, "\n{:gutter$} = key: {}", "", self.path)?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n{:gutter$} = help: {help}", "")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.severity, self.message)?;
        self.write_block(f)
    }
}

/// Takes out what could move the cursor or colour the terminal; text from the file ends up in messages.
pub(crate) fn printable(text: &str) -> String {
    let replace = |c: char| {
        if c.is_control() && c != '\n' {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    text.chars().map(replace).collect()
}
