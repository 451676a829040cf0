//! The gateway's HTTP client in the shape that Azure's library takes.

use std::time::Duration;

use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::Headers;
use azure_core::http::request::Body;
use azure_core::http::{AsyncRawResponse, HttpClient, Request};
use bytes::Bytes;
use http::Method;

/// How long a token server may take for one answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The gateway's client, lent.
#[derive(Debug)]
pub(super) struct Lent(pub(super) tidegate_gateway::HttpClient);

#[async_trait::async_trait]
impl HttpClient for Lent {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let answer = self
            .0
            .send(translate(request)?, PATIENCE)
            .await
            .map_err(|fault| Error::with_message(ErrorKind::Io, fault.message))?;
        let mut headers = Headers::new();
        for (name, value) in answer.headers() {
            if let Ok(text) = value.to_str() {
                headers.insert(name.as_str().to_owned(), text.to_owned());
            }
        }
        let status = answer.status().as_u16().into();
        Ok(AsyncRawResponse::from_bytes(
            status,
            headers,
            answer.into_body(),
        ))
    }
}

fn translate(request: &Request) -> azure_core::Result<http::Request<Bytes>> {
    let Body::Bytes(body) = request.body() else {
        let message = "a request for a token has no body that is a stream";
        return Err(Error::with_message(ErrorKind::Other, message));
    };
    let method = Method::from_bytes(request.method().as_str().as_bytes())
        .map_err(|error| Error::new(ErrorKind::Other, error))?;
    let mut builder = http::Request::builder()
        .method(method)
        .uri(request.url().as_str());
    for (name, value) in request.headers().iter() {
        builder = builder.header(name.as_str(), value.as_str());
    }
    builder
        .body(body.clone())
        .map_err(|error| Error::new(ErrorKind::Other, error))
}
