//! Processes under load: started, read and ended here.

use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// How long a process may take until it listens.
const PATIENCE: Duration = Duration::from_secs(10);

/// Clock ticks per second in `/proc/PID/stat`: fixed on Linux for programs.
const TICKS: f64 = 100.0;

/// A process that listens; it is killed when this is dropped.
pub(super) struct Process {
    _child: Child,
    id: u32,
    pub(super) port: u16,
}

impl Process {
    /// Starts a program whose first line on standard output ends with its port, or holds `:PORT`.
    pub(super) async fn announced(mut command: Command) -> anyhow::Result<Self> {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().context("no standard output")?;
        let mut line = String::new();
        tokio::time::timeout(PATIENCE, BufReader::new(stdout).read_line(&mut line)).await??;
        let (_, port) = line
            .trim_end()
            .rsplit_once(':')
            .with_context(|| format!("no port in `{line}`"))?;
        let port = port.parse().context("no port")?;
        Self::new(child, port)
    }

    /// Starts a program that listens on a port it was told.
    pub(super) async fn on_port(mut command: Command, port: u16) -> anyhow::Result<Self> {
        let child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let listening = async {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, listening)
            .await
            .context("it does not listen")?;
        Self::new(child, port)
    }

    fn new(child: Child, port: u16) -> anyhow::Result<Self> {
        let id = child.id().context("it ended at once")?;
        Ok(Self {
            _child: child,
            id,
            port,
        })
    }

    /// Returns the processor time spent so far, of the program and of the kernel on its behalf.
    pub(super) fn cpu_seconds(&self) -> anyhow::Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id))?;
        // The name in brackets may hold blanks; what follows does not.
        let (_, fields) = stat.rsplit_once(')').context("no name")?;
        let mut times = fields.split_whitespace().skip(11).map(str::parse::<f64>);
        let user = times.next().context("no user time")??;
        let system = times.next().context("no system time")??;
        Ok((user + system) / TICKS)
    }

    /// Returns the resident memory in KiB.
    pub(super) fn resident(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id))?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .context("no VmRSS")?;
        let digits = line.split_whitespace().next().context("no number")?;
        Ok(digits.parse()?)
    }
}
