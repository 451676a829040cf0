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

/// Counters are swept when there are this many, and again each time those that are left have doubled: a sweep costs time,
/// and windows can be long.
const SWEEP: usize = 10_000;

/// All counters.
#[derive(Debug, Default)]
pub(crate) struct Limiter(Mutex<Windows>);

#[derive(Debug)]
struct Windows {
    open: HashMap<(Arc<str>, IpAddr), Window>,
    /// The size at which to sweep next.
    sweep_at: usize,
}

impl Default for Windows {
    fn default() -> Self {
        Self {
            open: HashMap::new(),
            sweep_at: SWEEP,
        }
    }
}

impl Windows {
    /// Drops the windows that are over, if there are many.
    fn sweep(&mut self, now: Instant) {
        if self.open.len() >= self.sweep_at {
            self.open
                .retain(|_, window| now < window.began + window.length);
            self.sweep_at = SWEEP.max(self.open.len() * 2);
        }
    }
}

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
        windows.sweep(now);
        let fresh = Window {
            began: now,
            length: limit.window,
            limit: limit.calls,
            calls: 0,
        };
        let window = windows
            .open
            .entry((endpoint.clone(), peer))
            .or_insert(fresh);
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

    #[test]
    fn sweeps_when_what_is_left_has_doubled() {
        let now = Instant::now();
        let mut windows = Windows::default();
        let fill = |windows: &mut Windows, count: u32| {
            for number in 0..count {
                let window = Window {
                    began: now,
                    length: Duration::from_mins(1),
                    limit: 1,
                    calls: 1,
                };
                let peer = IpAddr::from(number.to_be_bytes());
                windows.open.insert(("chat".into(), peer), window);
            }
        };
        fill(&mut windows, 10_000);
        windows.sweep(now);
        assert_eq!((windows.open.len(), windows.sweep_at), (10_000, 20_000));
        fill(&mut windows, 20_000);
        windows.sweep(now + Duration::from_secs(61));
        assert_eq!((windows.open.len(), windows.sweep_at), (0, SWEEP));
    }
}
