//! Load over loopback: what a gateway process does per second of its own processor time, and what it holds in memory.

mod client;
mod contender;
mod passthrough;
mod process;
mod upstream;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use tokio::runtime::{Builder, Runtime};

use crate::{payload, print};
use contender::{Contender, Kind};

/// What to load, and how long.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The gateway's binary.
    #[arg(long, value_name = "FILE", default_value = "target/release/tidegate")]
    binary: PathBuf,
    /// Milliseconds per scenario and contender.
    #[arg(long, value_name = "MS", default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(100..=4_000))]
    millis: u64,
    /// Only the gateway, not the proxies it is compared with.
    #[arg(long)]
    alone: bool,
}

/// Connections that carry load.
const CONNECTIONS: usize = 16;

/// Streams that are open at once while memory is read.
const OPEN_STREAMS: usize = 1_000;

/// What is asked, and how many units one answer counts as.
struct Scenario {
    name: &'static str,
    /// The place of the canned answer, and the gateway's endpoint.
    place: &'static str,
    units: u64,
    body: fn() -> bytes::Bytes,
}

const SCENARIOS: [Scenario; 4] = [
    Scenario {
        name: "chat, requests",
        place: "chat",
        units: 1,
        body: || payload::chat_request(400, false),
    },
    Scenario {
        name: "100 KB prompt, requests",
        place: "chat",
        units: 1,
        body: || payload::chat_request(100 * 1024, false),
    },
    Scenario {
        name: "embeddings 64 × 1536, requests",
        place: "embed",
        units: 1,
        body: payload::embeddings_request,
    },
    Scenario {
        name: "stream, chunks",
        place: "stream",
        units: upstream::CHUNKS,
        body: || payload::chat_request(400, true),
    },
];

/// Serves the canned provider until it is killed.
pub(crate) fn upstream() -> anyhow::Result<()> {
    runtime()?.block_on(upstream::serve())
}

/// Serves the pass-through proxy until it is killed.
pub(crate) fn pass(upstream: u16) -> anyhow::Result<()> {
    runtime()?.block_on(passthrough::serve(upstream))
}

fn runtime() -> anyhow::Result<Runtime> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime")
}

/// Loads every contender with every scenario and prints two tables.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    runtime()?.block_on(compare(arguments))
}

async fn compare(arguments: &Arguments) -> anyhow::Result<()> {
    let scratch = tempfile::tempdir()?;
    let provider = contender::provider().await?;
    let mut kinds = vec![Kind::Tidegate];
    if !arguments.alone {
        kinds.extend([Kind::Nginx, Kind::PassThrough]);
    }
    let mut contenders = Vec::new();
    for kind in kinds {
        if let Some(ready) =
            Contender::start(kind, &arguments.binary, provider.port, scratch.path()).await?
        {
            contenders.push(ready);
        }
    }
    let names: Vec<&str> = contenders.iter().map(Contender::name).collect();
    print(&format!(
        "| per CPU-second of the process | {} |",
        names.join(" | ")
    ));
    print(&format!("|---|{}", "---:|".repeat(names.len())));
    let idle: Vec<u64> = contenders
        .iter()
        .map(Contender::resident)
        .collect::<Result<_, _>>()?;
    for scenario in &SCENARIOS {
        let mut cells = Vec::new();
        for contender in &contenders {
            cells.push(load(contender, scenario, Duration::from_millis(arguments.millis)).await?);
        }
        print(&format!(
            "| {} | {} |",
            scenario.name,
            relative(&cells).join(" | ")
        ));
    }
    memory(&contenders, &idle).await
}

/// Returns units per CPU-second.
async fn load(contender: &Contender, scenario: &Scenario, time: Duration) -> anyhow::Result<f64> {
    let request = contender.request(scenario.place, &(scenario.body)());
    // Pools fill and buffers grow before the clock starts.
    client::load(contender.port, &request, CONNECTIONS, time / 8).await?;
    let before = contender.cpu_seconds()?;
    let answers = client::load(contender.port, &request, CONNECTIONS, time).await?;
    let spent = contender.cpu_seconds()? - before;
    anyhow::ensure!(spent > 0.0, "{} spent no time", contender.name());
    Ok((answers * scenario.units) as f64 / spent)
}

/// Writes the first figure as it is, the others with the ratio of the first to them.
fn relative(cells: &[f64]) -> Vec<String> {
    let first = cells.first().copied().unwrap_or_default();
    let write = |(index, cell): (usize, &f64)| match index {
        0 => format!("{cell:.0}"),
        _ => format!("{cell:.0} (Tidegate: {:.2} ×)", first / cell),
    };
    cells.iter().enumerate().map(write).collect()
}

async fn memory(contenders: &[Contender], idle: &[u64]) -> anyhow::Result<()> {
    print("\n| memory | idle, MiB | after load, MiB | per open stream, KiB (1,000 open) |");
    print("|---|---:|---:|---:|");
    let mebibytes = |kibibytes: u64| kibibytes as f64 / 1024.0;
    for (contender, idle) in contenders.iter().zip(idle) {
        let loaded = contender.resident()?;
        let request = contender.request("hold", &payload::chat_request(400, true));
        let streams = client::hold(contender.port, &request, OPEN_STREAMS).await?;
        let open = contender.resident()?;
        drop(streams);
        let each = open.saturating_sub(loaded) as f64 / OPEN_STREAMS as f64;
        print(&format!(
            "| {} | {:.1} | {:.1} | {each:.1} |",
            contender.name(),
            mebibytes(*idle),
            mebibytes(loaded),
        ));
    }
    Ok(())
}
