//! Finding and reading the config file.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tidegate_config::{
    AccessLog, Config, ConfigError, Environment as _, Loaded, ProcessEnvironment, absolute,
    read_text,
};
use tidegate_credentials::Signers;
use tidegate_gateway::Snapshot;
use tidegate_providers::catalog;

use crate::cli::ConfigPath;
use crate::failure::Failure;

/// Variables that name the config file, the first one that is set counts (decision D4).
const VARIABLES: [&str; 3] = [
    "MLFLOW_GATEWAY_CONFIG_PATH",
    "MLFLOW_GATEWAY_CONFIG",
    "MLFLOW_DEPLOYMENTS_CONFIG",
];

/// A config file that was read.
pub(crate) struct Read {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) loaded: Loaded,
}

/// Reads the file that the command line or the environment names.
pub(crate) fn read(command: &'static str, given: &ConfigPath) -> Result<Read, Failure> {
    let path = find(given).ok_or_else(|| Failure::Usage {
        command,
        message: "Missing option '--config-path'.".to_owned(),
    })?;
    let path = absolute(&path, &ProcessEnvironment);
    let failure = |error: ConfigError| Failure::Config {
        command,
        error: Box::new(error),
    };
    let text = read_text(&path).map_err(failure)?;
    let loaded = parse(&text, &path).map_err(failure)?;
    Ok(Read { path, text, loaded })
}

/// Checks a config text against the providers that are built in.
pub(crate) fn parse(text: &str, path: &Path) -> Result<Loaded, ConfigError> {
    tidegate_config::parse(text, path, catalog(), &ProcessEnvironment)
}

/// Builds a snapshot that will not serve: nothing is opened for writing.
pub(crate) fn build_to_look_at(mut config: Config) -> anyhow::Result<Snapshot> {
    config.server.access_log = AccessLog::Off;
    Snapshot::build(config, &Signers::default(), None, true)
        .context("the config cannot be put to work")
}

fn find(given: &ConfigPath) -> Option<PathBuf> {
    given.config_path.clone().or_else(|| {
        VARIABLES
            .iter()
            .find_map(|name| ProcessEnvironment.var(name).filter(|path| !path.is_empty()))
            .map(PathBuf::from)
    })
}
