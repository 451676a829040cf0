//! The model providers: what they accept in a config file, how a request reaches them, how their answers read.
//!
//! Pure: a provider takes values and returns values. Connections, clocks and retries belong to the gateway.

mod auth;
mod call;
mod carriage;
mod conversing;
mod emulation;
mod encoded;
mod failure;
mod parameters;
mod provider;
mod quirks;
mod registry;
mod support;

mod ai21labs;
mod anthropic;
mod azure;
mod bedrock;
mod cohere;
mod databricks;
mod gemini;
mod huggingface;
mod mistral;
mod mlflow_serving;
mod mosaicml;
mod ollama;
mod openai;
mod openai_compatible;
mod palm;
mod sandbox;
mod togetherai;
mod vertex;

pub use auth::{
    Auth, AwsAuth, AwsCredentials, AzureAuth, AzureIdentity, ClientCredentials, GoogleAuth,
};
pub use call::CallHead;
pub use carriage::{CHAT_MEMBERS, Carriage, Carried, EMBEDDINGS_MEMBERS, Kind, Others};
pub use conversing::{Known, Recall, refuse_foreign};
pub use emulation::EmulatedDecoder;
pub use encoded::Encoded;
pub use failure::Failure;
pub use parameters::{Extra, Fate, Parameters, Standard};
pub use provider::{
    Local, LocalReply, LocalRequest, Mender, ModelEdit, Native, Provider, ProviderSpec, Transport,
    Unwrapper, UpstreamHead,
};
pub use quirks::{Quirk, Quirks, Thoughts};
pub use registry::{PROVIDERS, catalog, find};
pub use support::mender::MendedDecoder;
