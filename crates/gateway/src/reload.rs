//! Hot reload: the config file is watched, and a new snapshot put in place when its text has changed for good.
//!
//! The file is looked at through its name, many times a second, so that symlink swaps (Kubernetes), editors that replace
//! the file, and file systems without notification all work. Text decides, not time stamps.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tidegate_config::{Config, ConfigError, Loaded};

use crate::auth::Authority;
use crate::clock;
use crate::pipeline::Gateway;
use crate::snapshot::Snapshot;

/// How often the file's status is looked at. A change must be seen twice, so that a half-written file is not read.
const LOOK: Duration = Duration::from_millis(40);

/// Looks after which the text is read even if the status has not changed.
const READ_ANYWAY: u32 = 25;

/// Where snapshots come from: a path, how to read it, and who authorises the calls.
pub struct Source {
    /// The file's absolute path, not resolved.
    pub path: PathBuf,
    /// Reads a text as a config.
    pub parse: fn(&str, &Path) -> Result<Loaded, ConfigError>,
    /// Gives signers to the routes that need one.
    pub authority: Arc<dyn Authority>,
}

/// What `GET /health?verbose` tells.
#[derive(Clone, Debug)]
pub struct ReloadStatus {
    /// Generation of the snapshot in service.
    pub generation: u64,
    /// When it was put in place, RFC 3339.
    pub last_reload: String,
    /// Why the file's present text is not in service.
    pub error: Option<String>,
}

/// Watches a config file.
pub struct Reloader {
    gateway: Arc<Gateway>,
    source: Source,
    status: Mutex<ReloadStatus>,
    /// The last text that was read, good or bad.
    seen: Mutex<Option<String>>,
}

/// What tells one version of a file from another at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Glance {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Glance {
    fn at(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().as_ref().map(Self::from)
    }
}

impl From<&Metadata> for Glance {
    fn from(file: &Metadata) -> Self {
        Self {
            device: file.dev(),
            inode: file.ino(),
            size: file.size(),
            modified: (file.mtime(), file.mtime_nsec()),
            changed: (file.ctime(), file.ctime_nsec()),
        }
    }
}

impl Reloader {
    /// Takes over from a start that has read `text`.
    pub fn new(gateway: Arc<Gateway>, source: Source, text: String) -> Self {
        let status = ReloadStatus {
            generation: gateway.snapshot().generation,
            last_reload: clock::rfc3339(),
            error: None,
        };
        Self {
            gateway,
            source,
            status: Mutex::new(status),
            seen: Mutex::new(Some(text)),
        }
    }

    /// Returns what was last reloaded, and what is wrong with the file.
    pub fn status(&self) -> ReloadStatus {
        self.status
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Watches until `orders` is closed. An order reloads at once, even when the text is the same: key files and the
    /// access log are opened again.
    pub fn watch(&self, orders: &Receiver<()>) {
        let mut settled = Glance::at(&self.source.path);
        let mut last = settled;
        let mut looks = 0_u32;
        loop {
            match orders.recv_timeout(LOOK) {
                Ok(()) => self.reload(true),
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
            let glance = Glance::at(&self.source.path);
            looks = (looks + 1) % READ_ANYWAY;
            let stable = glance == last;
            last = glance;
            if stable && (glance != settled || looks == 0) {
                match glance {
                    Some(_) => self.reload(false),
                    None if settled.is_some() => self.deleted(),
                    None => {}
                }
                settled = glance;
            }
        }
    }

    /// Notes that the file is gone. Whatever comes back is news, the old text too: it ends the error.
    fn deleted(&self) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let error = format!("{} deleted", self.source.path.display());
        tracing::warn!("{error}: the last good config stays in service");
        self.set_error(error);
    }

    /// Reads the file and, if its text is new or `forced`, puts it in service.
    fn reload(&self, forced: bool) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let text = match tidegate_config::read_text(&self.source.path) {
            Ok(text) => text,
            Err(error) => {
                *seen = None;
                return self.keep(&error);
            }
        };
        if !forced && seen.as_deref() == Some(&text) {
            return;
        }
        let outcome = (self.source.parse)(&text, &self.source.path);
        *seen = Some(text);
        match outcome {
            Ok(loaded) => {
                for warning in &loaded.warnings {
                    tracing::warn!("{warning}");
                }
                self.put(loaded.config, forced);
            }
            Err(error) => self.keep(&error),
        }
    }

    fn put(&self, config: Config, afresh: bool) {
        let before = self.gateway.snapshot();
        match Snapshot::build(config, &*self.source.authority, Some(&before), afresh) {
            Ok(snapshot) => {
                let (generation, endpoints) = (snapshot.generation, snapshot.endpoints.len());
                self.gateway.replace(snapshot);
                *self.status.lock().unwrap_or_else(PoisonError::into_inner) = ReloadStatus {
                    generation,
                    last_reload: clock::rfc3339(),
                    error: None,
                };
                tracing::info!(generation, endpoints, "configuration updated");
            }
            Err(error) => self.keep(&error),
        }
    }

    /// Keeps the snapshot in service and says why.
    fn keep(&self, error: &impl std::fmt::Display) {
        let error = error.to_string();
        tracing::warn!("Invalid configuration: {error}");
        self.set_error(error);
    }

    fn set_error(&self, error: String) {
        let mut status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        status.error = Some(error);
    }
}
