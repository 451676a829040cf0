//! A provider with canned answers, chosen by the first part of the path: `chat`, `embed`, `stream`, `hold`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::{payload, print};

/// Chunks of one stream.
pub(super) const CHUNKS: u64 = 500;

/// Chunks in one write, as a provider's own server gathers them under load.
const PER_WRITE: usize = 10;

/// Longer than any measurement.
const HELD: Duration = Duration::from_mins(2);

/// Whole answers by place.
type Answers = Arc<HashMap<&'static str, Bytes>>;

/// Serves until the process is killed; prints its port.
pub(super) async fn serve() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    print(&format!("127.0.0.1:{}", listener.local_addr()?.port()));
    let answers: Answers = Arc::new(HashMap::from([
        ("chat", plain(&payload::chat_answer())),
        ("embed", plain(&payload::embeddings_answer())),
        ("stream", stream()),
        ("hold", begun()),
    ]));
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await?;
        connections.spawn(converse(stream, answers.clone()));
        while connections.try_join_next().is_some() {}
    }
}

fn plain(body: &[u8]) -> Bytes {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: req_0123456789abcdef\r\n\
         openai-processing-ms: 12\r\nx-ratelimit-remaining-requests: 9999\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    Bytes::from([head.as_bytes(), body].concat())
}

fn head() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-request-id: req_0123456789abcdef\r\ntransfer-encoding: chunked\r\n\r\n".to_vec()
}

fn http_chunk(out: &mut Vec<u8>, data: &[u8]) {
    out.extend_from_slice(format!("{:x}\r\n", data.len()).as_bytes());
    out.extend_from_slice(data);
    out.extend_from_slice(b"\r\n");
}

/// A whole stream; each event is an HTTP chunk of its own, as providers send them.
fn stream() -> Bytes {
    let mut out = head();
    for _ in 0..CHUNKS {
        http_chunk(&mut out, &payload::chunk());
    }
    http_chunk(&mut out, &payload::stream_end());
    out.extend_from_slice(b"0\r\n\r\n");
    Bytes::from(out)
}

/// A stream's beginning.
fn begun() -> Bytes {
    let mut out = head();
    http_chunk(&mut out, &payload::chunk());
    Bytes::from(out)
}

async fn converse(mut stream: TcpStream, answers: Answers) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    loop {
        let Some(place) = request(&mut stream, &mut buffer).await? else {
            return Ok(());
        };
        let answer = answers.get(place.as_str()).context("no such place")?;
        if place == "stream" {
            for piece in answer.chunks(payload::chunk().len() * PER_WRITE) {
                stream.write_all(piece).await?;
            }
        } else {
            stream.write_all(answer).await?;
        }
        if place == "hold" {
            // Ends with the client's connection, or with the measurement.
            let mut byte = [0];
            let _ = tokio::time::timeout(HELD, stream.read(&mut byte)).await;
            return Ok(());
        }
    }
}

/// Reads one request and returns its place; `None` at the end of the connection.
async fn request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> anyhow::Result<Option<String>> {
    let mut left = None;
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let (place, length) = read_head(buffer.get(..end).unwrap_or_default())?;
            let whole = end + 4 + length;
            while buffer.len() < whole {
                if stream.read_buf(buffer).await? == 0 {
                    return Ok(None);
                }
            }
            buffer.drain(..whole);
            left = Some(place);
        }
        if left.is_some() || stream.read_buf(buffer).await? == 0 {
            return Ok(left);
        }
    }
}

fn read_head(head: &[u8]) -> anyhow::Result<(String, usize)> {
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let place = text.split(['/', ' ']).nth(2).context("no path")?.to_owned();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    Ok((place, length.context("no length")?.trim().parse()?))
}
