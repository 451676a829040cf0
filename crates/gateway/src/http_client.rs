//! The gateway's own way to HTTP servers, lent to whoever fetches credentials or imports a config: same connections,
//! proxies and CA bundle.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tidegate_config::UpstreamConfig;
use tidegate_wire::dialect::Fault;
use tokio::time::Instant;

use crate::upstream::{Upstream, read_capped};

/// The largest answer that is read, in bytes. Tokens and keys take a few thousand.
const LARGEST_ANSWER: usize = 1024 * 1024;

/// A handle to the gateway's connections. Two handles are equal when they share them.
#[derive(Clone)]
pub struct HttpClient {
    upstream: Arc<Upstream>,
    limits: Arc<UpstreamConfig>,
}

impl HttpClient {
    /// Makes a client for a program that serves nothing; `config` says what bounds it.
    pub fn alone(config: &UpstreamConfig) -> Result<Self, String> {
        Ok(Self {
            upstream: Upstream::build(config, None)?,
            limits: Arc::new(config.clone()),
        })
    }

    pub(crate) fn new(upstream: Arc<Upstream>, limits: &UpstreamConfig) -> Self {
        let mut limits = limits.clone();
        limits.max_response_bytes = LARGEST_ANSWER;
        Self {
            upstream,
            limits: Arc::new(limits),
        }
    }

    /// Sends a request and reads its answer to the end, within `limit`. A fault means that there is no whole answer.
    pub async fn send(
        &self,
        request: Request<Bytes>,
        limit: Duration,
    ) -> Result<Response<Bytes>, Fault> {
        let limits = UpstreamConfig {
            total_timeout: limit,
            ..UpstreamConfig::clone(&self.limits)
        };
        let deadline = Instant::now() + limit;
        let request = request.map(Into::into);
        let answer = self.upstream.exchange(request, &limits, deadline).await?;
        let body = read_capped(answer.body, &limits, deadline).await?;
        let mut response = Response::new(body);
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").finish_non_exhaustive()
    }
}

impl PartialEq for HttpClient {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.upstream, &other.upstream)
    }
}
