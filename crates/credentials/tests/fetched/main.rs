//! Credentials fetched over real connections, from servers on this machine that play AWS and an OAuth server.

#![expect(
    clippy::unwrap_used,
    reason = "a panic here is a failed test; clippy's own exception covers test functions only, not their helpers"
)]

mod aws;
mod oauth;

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

/// Gives every route the signer of other credentials than it asked for.
struct Instead {
    auth: Auth,
    signers: Signers,
    given: Mutex<Option<Arc<dyn Signer>>>,
}

impl Authority for Instead {
    fn signer(&self, route: &str, _: &Auth, http: &HttpClient) -> Result<Arc<dyn Signer>, String> {
        let signer = self.signers.signer(route, &self.auth, http)?;
        *self.given.lock().unwrap() = Some(signer.clone());
        Ok(signer)
    }
}

/// Returns what signs the calls of a route with these credentials, over the connections of a gateway. The snapshot holds
/// those.
fn signer(auth: Auth) -> (Arc<dyn Signer>, Snapshot) {
    let catalog = tidegate_providers::catalog();
    let config = tidegate_config::parse(CONFIG, Path::new("test"), catalog, &ProcessEnvironment);
    let instead = Instead {
        auth,
        signers: Signers::default(),
        given: Mutex::default(),
    };
    let snapshot = Snapshot::build(config.unwrap().config, &instead, None, true).unwrap();
    let signer = instead.given.lock().unwrap().take();
    (signer.unwrap(), snapshot)
}

/// Signs a request and returns its address and its headers, or the fault's status and message.
async fn sign(signer: &dyn Signer) -> Result<(String, HeaderMap), (u16, String)> {
    let json = http::HeaderValue::from_static("application/json");
    let mut request = Unsigned {
        uri: http::Uri::from_static("/model/anthropic.claude-v2%3A1/invoke"),
        headers: HeaderMap::from_iter([(ACCEPT, json.clone()), (CONTENT_TYPE, json)]),
        body: &[Bytes::from_static(b"{}")],
    };
    match signer.sign(&mut request).await {
        Ok(()) => Ok((request.uri.to_string(), request.headers)),
        Err(fault) => Err((fault.status, fault.message)),
    }
}
