//! Instructions, allocations and time of single cases.

mod call;
mod case;
mod valgrind;

use std::time::Instant;

use anyhow::Context as _;
use stats_alloc::Region;

use crate::{ALLOCATOR, print};
use case::Case;

/// Runs before anything is counted: tables are filled, buffers have grown.
const WARM_UP: usize = 16;

/// What one run of a case costs.
struct Cost {
    allocations: f64,
    bytes: f64,
    nanos: u128,
}

/// Runs one case a number of times and prints nothing.
pub(crate) fn run_one(name: &str, iterations: u64) -> anyhow::Result<()> {
    let cases = case::all();
    let case = cases.iter().find(|case| case.name == name);
    let mut work = (case
        .with_context(|| format!("there is no case `{name}`"))?
        .prepare)()?;
    for _ in 0..iterations {
        work()?;
    }
    Ok(())
}

/// Measures every case and prints the table.
pub(crate) fn run_all(only: &str) -> anyhow::Result<()> {
    let counter = valgrind::Counter::find();
    if counter.is_none() {
        print(
            "valgrind is not installed, so instructions are not counted (benches/run.sh installs it)\n",
        );
    }
    print("| case | instructions | allocations | bytes allocated | ns, median |");
    print("|---|---:|---:|---:|---:|");
    for case in case::all().iter().filter(|case| case.name.contains(only)) {
        let cost = measure(case)?;
        let instructions = match &counter {
            Some(counter) => grouped(counter.instructions(case)?),
            None => "–".to_owned(),
        };
        print(&format!(
            "| {} | {instructions} | {:.1} | {:.0} | {} |",
            case.name, cost.allocations, cost.bytes, cost.nanos
        ));
    }
    Ok(())
}

fn measure(case: &Case) -> anyhow::Result<Cost> {
    let mut work = (case.prepare)()?;
    for _ in 0..WARM_UP {
        work()?;
    }
    let region = Region::new(ALLOCATOR);
    for _ in 0..case.iterations {
        work()?;
    }
    let change = region.change();
    let mut rounds = Vec::new();
    for _ in 0..15 {
        let began = Instant::now();
        for _ in 0..case.iterations {
            work()?;
        }
        rounds.push(began.elapsed().as_nanos() / u128::from(case.iterations));
    }
    rounds.sort_unstable();
    let each = |sum: usize| sum as f64 / f64::from(case.iterations);
    Ok(Cost {
        allocations: each(change.allocations + change.reallocations),
        bytes: each(change.bytes_allocated),
        nanos: rounds.get(rounds.len() / 2).copied().unwrap_or_default(),
    })
}

/// Writes a number with a comma after every three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
