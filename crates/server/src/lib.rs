//! The front doors: HTTP in, HTTP out. No policy: what a call may do and where it goes is the gateway's business.

mod app;
mod assets;
mod body;
mod cors;
mod doors;
mod error;
mod health;
mod listen;
mod metadata;
pub mod openapi;
mod router;

pub use app::{App, Options};
pub use listen::Server;
