//! Answers that no call stands behind: in the form of the door that the path belongs to.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::Value;
use tidegate_gateway::Body;
use tidegate_wire::dialect::anthropic::Anthropic;
use tidegate_wire::dialect::mlflow::{Era, Mlflow};
use tidegate_wire::dialect::openai::OpenAi;
use tidegate_wire::dialect::{Dialect, Fault};

/// In whose form a path's errors are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `{"detail": …}`.
    Mlflow,
    /// `{"error": {…}}`.
    OpenAi,
    /// `{"type": "error", "error": {…}}`.
    Anthropic,
}

impl Form {
    /// Returns the form of a request to a path below the root path. On the paths of models, which two APIs share, a header
    /// tells whose client asks.
    pub(crate) fn asked(path: &str, headers: &HeaderMap) -> Self {
        match Self::of(path) {
            Self::OpenAi if wants_anthropic(headers) && is_below(path, "/v1/models") => {
                Self::Anthropic
            }
            form => form,
        }
    }

    /// Returns the form of a path below the root path.
    pub(crate) fn of(path: &str) -> Self {
        let below = |door: &&str| is_below(path, door);
        if ["/v1/messages", "/gateway/anthropic/v1"].iter().any(below) {
            Self::Anthropic
        } else if ["/v1", "/gateway/mlflow/v1", "/gateway/openai/v1"]
            .iter()
            .any(below)
        {
            Self::OpenAi
        } else {
            Self::Mlflow
        }
    }

    /// Writes a fault: status and JSON body.
    pub(crate) fn write(self, fault: &Fault) -> (StatusCode, Bytes) {
        let (status, body) = match self {
            Self::Mlflow => Mlflow(Era::Endpoints).error(fault),
            Self::OpenAi => OpenAi.error(fault),
            Self::Anthropic => Anthropic.error(fault),
        };
        (
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            body,
        )
    }

    /// Writes a fault as a response.
    pub(crate) fn response(self, fault: &Fault) -> Response<Body> {
        let (status, body) = self.write(fault);
        json_bytes(status, body)
    }
}

/// True for a path and all below it.
fn is_below(path: &str, door: &str) -> bool {
    path.strip_prefix(door)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// True for clients of Anthropic's API.
fn wants_anthropic(headers: &HeaderMap) -> bool {
    headers.contains_key("anthropic-version")
}

/// Returns a JSON response.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response<Body> {
    json_bytes(status, Bytes::from(body.to_string()))
}

fn json_bytes(status: StatusCode, body: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::Full(body));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
