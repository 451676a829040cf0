//! The command line.

#![expect(
    clippy::doc_markdown,
    reason = "these comments are help texts, shown as they stand"
)]

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// One safe, fast entrance to many model providers: a drop-in for the MLflow AI Gateway.
#[derive(Debug, Parser)]
#[command(
    name = "tidegate",
    version,
    arg_required_else_help = true,
    after_help = "\
Begin here:
  tidegate demo                                 try everything, without a key
  tidegate check --config-path config.yaml      see what a config means
  tidegate start --config-path config.yaml      serve it

From MLflow 3's database:
  tidegate import mlflow http://localhost:5000 --output config.yaml"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the routes of a config file.
    Start(Start),
    /// Say what a config file means, without serving it.
    Check(Check),
    /// Serve three example routes: to OpenAI if OPENAI_API_KEY is set, else to a sandbox inside the process.
    Demo(Demo),
    /// Print the OpenAPI document of a config.
    Openapi(Openapi),
    /// Write a config file from what another gateway tells of its endpoints.
    Import(Import),
    /// Print a completion script for a shell.
    Completions {
        /// The shell to write for.
        shell: Shell,
    },
}

#[derive(Args, Debug)]
#[command(after_help = "\
The config file is the MLflow AI Gateway's. It is watched: a changed file is
put in service without dropping a call; an invalid one is reported, and the
last good one kept.

Signals:
  SIGHUP           reload at once, key files and the access log included
  SIGTERM, SIGINT  finish the calls in flight, then stop; twice: stop at once

Environment:
  MLFLOW_GATEWAY_CONFIG_PATH, MLFLOW_GATEWAY_CONFIG,
  MLFLOW_DEPLOYMENTS_CONFIG             the config file, the first that is set
  MLFLOW_GATEWAY_ROUTE_TIMEOUT_SECONDS  how long a provider may take (300)
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY     the way to the providers
  SSL_CERT_FILE                         certificates instead of the system's
  RUST_LOG                              which logs to write, in detail

Example:
  tidegate start --config-path config.yaml --port 5000")]
pub(crate) struct Start {
    #[command(flatten)]
    pub(crate) config: ConfigPath,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: String,
    /// Port to listen on; 0 picks a free one and prints it.
    #[arg(long, default_value_t = 5000)]
    pub(crate) port: u16,
    /// Threads that serve requests.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) workers: u16,
    /// Path prefix that a proxy in front keeps, e.g. /llm.
    #[arg(long, value_name = "PREFIX", value_parser = root_path)]
    pub(crate) root_path: Option<String>,
    #[command(flatten)]
    pub(crate) logs: Logs,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Prints each route with its provider and model, the address that calls go to,
and where its keys come from; never a key. Exit code 2 for an invalid file.

Example:
  tidegate check --config-path config.yaml --strict")]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) config: ConfigPath,
    /// Refuse a file with warnings, such as unknown keys.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Print the JSON Schema of config files, for editors, and stop.
    #[arg(long)]
    pub(crate) print_schema: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: String,
    /// Port to listen on; 0 picks a free one.
    #[arg(long, default_value_t = 5000)]
    pub(crate) port: u16,
    #[command(flatten)]
    pub(crate) logs: Logs,
}

#[derive(Args, Debug)]
pub(crate) struct Openapi {
    #[command(flatten)]
    pub(crate) config: ConfigPath,
}

#[derive(Args, Debug)]
#[command(arg_required_else_help = true)]
pub(crate) struct Import {
    #[command(subcommand)]
    pub(crate) from: ImportFrom,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ImportFrom {
    /// From the gateway of MLflow 3's tracking server, which keeps its endpoints in a database.
    Mlflow(ImportMlflow),
}

#[derive(Args, Debug)]
#[command(
    arg_required_else_help = true,
    after_help = "\
MLflow shows no keys, so the config names an environment variable for each.
What a config cannot say stands in it as a comment, and is told on standard
error, with the variables to set.

Environment:
  MLFLOW_TRACKING_TOKEN                 the login at the tracking server,
  MLFLOW_TRACKING_USERNAME,             or user and password, which count
  MLFLOW_TRACKING_PASSWORD              first
  MLFLOW_WORKSPACE                      the workspace to ask for
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY     the way to the server
  SSL_CERT_FILE                         certificates instead of the system's

A file holds the answers of the API, one after another:
  api=http://localhost:5000/api/3.0/mlflow/gateway
  curl -s $api/endpoints/list $api/secrets/list > answers.json

Example:
  tidegate import mlflow http://localhost:5000 --output config.yaml"
)]
pub(crate) struct ImportMlflow {
    /// The tracking server's URL, or a file with what its API answered; `-` is standard input.
    pub(crate) source: String,
    /// The config file to write; without it, standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Replace the file if it exists.
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ConfigPath {
    /// The config file. Also taken from MLFLOW_GATEWAY_CONFIG_PATH, MLFLOW_GATEWAY_CONFIG or MLFLOW_DEPLOYMENTS_CONFIG.
    #[arg(long, value_name = "FILE")]
    pub(crate) config_path: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Logs {
    /// How logs are written to standard error; `auto` is `pretty` on a terminal and `json` elsewhere.
    #[arg(long, value_enum, default_value_t = LogFormat::Auto)]
    pub(crate) log_format: LogFormat,
    /// The least severe logs to write: error, warn, info, debug or trace.
    #[arg(long, default_value = "info", value_name = "LEVEL")]
    pub(crate) log_level: tracing::level_filters::LevelFilter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Auto,
    Pretty,
    Json,
}

fn root_path(text: &str) -> Result<String, String> {
    let trimmed = text.trim_end_matches('/');
    if trimmed.is_empty() || trimmed.starts_with('/') {
        return Ok(trimmed.to_owned());
    }
    Err(format!("write `/{trimmed}`: a prefix begins with a slash"))
}
