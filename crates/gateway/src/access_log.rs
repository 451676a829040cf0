//! The access log: one line per call.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde_json::json;
use tidegate_config::AccessLog;
use tidegate_wire::Operation;

use crate::clock;
use crate::record::Record;

/// Where lines go.
#[derive(Debug)]
pub enum AccessSink {
    /// Among the other logs.
    Logs,
    /// Nowhere.
    Off,
    /// Appended to a file as JSON lines.
    File {
        /// The file's path.
        path: PathBuf,
        /// The open file; one write per line.
        file: Mutex<File>,
    },
}

impl AccessSink {
    /// Opens the sink that the config names.
    pub fn open(config: &AccessLog) -> Result<Self, String> {
        match config {
            AccessLog::Stderr => Ok(Self::Logs),
            AccessLog::Off => Ok(Self::Off),
            AccessLog::File(path) => {
                let file = append(path)?;
                Ok(Self::File {
                    path: path.clone(),
                    file: Mutex::new(file),
                })
            }
        }
    }

    /// True when this sink is what the config names, so that it can be kept over a reload.
    pub(crate) fn serves(&self, config: &AccessLog) -> bool {
        match (self, config) {
            (Self::Logs, AccessLog::Stderr) | (Self::Off, AccessLog::Off) => true,
            (Self::File { path, .. }, AccessLog::File(wanted)) => path == wanted,
            _ => false,
        }
    }

    pub(crate) fn write(&self, record: &Record) {
        match self {
            Self::Off => {}
            Self::Logs => log(record),
            Self::File { path, file } => {
                let line = format!("{}\n", line(record));
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                if let Err(error) = file.write_all(line.as_bytes()) {
                    tracing::error!(path = %path.display(), %error, "the access log cannot be written");
                }
            }
        }
    }
}

fn append(path: &Path) -> Result<File, String> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(|error| {
            format!(
                "the access log `{}` cannot be opened: {error}",
                path.display()
            )
        })
}

fn millis(time: std::time::Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

fn log(record: &Record) {
    let usage = record.usage.as_ref();
    tracing::info!(
        target: "tidegate::access",
        request_id = record.id.to_str().unwrap_or_default(),
        door = record.door,
        route = &*record.route,
        operation = record.operation.map(Operation::name),
        provider = record.provider,
        model = record.model.as_deref(),
        status = record.status,
        stream = record.streamed,
        outcome = record.outcome.name(),
        error = record.error.as_deref(),
        translation = record.translation.as_deref(),
        prompt_tokens = usage.and_then(|usage| usage.prompt_tokens),
        completion_tokens = usage.and_then(|usage| usage.completion_tokens),
        total_ms = millis(record.began.elapsed()),
        upstream_ms = millis(record.upstream_time()),
        bytes_in = record.bytes_in,
        bytes_out = record.bytes_out,
        "call"
    );
}

fn line(record: &Record) -> serde_json::Value {
    let usage = record.usage.as_ref();
    json!({
        "time": clock::rfc3339(),
        "request_id": record.id.to_str().unwrap_or_default(),
        "door": record.door,
        "route": &*record.route,
        "operation": record.operation.map(Operation::name),
        "provider": record.provider,
        "model": record.model,
        "status": record.status,
        "stream": record.streamed,
        "outcome": record.outcome.name(),
        "error": record.error,
        "translation": record.translation,
        "prompt_tokens": usage.and_then(|usage| usage.prompt_tokens),
        "completion_tokens": usage.and_then(|usage| usage.completion_tokens),
        "total_ms": millis(record.began.elapsed()),
        "upstream_ms": millis(record.upstream_time()),
        "bytes_in": record.bytes_in,
        "bytes_out": record.bytes_out,
    })
}
