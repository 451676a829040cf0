//! Rate limits: fixed windows per endpoint and client address, one counter for all paths.
//!
//! Counters outlive a reload; changing an endpoint's limit starts it anew.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tidegate_config::LimitConfig;
use tidegate_wire::dialect::{Fault, Origin};
use tokio::time::Instant;

/// Counters are swept when there are this many.
const SWEEP: usize = 10_000;

/// All counters.
#[derive(Debug, Default)]
pub(crate) struct Limiter(Mutex<HashMap<(Arc<str>, IpAddr), Window>>);

#[derive(Clone, Copy, Debug)]
struct Window {
    began: Instant,
    length: Duration,
    limit: u64,
    calls: u64,
}

/// A refusal and how long the window still lasts.
pub(crate) struct Refused {
    pub(crate) fault: Fault,
    pub(crate) wait: Duration,
}

impl Limiter {
    /// Counts a call, or refuses it.
    pub(crate) fn admit(
        &self,
        endpoint: &Arc<str>,
        limit: &LimitConfig,
        peer: IpAddr,
        now: Instant,
    ) -> Result<(), Refused> {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= SWEEP {
            windows.retain(|_, window| now < window.began + window.length);
        }
        let fresh = Window {
            began: now,
            length: limit.window,
            limit: limit.calls,
            calls: 0,
        };
        let window = windows.entry((endpoint.clone(), peer)).or_insert(fresh);
        let same = (window.length, window.limit) == (limit.window, limit.calls);
        if !same || now >= window.began + window.length {
            *window = fresh;
        }
        if window.calls >= limit.calls {
            let wait = (window.began + window.length).saturating_duration_since(now);
            return Err(Refused {
                fault: refusal(limit),
                wait,
            });
        }
        window.calls += 1;
        Ok(())
    }
}

fn refusal(limit: &LimitConfig) -> Fault {
    let LimitConfig {
        calls,
        multiple,
        unit,
        ..
    } = limit;
    Fault {
        status: 429,
        message: format!("Rate limit exceeded: {calls} per {multiple} {unit}"),
        origin: Origin::RateLimit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn counts_per_endpoint_and_address_in_fixed_windows() {
        let limiter = Limiter::default();
        let limit = LimitConfig {
            calls: 2,
            renewal_period: "2 minutes".to_owned(),
            key: None,
            multiple: 2,
            unit: "minute",
            window: Duration::from_mins(2),
        };
        let (a, b): (IpAddr, IpAddr) = ([127, 0, 0, 1].into(), [127, 0, 0, 2].into());
        let name: Arc<str> = "chat".into();
        let admit = |peer| {
            limiter
                .admit(&name, &limit, peer, Instant::now())
                .map_err(|refused| refused.fault.message)
        };
        assert!(admit(a).is_ok() && admit(a).is_ok() && admit(b).is_ok());
        assert_eq!(
            admit(a),
            Err("Rate limit exceeded: 2 per 2 minute".to_owned())
        );
        tokio::time::advance(Duration::from_mins(2)).await;
        assert!(admit(a).is_ok());
        let none = LimitConfig {
            calls: 0,
            ..limit.clone()
        };
        assert!(limiter.admit(&name, &none, a, Instant::now()).is_err());
    }
}
