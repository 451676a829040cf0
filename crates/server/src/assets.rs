//! The files of the docs page, embedded.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use tidegate_gateway::Body;

/// Nothing from another host, nothing inline.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

macro_rules! assets {
    ($($name:literal = $path:literal, $kind:literal;)*) => {
        &[$(Asset {
            name: $name,
            kind: $kind,
            bytes: include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/", $path)),
        }),*]
    };
}

static ASSETS: &[Asset] = assets![
    "answer.js" = "docs/answer.js", "text/javascript; charset=utf-8";
    "docs.css" = "docs/docs.css", "text/css; charset=utf-8";
    "docs.js" = "docs/docs.js", "text/javascript; charset=utf-8";
    "dom.js" = "docs/dom.js", "text/javascript; charset=utf-8";
    "editor.js" = "docs/editor.js", "text/javascript; charset=utf-8";
    "favicon.svg" = "docs/favicon.svg", "image/svg+xml";
    "index.html" = "docs/index.html", "text/html; charset=utf-8";
    "output.js" = "docs/output.js", "text/javascript; charset=utf-8";
    "panel.css" = "docs/panel.css", "text/css; charset=utf-8";
    "panel.js" = "docs/panel.js", "text/javascript; charset=utf-8";
    "reload.js" = "docs/reload.js", "text/javascript; charset=utf-8";
    "routes.js" = "docs/routes.js", "text/javascript; charset=utf-8";
    "snippets.js" = "docs/snippets.js", "text/javascript; charset=utf-8";
    "sse.js" = "docs/sse.js", "text/javascript; charset=utf-8";
    "stream.js" = "docs/stream.js", "text/javascript; charset=utf-8";
    "swagger-ui/swagger-ui-bundle.js" = "vendor/swagger-ui/swagger-ui-bundle.js", "text/javascript; charset=utf-8";
    "swagger-ui/swagger-ui.css" = "vendor/swagger-ui/swagger-ui.css", "text/css; charset=utf-8";
    "swagger.css" = "docs/swagger.css", "text/css; charset=utf-8";
    "swagger.js" = "docs/swagger.js", "text/javascript; charset=utf-8";
];

/// Answers with an asset.
pub(crate) fn serve(name: &str) -> Option<Response<Body>> {
    let asset = ASSETS.iter().find(|asset| asset.name == name)?;
    let mut response = Response::new(Body::Full(Bytes::from_static(asset.bytes)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Some(response)
}

/// Sends a browser elsewhere, by a relative address.
pub(crate) fn redirect(to: &str) -> Response<Body> {
    let mut response = Response::new(Body::Full(Bytes::new()));
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}
