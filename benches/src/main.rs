//! What Tidegate costs. See `README.md` beside this crate for what the figures mean.

#![expect(
    clippy::cast_precision_loss,
    reason = "no figure printed here has more digits than a float"
)]

mod count;
mod load;
mod payload;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

/// Measures Tidegate. Without a command: instructions and allocations of each case, as a table.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Run one case and print nothing: for an instruction counter or a profiler around it.
    #[arg(long, value_name = "NAME", requires = "iterations")]
    case: Option<String>,
    /// How often to run it.
    #[arg(long, value_name = "N")]
    iterations: Option<u64>,
    /// Print only cases whose names contain this text.
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
}

#[derive(Subcommand)]
enum Command {
    /// Requests per CPU-second of a running gateway, beside a plain proxy; memory of open streams. Loopback only.
    Load(load::Arguments),
    /// The canned provider that `load` calls.
    #[command(hide = true)]
    Upstream,
    /// A pass-through proxy on hyper: the yardstick where nginx is missing.
    #[command(hide = true)]
    Pass {
        /// Port of the canned provider.
        upstream: u16,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match (cli.command, cli.case) {
        (Some(Command::Load(arguments)), _) => load::run(&arguments),
        (Some(Command::Upstream), _) => load::upstream(),
        (Some(Command::Pass { upstream }), _) => load::pass(upstream),
        (None, Some(case)) => count::run_one(&case, cli.iterations.unwrap_or(1)),
        (None, None) => count::run_all(&cli.only),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Writes a line. A reader that has gone away is no error.
fn print(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
