//! What happens to a call: endpoint, limit, translation or byte path, provider, answer, record.
//!
//! Knows no provider by name and serves no HTTP. [`Gateway::call`] is the table of contents.

mod access_log;
mod aliases;
mod answer;
mod answer_head;
mod auth;
#[doc(hidden)]
pub mod bench;
mod body;
mod call;
mod clock;
mod counting;
mod delivery;
mod endpoint;
mod extras;
mod fault;
mod http_client;
mod limit;
mod mask;
mod pipeline;
mod rate_limits;
mod raw;
mod record;
mod relay;
mod reload;
mod request;
mod snapshot;
mod timer;
mod upstream;

pub use access_log::AccessSink;
pub use auth::{Authority, NoAuthority, Signer, Signing, Unsigned};
pub use body::{Body, Cut};
pub use call::{Incoming, Outgoing, Peeked, Refusal};
pub use clock::{rfc3339, rfc3339_of, unix_seconds};
pub use endpoint::{Endpoint, Target};
pub use extras::Extras;
pub use fault::unknown_model;
pub use http_client::HttpClient;
pub use pipeline::Gateway;
pub use raw::{Raw, RawBody};
pub use reload::{ReloadStatus, Reloader, Source};
pub use request::request_id;
pub use snapshot::{BuildError, Snapshot};
