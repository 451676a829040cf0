//! Which route has which signer. A signer holds what was fetched, so it outlives a reload that leaves its route alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tidegate_gateway::{Authority, HttpClient, Signer};
use tidegate_providers::Auth;

use crate::aws::AwsSigner;
use crate::azure::AzureToken;
use crate::google::GoogleSigner;
use crate::oauth::OAuthToken;
use crate::token::TokenSigner;

/// The signers of all routes, as long as a snapshot holds them.
#[derive(Default)]
pub struct Signers(Mutex<HashMap<String, Vec<Known>>>);

/// One signer of a route. During a reload a route has two: the calls in flight end with the one they began with.
struct Known {
    auth: Auth,
    http: HttpClient,
    signer: Weak<dyn Signer>,
}

impl Authority for Signers {
    fn signer(
        &self,
        route: &str,
        auth: &Auth,
        http: &HttpClient,
    ) -> Result<Arc<dyn Signer>, String> {
        let mut routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        routes.retain(|_, known| {
            known.retain(|one| one.signer.strong_count() > 0);
            !known.is_empty()
        });
        let known = routes.entry(route.to_owned()).or_default();
        let same = known
            .iter()
            .find(|one| one.auth == *auth && one.http == *http);
        if let Some(signer) = same.and_then(|one| one.signer.upgrade()) {
            return Ok(signer);
        }
        let signer = build(route, auth, http)?;
        known.push(Known {
            auth: auth.clone(),
            http: http.clone(),
            signer: Arc::downgrade(&signer),
        });
        Ok(signer)
    }
}

fn build(route: &str, auth: &Auth, http: &HttpClient) -> Result<Arc<dyn Signer>, String> {
    Ok(match auth {
        Auth::Aws(aws) => Arc::new(AwsSigner::new(route, aws.clone(), http)),
        Auth::Azure(azure) => {
            let source = AzureToken::new(route, azure, http)?;
            Arc::new(TokenSigner::new(route, source))
        }
        Auth::ClientCredentials(client) => {
            let source = OAuthToken::new(route, client, http)?;
            Arc::new(TokenSigner::new(route, source))
        }
        Auth::Google(google) => Arc::new(GoogleSigner::new(route, google, http)?),
    })
}
