//! Credentials that are fetched, renewed or made for each request: AWS signatures, Azure AD, Google Cloud, OAuth's client
//! credentials.
//!
//! The only crate that knows the vendors' libraries. They get the gateway's HTTP client, so proxies and the CA bundle hold
//! for them too. Nothing is fetched before the first call that needs it.

mod aws;
mod azure;
mod fault;
mod google;
mod oauth;
mod renewing;
mod signers;
mod token;

pub use signers::Signers;
