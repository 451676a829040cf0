//! The canonical words of Tidegate and the dialects in which clients and providers speak them.
//!
//! Pure: values in, values out. No IO, no clock, no randomness, no async, no vendor policy.

pub mod conversation;
pub mod dialect;
mod endings;
pub mod event;
pub mod fold;
pub mod frame;
pub mod json;
mod operation;
mod request;
mod translation;
mod usage;
pub mod vector;

pub use endings::Endings;
pub use operation::Operation;
pub use request::{
    Asked, ChatRequest, CompletionsRequest, EmbeddingsRequest, Message, Request, Sampling,
    Temperature, TemperatureScale, Words,
};
pub use translation::Translation;
pub use usage::{Counts, Usage, count};
