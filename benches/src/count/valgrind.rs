//! Counts instructions: a case is run under valgrind with two numbers of iterations, and the difference divided. What
//! starting and preparing cost cancels out.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;

use super::case::Case;

/// A way to count instructions.
pub(super) struct Counter {
    program: PathBuf,
}

impl Counter {
    /// Returns a counter where valgrind is installed.
    pub(super) fn find() -> Option<Self> {
        let found = Command::new("valgrind")
            .arg("--version")
            .output()
            .is_ok_and(|output| output.status.success());
        let program = std::env::current_exe().ok()?;
        found.then_some(Self { program })
    }

    /// Returns the instructions of one run.
    pub(super) fn instructions(&self, case: &Case) -> anyhow::Result<u64> {
        let (few, many) = (
            u64::from(case.iterations / 8),
            u64::from(case.iterations / 4),
        );
        let (few, many) = (few.max(2), many.max(4));
        let difference = self
            .total(case.name, many)?
            .saturating_sub(self.total(case.name, few)?);
        Ok(difference / (many - few))
    }

    fn total(&self, case: &str, iterations: u64) -> anyhow::Result<u64> {
        let output = Command::new("valgrind")
            .args([
                "--tool=cachegrind",
                "--cache-sim=no",
                "--cachegrind-out-file=/dev/null",
            ])
            .arg(&self.program)
            .args(["--case", case, "--iterations", &iterations.to_string()])
            .output()
            .context("valgrind cannot be started")?;
        let report = String::from_utf8_lossy(&output.stderr);
        let count = report
            .lines()
            .find_map(|line| line.split_once("I   refs:").or(line.split_once("I refs:")));
        let (_, count) = count.with_context(|| format!("valgrind did not count:\n{report}"))?;
        let digits: String = count.chars().filter(char::is_ascii_digit).collect();
        digits.parse().context("valgrind's count is no number")
    }
}
