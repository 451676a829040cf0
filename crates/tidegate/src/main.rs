//! The `tidegate` binary: command line, logs, signals, and the wiring of the parts.

mod check;
mod cli;
mod config;
mod demo;
mod failure;
mod import;
mod listen;
mod logs;
mod openapi;
mod routes;
mod runtime;
mod start;
mod terminal;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use cli::{Cli, Command};

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Start(arguments) => start::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Openapi(arguments) => openapi::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "tidegate", &mut script);
            terminal::print(&String::from_utf8_lossy(&script));
            Ok(ExitCode::SUCCESS)
        }
    };
    outcome.unwrap_or_else(|failure| failure.report())
}
