//! The load: connections that are kept alive and ask again as soon as they are answered.

use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks over a number of connections for some time and returns how many answers came.
pub(super) async fn load(
    port: u16,
    request: &[u8],
    connections: usize,
    time: Duration,
) -> anyhow::Result<u64> {
    let until = Instant::now() + time;
    let mut workers = JoinSet::new();
    for _ in 0..connections {
        let request = request.to_vec();
        workers.spawn(async move {
            let mut connection = Connection::open(port).await?;
            let mut answers = 0;
            while Instant::now() < until {
                connection.ask(&request).await?;
                tokio::time::timeout(PATIENCE, connection.answer())
                    .await
                    .context("no answer")??;
                answers += 1;
            }
            anyhow::Ok(answers)
        });
    }
    let mut sum = 0;
    while let Some(answers) = workers.join_next().await {
        sum += answers??;
    }
    Ok(sum)
}

/// Opens streams and waits until each has begun.
pub(super) async fn hold(
    port: u16,
    request: &[u8],
    streams: usize,
) -> anyhow::Result<Vec<TcpStream>> {
    let mut open = Vec::new();
    for _ in 0..streams {
        let mut connection = Connection::open(port).await?;
        connection.ask(request).await?;
        while find(&connection.buffer, b"data: ").is_none() {
            connection.more().await?;
        }
        open.push(connection.stream);
    }
    Ok(open)
}

/// One connection and what was read of the answer.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    read: Vec<u8>,
}

impl Connection {
    async fn open(port: u16) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::new(),
            read: vec![0; 1 << 18],
        })
    }

    async fn ask(&mut self, request: &[u8]) -> anyhow::Result<()> {
        self.buffer.clear();
        Ok(self.stream.write_all(request).await?)
    }

    async fn more(&mut self) -> anyhow::Result<()> {
        let size = self.stream.read(&mut self.read).await?;
        anyhow::ensure!(size > 0, "the connection was closed");
        self.buffer
            .extend_from_slice(self.read.get(..size).unwrap_or_default());
        Ok(())
    }

    /// Reads one answer to its end.
    async fn answer(&mut self) -> anyhow::Result<()> {
        let head = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let text = String::from_utf8_lossy(self.buffer.get(..head).unwrap_or_default())
            .to_ascii_lowercase();
        anyhow::ensure!(text.starts_with("http/1.1 200"), "the answer is `{text}`");
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        if let Some(length) = length {
            let end = head + length.trim().parse::<usize>()?;
            while self.buffer.len() < end {
                self.more().await?;
            }
            return Ok(());
        }
        while !self
            .buffer
            .get(head..)
            .unwrap_or_default()
            .ends_with(b"0\r\n\r\n")
        {
            // What was searched is not kept: only the end matters.
            let keep = self.buffer.len().saturating_sub(8).max(head);
            self.buffer.drain(head..keep);
            self.more().await?;
        }
        Ok(())
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len())
        .position(|window| window == wanted)
}
