//! The seam to whoever fetches, renews or makes credentials: the gateway asks, and knows no vendor.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};
use tidegate_providers::Auth;
use tidegate_wire::dialect::Fault;

use crate::http_client::HttpClient;

/// Gives each route whose provider asks for it a signer.
pub trait Authority: Send + Sync {
    /// Returns the signer of a route. Called whenever a snapshot is built, so the same route and credentials should give
    /// the same signer; nothing may be fetched yet. What it fetches later goes through `http`. An error says what to
    /// change in the config.
    fn signer(
        &self,
        route: &str,
        auth: &Auth,
        http: &HttpClient,
    ) -> Result<Arc<dyn Signer>, String>;
}

/// Authorises the calls of one route.
pub trait Signer: Send + Sync {
    /// Adds to a request what authorises it. Nothing may change it afterwards. A fault is the answer to the client.
    fn sign<'a>(&'a self, request: &'a mut Unsigned<'_>) -> Signing<'a>;
}

/// The work of a signer. The call's deadline may drop it at any point.
pub type Signing<'a> = Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'a>>;

/// A request that is complete but for its credentials.
#[derive(Debug)]
pub struct Unsigned<'a> {
    /// The method.
    pub method: Method,
    /// The address; the signer of an AWS service fills in scheme and host.
    pub uri: Uri,
    /// All headers but `host` and what belongs to a proxy.
    pub headers: HeaderMap,
    /// The body, in pieces.
    pub body: &'a [Bytes],
}

/// Refuses every provider that needs an authority: for gateways that call none.
#[derive(Clone, Copy, Debug)]
pub struct NoAuthority;

impl Authority for NoAuthority {
    fn signer(&self, _: &str, _: &Auth, _: &HttpClient) -> Result<Arc<dyn Signer>, String> {
        Err("its credentials must be fetched or made for each request, and nothing here can do that".to_owned())
    }
}
