//! The config file: text in, checked values or good errors out.
//!
//! Knows no provider by name; what providers accept comes in as a [`Catalog`]. Reads files (the config and key files)
//! and environment variables, and nothing else: no network, no threads.

mod catalog;
mod model;
mod secret;

pub use catalog::{
    Catalog, Field, FieldKind, FieldProblem, KeySource, ProviderFields, Settings, Value,
};
pub use model::{
    AccessLog, Config, EndpointConfig, LimitConfig, MlflowDialect, ModelConfig, ServerConfig,
    SplitConfig, UpstreamConfig,
};
pub use secret::Secret;
