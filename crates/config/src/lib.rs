//! The config file: text in, checked values or good errors out.
//!
//! Knows no provider by name; what providers accept comes in as a [`Catalog`]. Reads files (the config and key files)
//! and environment variables, and nothing else: no network, no threads.

mod catalog;
mod environment;
mod error;
mod excerpt;
mod extras;
mod known;
mod load;
mod mask;
mod model;
mod problem;
mod reader;
mod schema;
mod secret;
mod section;
mod yaml;

pub use catalog::{
    Catalog, Field, FieldKind, FieldProblem, KeySource, ProviderFields, Settings, Value,
};
pub use environment::{Environment, ProcessEnvironment, absolute, expand_home};
pub use error::ConfigError;
pub use extras::{ExtraPair, Extras};
pub use load::{Loaded, MAX_FILE_BYTES, parse, read, read_text};
pub use model::{
    AccessLog, AliasConfig, Config, EndpointConfig, LimitConfig, MlflowDialect, ModelConfig,
    ServerConfig, SplitConfig, UpstreamConfig,
};
pub use problem::{Problem, Severity, Span};
pub use schema::schema;
pub use secret::Secret;
pub use section::{SECTIONS, Section, SectionKey, SectionKind};
