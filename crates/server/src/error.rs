//! Answers that no call stands behind: in the form of the door that the path belongs to.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
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
    /// Returns the form of a path below the root path.
    pub(crate) fn of(path: &str) -> Self {
        let below = |door: &&str| {
            path.strip_prefix(*door)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
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
