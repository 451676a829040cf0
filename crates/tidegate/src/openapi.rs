//! `tidegate openapi`.

use std::process::ExitCode;

use anyhow::Context as _;
use tidegate_gateway::Snapshot;

use crate::cli::Openapi;
use crate::failure::Failure;
use crate::{config, terminal};

/// Prints the OpenAPI document of a config.
pub(crate) fn run(arguments: &Openapi) -> Result<ExitCode, Failure> {
    let read = config::read("openapi", &arguments.config)?;
    let snapshot = Snapshot::build(read.loaded.config, None, true)
        .context("the config cannot be put to work")?;
    let document = tidegate_server::openapi::document(&snapshot);
    terminal::print(&format!("{document:#}\n"));
    Ok(ExitCode::SUCCESS)
}
