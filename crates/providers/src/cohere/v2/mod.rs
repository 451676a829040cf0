//! Version 2 of the API, for doors that alter nothing in silence: `/chat` and `/embed`.
//!
//! Source: Cohere's API reference and its own Python client, version 5, as sampled in November 2026, and recorded traffic.

mod answer;
mod call;
mod chat;
mod embed;
mod logprobs;
mod messages;
mod reason;
mod stream;
mod thinking;
mod tools;
mod usage;

pub(super) use chat::{CARRIED as CHAT, body as chat};
pub(super) use embed::{CARRIED as EMBEDDINGS, body as embed, read as vectors};
pub(super) use stream::ChatDecoder;
