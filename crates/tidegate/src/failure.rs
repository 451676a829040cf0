//! Failures of a command: what is printed, and the exit code.

use std::fmt::Write as _;
use std::process::ExitCode;

use tidegate_config::ConfigError;

use crate::terminal;

/// Why a command fails.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command was used wrongly; printed as MLflow does, exit code 2.
    Usage {
        command: &'static str,
        message: String,
    },
    /// The config file is wrong: MLflow's words first, then every problem with its place; exit code 2.
    Config {
        command: &'static str,
        error: Box<ConfigError>,
    },
    /// Something else; exit code 1.
    Other(anyhow::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl Failure {
    /// Prints the failure to standard error and returns the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        let mut text = String::new();
        let code = match self {
            Self::Usage { command, message } => {
                usage(&mut text, command, message);
                2
            }
            Self::Config { command, error } => {
                usage(
                    &mut text,
                    command,
                    &format!("Invalid value for '--config-path': {error}"),
                );
                2
            }
            Self::Other(error) => {
                let _ = writeln!(text, "Error: {error:#}");
                1
            }
        };
        terminal::eprint(&text);
        ExitCode::from(code)
    }
}

fn usage(text: &mut String, command: &str, message: &str) {
    let _ = writeln!(text, "Usage: tidegate {command} [OPTIONS]");
    let _ = writeln!(text, "Try 'tidegate {command} --help' for help.\n");
    let _ = writeln!(text, "Error: {}", message.trim_end());
}
