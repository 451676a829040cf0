//! Recordings: where they lie, what they hold, and how they are played.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tidegate_tests::client;

/// The longest piece of a stream, in bytes.
const LONGEST_PIECE: u64 = 80;

/// One exchange, in the form of the recordings' own description.
pub(crate) struct Recording(Value);

/// What the provider sends: a head, and the body in pieces.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub(crate) head: Vec<u8>,
    pub(crate) pieces: Vec<Vec<u8>>,
}

/// Returns a provider's recordings; none where there is no such file.
pub(crate) fn all(provider: &str) -> Vec<Recording> {
    let shared = std::env::var_os("TIDEGATE_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let path = shared.join(format!("recordings/{provider}.jsonl"));
    let Ok(text) = std::fs::read_to_string(path) else {
        return Vec::new();
    };
    let lines = text.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| Recording(serde_json::from_str(line).expect("a recording is JSON")))
        .collect()
}

impl Recording {
    /// Returns its name.
    pub(crate) fn id(&self) -> &str {
        self.0["id"].as_str().expect("an id")
    }

    /// Returns what was asked, e.g. `messages`.
    pub(crate) fn operation(&self) -> &str {
        self.0["operation"].as_str().expect("an operation")
    }

    /// True when the answer is a stream.
    pub(crate) fn streams(&self) -> bool {
        let response = &self.0["response"];
        let comes = response["chunks"].is_array() || response["body_base64"].is_string();
        self.0["stream"] == true && comes
    }

    /// Returns where it was asked.
    pub(crate) fn url(&self) -> &str {
        self.0["request"]["url"].as_str().expect("an address")
    }

    /// Returns the answer's status.
    pub(crate) fn status(&self) -> u16 {
        let status = self.0["response"]["status"].as_u64().expect("a status");
        u16::try_from(status).expect("a status")
    }

    /// Returns a plain answer's body.
    pub(crate) fn body(&self) -> &Value {
        &self.0["response"]["body"]
    }

    /// Returns a text stream's bytes.
    pub(crate) fn text(&self) -> String {
        let chunks = self.0["response"]["chunks"].as_array().expect("chunks");
        chunks.iter().filter_map(Value::as_str).collect()
    }

    /// Returns a binary stream's bytes.
    pub(crate) fn binary(&self) -> Option<Vec<u8>> {
        let text = self.0["response"]["body_base64"].as_str()?;
        Some(STANDARD.decode(text).expect("base64"))
    }

    /// Returns the JSON of a stream's `data:` lines.
    pub(crate) fn events(&self) -> Vec<Value> {
        let text = self.text();
        let lines = text.lines().filter_map(|line| line.strip_prefix("data:"));
        lines
            .filter(|data| data.trim() != "[DONE]")
            .map(|data| serde_json::from_str(data).expect("an event is JSON"))
            .collect()
    }

    /// Returns the reply in one piece.
    pub(crate) fn whole(&self) -> Reply {
        let body = match self.body() {
            Value::String(text) => text.clone(),
            body => body.to_string(),
        };
        let kind = self.content_type("application/json");
        Reply {
            head: client::answer(self.status(), &[("content-type", kind)], body),
            pieces: Vec::new(),
        }
    }

    /// Returns the reply of a stream, cut inside frames, lines and characters.
    pub(crate) fn cut(&self, seed: u64) -> Reply {
        let binary = self.binary();
        // Some recordings lack the header.
        let kind = match binary {
            Some(_) => "application/vnd.amazon.eventstream",
            None => self.content_type("text/event-stream"),
        };
        let head = format!(
            "HTTP/1.1 {} Status\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n",
            self.status()
        );
        let bytes = binary.unwrap_or_else(|| self.text().into_bytes());
        let mut rest = bytes.as_slice();
        let mut dice = seed;
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let size = usize::try_from(throw(&mut dice) % LONGEST_PIECE + 1).expect("small");
            let (piece, later) = rest.split_at(size.min(rest.len()));
            let size = format!("{:x}\r\n", piece.len());
            pieces.push([size.as_bytes(), piece, b"\r\n"].concat());
            rest = later;
        }
        pieces.push(b"0\r\n\r\n".to_vec());
        Reply {
            head: head.into_bytes(),
            pieces,
        }
    }

    pub(crate) fn content_type<'a>(&'a self, default: &'a str) -> &'a str {
        let headers = &self.0["response"]["headers"];
        // Some recordings had it struck out.
        let kind = headers["content-type"].as_str();
        kind.filter(|kind| kind.contains('/')).unwrap_or(default)
    }
}

/// Returns a number that looks random; the same seed gives the same numbers (Steele's `SplitMix64`).
fn throw(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
