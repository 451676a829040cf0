//! Access tokens in the `Authorization` header.

use http::HeaderValue;
use http::header::AUTHORIZATION;
use tidegate_config::Secret;
use tidegate_gateway::{Signer, Signing, Unsigned};
use tidegate_wire::dialect::Fault;

use crate::renewing::{Renewing, Source};

/// Sends the token that a source fetches.
pub(crate) struct TokenSigner<S: Source> {
    tokens: Renewing<S>,
}

/// A token as a header's value, marked so that nothing prints it.
pub(crate) fn bearer(token: &Secret) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose()))
        .map_err(|_| "the access token holds characters that HTTP forbids.".to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}

impl<S: Source<Value = HeaderValue>> TokenSigner<S> {
    pub(crate) fn new(route: &str, source: S) -> Self {
        Self {
            tokens: Renewing::new(route, source),
        }
    }

    async fn authorise(&self, request: &mut Unsigned<'_>) -> Result<(), Fault> {
        let token = self.tokens.get().await?;
        request.headers.insert(AUTHORIZATION, token);
        Ok(())
    }
}

impl<S: Source<Value = HeaderValue>> Signer for TokenSigner<S> {
    fn sign<'a>(&'a self, request: &'a mut Unsigned<'_>) -> Signing<'a> {
        Box::pin(self.authorise(request))
    }
}
