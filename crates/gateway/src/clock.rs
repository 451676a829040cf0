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

/// Returns Unix seconds as RFC 3339 in UTC.
pub fn rfc3339_of(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    let time = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX);
    format!("{time:.0}")
}

/// Reads a point in time in RFC 3339 as Unix seconds; nothing before 1970.
pub(crate) fn read(text: &str) -> Option<u64> {
    let time: jiff::Timestamp = text.parse().ok()?;
    u64::try_from(time.as_second()).ok()
}

/// Returns the time as RFC 3339 in UTC, to the millisecond.
pub fn rfc3339() -> String {
    let now = jiff::Timestamp::try_from(SystemTime::now()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    format!("{now:.3}")
}
