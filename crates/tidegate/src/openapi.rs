//! `tidegate openapi`.

use std::process::ExitCode;

use crate::cli::Openapi;
use crate::failure::Failure;
use crate::{config, terminal};

/// Prints the OpenAPI document of a config.
pub(crate) fn run(arguments: &Openapi) -> Result<ExitCode, Failure> {
    let read = config::read("openapi", &arguments.config)?;
    let snapshot = config::build_to_look_at(read.loaded.config)?;
    let document = tidegate_server::openapi::document(&snapshot, &snapshot.server.root_path);
    terminal::print(&format!("{document:#}\n"));
    Ok(ExitCode::SUCCESS)
}
