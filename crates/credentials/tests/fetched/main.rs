//! Credentials fetched over real connections, from servers on this machine that play AWS, Google and an OAuth server.

#![expect(
    clippy::unwrap_used,
    reason = "a panic here is a failed test; clippy's own exception covers test functions only, not their helpers"
)]

mod aws;
mod chain;
mod google;
mod oauth;
mod process;
mod sts;

use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE};
use tidegate_config::ProcessEnvironment;
use tidegate_credentials::Signers;
use tidegate_gateway::{Authority, HttpClient, Signer, Snapshot, Unsigned};
use tidegate_providers::Auth;

/// A config with a route that needs a signer; it is never called.
const CONFIG: &str = r"
endpoints:
  - name: r
    endpoint_type: llm/v1/chat
    model:
      provider: azuread
      config:
        openai_api_base: https://h
        openai_api_version: v
        openai_deployment_name: d
        azure_tenant_id: t
        azure_client_id: c
        azure_client_secret: s
";

/// Keeps the HTTP client that it is lent.
#[derive(Default)]
struct Keeper(Mutex<Option<HttpClient>>);

impl Authority for Keeper {
    fn signer(
        &self,
        route: &str,
        auth: &Auth,
        http: &HttpClient,
    ) -> Result<Arc<dyn Signer>, String> {
        *self.0.lock().unwrap() = Some(http.clone());
        Signers::default().signer(route, auth, http)
    }
}

/// Returns the HTTP client of a gateway.
fn http() -> HttpClient {
    let catalog = tidegate_providers::catalog();
    let config = tidegate_config::parse(CONFIG, Path::new("test"), catalog, &ProcessEnvironment);
    let keeper = Keeper::default();
    Snapshot::build(config.unwrap().config, &keeper, None, true).unwrap();
    keeper.0.into_inner().unwrap().unwrap()
}

/// Returns what signs the calls of a route with these credentials.
fn signer(auth: &Auth) -> Arc<dyn Signer> {
    Signers::default().signer("r", auth, &http()).unwrap()
}

/// Signs a request and returns its address and its headers, or the fault's status and message.
async fn sign(signer: &dyn Signer) -> Result<(String, HeaderMap), (u16, String)> {
    let json = http::HeaderValue::from_static("application/json");
    let mut request = Unsigned {
        method: http::Method::POST,
        uri: http::Uri::from_static("/model/anthropic.claude-v2%3A1/invoke"),
        headers: HeaderMap::from_iter([(ACCEPT, json.clone()), (CONTENT_TYPE, json)]),
        body: &[Bytes::from_static(b"{}")],
    };
    match signer.sign(&mut request).await {
        Ok(()) => Ok((request.uri.to_string(), request.headers)),
        Err(fault) => Err((fault.status, fault.message)),
    }
}
