//! The config as meant: checked values that the gateway builds its snapshot from.

use std::path::PathBuf;
use std::time::Duration;

use tidegate_wire::Operation;

use crate::{Extras, ProviderFields, Settings};

/// A whole, valid config file.
#[derive(Clone, Debug)]
pub struct Config {
    /// Endpoints in the order of the file: `routes` first, then `endpoints`.
    pub endpoints: Vec<EndpointConfig>,
    /// Traffic splits in the order of the file.
    pub splits: Vec<SplitConfig>,
    /// Other names, in the order of the file.
    pub aliases: Vec<AliasConfig>,
    /// Which MLflow the `/gateway/...` door imitates.
    pub mlflow_dialect: MlflowDialect,
    /// Limits and behaviour of the listening side.
    pub server: ServerConfig,
    /// Limits and behaviour of the calling side.
    pub upstream: UpstreamConfig,
}

/// One endpoint (MLflow: route).
#[derive(Clone, Debug)]
pub struct EndpointConfig {
    /// Unique name; matches `[\w\-.]+`.
    pub name: String,
    /// What it offers.
    pub operation: Operation,
    /// Where calls go.
    pub model: ModelConfig,
    /// Rate limit, if any.
    pub limit: Option<LimitConfig>,
    /// True when a request that the provider cannot be told whole is refused.
    pub strict: bool,
}

/// A `model:` block.
#[derive(Clone)]
pub struct ModelConfig {
    /// The provider's row of the catalog.
    pub provider: &'static ProviderFields,
    /// Upstream model name.
    pub name: Option<String>,
    /// Checked `config:` values.
    pub settings: Settings,
    /// What the block adds to each call.
    pub extras: Extras,
}

impl std::fmt::Debug for ModelConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ModelConfig")
            .field("provider", &self.provider.name)
            .field("name", &self.name)
            .field("settings", &self.settings)
            .field("extras", &self.extras)
            .finish()
    }
}

/// An entry with `destinations`: one name over several endpoints.
#[derive(Clone, Debug)]
pub struct SplitConfig {
    /// Unique among endpoints and splits.
    pub name: String,
    /// What it offers; the same as every destination's.
    pub operation: Operation,
    /// Endpoint names with their weights; at least one weight is positive.
    pub destinations: Vec<(String, u32)>,
}

/// A name that stands for an endpoint or a split where `model` names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasConfig {
    /// What clients send, 1 to 256 bytes; each `*` stands for any text, none included. Not the name of an endpoint.
    pub pattern: String,
    /// The name of an endpoint or a split.
    pub target: String,
}

/// A `limit:` block: at most `calls` in each window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitConfig {
    /// Calls allowed per window; 0 refuses every call.
    pub calls: u64,
    /// As written, for metadata answers.
    pub renewal_period: String,
    /// Shown in metadata, otherwise ignored, as MLflow does.
    pub key: Option<String>,
    /// Multiplier of the unit, at least 1.
    pub multiple: u64,
    /// `second`, `minute`, `hour`, `day`, `month` or `year`.
    pub unit: &'static str,
    /// Length of the window; a month has 30 days and a year 360.
    pub window: Duration,
}

/// Which MLflow releases the `/gateway/...` door imitates (decision N1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MlflowDialect {
    /// Answer in the shape the request speaks; both when it does not tell.
    #[default]
    Auto,
    /// MLflow 2.8 and older.
    Candidates,
    /// MLflow 2.9 to 2.22.
    Choices,
}

/// The `server:` section.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Path prefix under which a path-keeping proxy forwards to us, e.g. `/llm`; empty for none.
    pub root_path: String,
    /// Largest request body in bytes.
    pub max_body_bytes: usize,
    /// Largest request head in bytes.
    pub max_header_bytes: usize,
    /// Most header fields in a request.
    pub max_headers: usize,
    /// Deepest nesting of a JSON body.
    pub max_json_depth: usize,
    /// Most values in a JSON body that has to be parsed.
    pub max_json_values: usize,
    /// Most connections open at once.
    pub max_connections: usize,
    /// Time for a request's head to arrive, from its first byte.
    pub header_timeout: Duration,
    /// Time for a request's body to arrive whole.
    pub body_timeout: Duration,
    /// Time an idle kept-alive connection stays open.
    pub keep_alive_timeout: Duration,
    /// Time without progress after which a client that does not read its answer is let go.
    pub write_timeout: Duration,
    /// Time that calls in flight have to finish when the process is asked to stop.
    pub drain_timeout: Duration,
    /// Origins that browsers may call from; `*` for any. Empty: no CORS headers.
    pub cors_origins: Vec<String>,
    /// Where the access log goes.
    pub access_log: AccessLog,
}

/// Where access-log lines go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessLog {
    /// Among the other logs, on standard error.
    Stderr,
    /// Nowhere.
    Off,
    /// To this file, reopened on SIGHUP.
    File(PathBuf),
}

/// The `upstream:` section.
#[derive(Clone, Debug)]
pub struct UpstreamConfig {
    /// Time to a usable connection (TCP and TLS).
    pub connect_timeout: Duration,
    /// Time from sending the request to the answer's head; the total limit unless set.
    pub first_byte_timeout: Duration,
    /// Longest silence inside an answer whose body has begun.
    pub idle_timeout: Duration,
    /// Bound on a plain answer and on the wait for a stream's first event.
    pub total_timeout: Duration,
    /// Bound on a whole stream; none by default.
    pub stream_timeout: Option<Duration>,
    /// Largest plain answer in bytes.
    pub max_response_bytes: usize,
    /// Largest single frame of a stream in bytes.
    pub max_frame_bytes: usize,
    /// PEM file with further trusted certificate authorities.
    pub ca_bundle: Option<PathBuf>,
    /// Client headers forwarded upstream besides the built-in list; lower case.
    pub forward_headers: Vec<String>,
    /// Idle connections kept per upstream host.
    pub max_idle_per_host: usize,
}
