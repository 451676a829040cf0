//! Reads error bodies: nearly every provider puts its words in one of a few places.

use http::StatusCode;
use serde_json::Value;

use crate::Failure;

/// Finds the words in `error.message`, `error`, `message` or `detail`, else names the status.
pub(crate) fn read(status: StatusCode, body: &[u8]) -> Failure {
    let value = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let found = ["/error/message", "/error", "/message", "/detail"]
        .iter()
        .find_map(|path| value.pointer(path)?.as_str())
        .filter(|text| !text.is_empty());
    let message = found.map_or_else(
        || format!("the provider answered {status} without saying why"),
        str::to_owned,
    );
    Failure { message }
}
