//! Browsers on other origins: refused unless the config names them.

use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use tidegate_gateway::Body;

/// Answer headers that scripts may read.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "x-request-id, request-id, x-tidegate-route, x-tidegate-translation, x-upstream-request-id, server-timing, retry-after",
);

/// Returns the origin to allow, when the request comes from a browser page that the config names.
pub(crate) fn allowed_origin(headers: &HeaderMap, origins: &[String]) -> Option<HeaderValue> {
    let origin = headers.get(header::ORIGIN)?;
    let listed = origins.iter().any(|allowed| {
        allowed == "*"
            || allowed
                .trim_end_matches('/')
                .as_bytes()
                .eq_ignore_ascii_case(origin.as_bytes())
    });
    listed.then(|| origin.clone())
}

/// True for a request that a page of another site makes a browser send. Where it makes a call, and the config does not
/// name the site, it is refused: such a page could otherwise spend money through a gateway on its visitor's machine.
pub(crate) fn is_cross_site(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_some_and(|site| site == "cross-site")
}

/// Answers a preflight request.
pub(crate) fn preflight(headers: &HeaderMap, origin: HeaderValue) -> Response<Body> {
    let mut response = Response::new(Body::Full(bytes::Bytes::new()));
    *response.status_mut() = StatusCode::NO_CONTENT;
    let out = response.headers_mut();
    out.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE"),
    );
    if let Some(wanted) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        out.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    out.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static("600"),
    );
    allow(out, origin);
    response
}

/// Adds the headers that let the page read the answer.
pub(crate) fn allow(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers.append(header::VARY, HeaderValue::from_static("origin"));
}
