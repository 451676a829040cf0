//! The wall clock, read in one place.

#![expect(
    clippy::disallowed_types,
    reason = "this is the place where the edge reads the time"
)]

use std::time::{SystemTime, UNIX_EPOCH};

/// Returns Unix seconds.
pub fn unix_seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// Returns the time as RFC 3339 in UTC, to the millisecond.
pub fn rfc3339() -> String {
    let now = jiff::Timestamp::try_from(SystemTime::now()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    format!("{now:.3}")
}
