//! The gateway's HTTP client in the shape that AWS's libraries take.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;

/// How long one answer may take where the library sets no limit.
const PATIENCE: Duration = Duration::from_secs(10);

/// The gateway's client, lent.
#[derive(Clone, Debug)]
pub(super) struct Lent(pub(super) tidegate_gateway::HttpClient);

/// The gateway's client, with a limit on time.
#[derive(Clone, Debug)]
struct Limited {
    http: tidegate_gateway::HttpClient,
    limit: Duration,
}

impl HttpClient for Lent {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let limit = settings.read_timeout().map_or(PATIENCE, |read| {
            read + settings.connect_timeout().unwrap_or_default()
        });
        SharedHttpConnector::new(Limited {
            http: self.0.clone(),
            limit,
        })
    }
}

impl HttpConnector for Limited {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let this = self.clone();
        HttpConnectorFuture::new(async move { this.exchange(request).await })
    }
}

impl Limited {
    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request
            .try_into_http1x()
            .map_err(|error| ConnectorError::user(error.into()))?;
        let (head, body) = request.into_parts();
        let body = body
            .bytes()
            .map(Bytes::copy_from_slice)
            .ok_or_else(|| ConnectorError::user("the body is a stream".into()))?;
        let request = http::Request::from_parts(head, body);
        let answer = self.http.send(request, self.limit).await;
        let answer = answer.map_err(|fault| match fault.status {
            504 => ConnectorError::timeout(fault.message.into()),
            _ => ConnectorError::io(fault.message.into()),
        })?;
        HttpResponse::try_from(answer.map(SdkBody::from))
            .map_err(|error| ConnectorError::other(error.into(), None))
    }
}
