//! What was fetched, kept until shortly before it expires: one renewal at a time, and none that fails while the old still
//! holds makes a call fail.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_wire::dialect::Fault;
use tokio::time::timeout;

use crate::fault;

/// How long before it expires a value is renewed, in seconds (spec, providers/bedrock, "Authentication").
const MARGIN: u64 = 60;

/// A value that lives shorter than this, in seconds, is renewed in the last quarter of its life only. One that lives longer,
/// but not longer than the margin, is fetched by every call.
const SHORT: u64 = 10;

/// How long a failed renewal is left alone while the old value holds, in seconds.
const PAUSE: u64 = 5;

/// How long a call waits for a renewal while the old value holds.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a fetch may take at all, retries of the libraries included: some wait as long as a server tells them to.
const LONGEST: Duration = Duration::from_mins(1);

/// Tells the time in Unix seconds.
type Clock = Box<dyn Fn() -> u64 + Send + Sync>;

/// A value that expires.
#[derive(Clone, Debug)]
pub(crate) struct Lease<T> {
    pub(crate) value: T,
    /// Unix seconds.
    pub(crate) expires: u64,
}

/// Fetches values, one after another.
pub(crate) trait Source: Send + Sync {
    type Value: Clone + Send;

    /// Fetches a value.
    fn fetch(&self) -> impl Future<Output = Result<Lease<Self::Value>, Fault>> + Send;
}

/// A source and its latest value.
pub(crate) struct Renewing<S: Source> {
    source: S,
    /// Named in the log.
    route: String,
    clock: Clock,
    state: Mutex<State<S::Value>>,
    turn: tokio::sync::Mutex<()>,
}

struct State<T> {
    lease: Option<Lease<T>>,
    /// How long before its end the lease is renewed, in seconds.
    margin: u64,
    /// Counts the fetches that have ended.
    ended: u64,
    /// Why the last one failed, and when; `None` if it succeeded.
    failed: Option<(Fault, u64)>,
}

impl<S: Source> Renewing<S> {
    pub(crate) fn new(route: &str, source: S) -> Self {
        Self::with_clock(route, source, Box::new(tidegate_gateway::unix_seconds))
    }

    fn with_clock(route: &str, source: S, clock: Clock) -> Self {
        Self {
            source,
            route: route.to_owned(),
            clock,
            state: Mutex::new(State {
                lease: None,
                margin: MARGIN,
                ended: 0,
                failed: None,
            }),
            turn: tokio::sync::Mutex::new(()),
        }
    }

    /// Returns a value that holds. Whoever finds it due renews it, and goes on with the old one when that takes long; the
    /// others go on with the old one at once, and wait only when there is none.
    pub(crate) async fn get(&self) -> Result<S::Value, Fault> {
        let ended = {
            let state = self.state();
            if let Some(value) = state.fresh((self.clock)()) {
                return Ok(value);
            }
            state.ended
        };
        let Ok(turn) = self.turn.try_lock() else {
            if let Some(value) = self.state().valid((self.clock)()) {
                return Ok(value);
            }
            let turn = self.turn.lock().await;
            if let Some(outcome) = self.state().news(ended, (self.clock)()) {
                return outcome;
            }
            return self.renew(turn).await;
        };
        self.renew(turn).await
    }

    async fn renew(&self, turn: tokio::sync::MutexGuard<'_, ()>) -> Result<S::Value, Fault> {
        let fetched = self.fetch().await;
        let now = (self.clock)();
        let mut state = self.state();
        state.ended += 1;
        let outcome = match fetched {
            Ok(lease) => {
                let value = lease.value.clone();
                state.margin = margin(lease.expires.saturating_sub(now));
                state.lease = Some(lease);
                state.failed = None;
                Ok(value)
            }
            Err(fault) => {
                state.failed = Some((fault.clone(), now));
                state.valid(now).ok_or(fault)
            }
        };
        if let (Ok(_), Some((fault, _))) = (&outcome, &state.failed) {
            // A server's words may hold the key that it was asked with.
            tracing::warn!(
                route = self.route,
                status = fault.status,
                "credentials could not be renewed; the old ones still hold"
            );
        }
        drop((state, turn));
        outcome
    }

    /// Fetches a value; gives up when that takes long, and sooner while the old one holds.
    async fn fetch(&self) -> Result<Lease<S::Value>, Fault> {
        let mut fetch = pin!(timeout(LONGEST, self.source.fetch()));
        let late = |_| Err(fault::too_slow(&self.route, "fetching them took too long."));
        let holds = || self.state().valid((self.clock)()).is_some();
        if holds() {
            match timeout(PATIENCE, fetch.as_mut()).await {
                Ok(fetched) => return fetched.unwrap_or_else(late),
                Err(elapsed) if holds() => return late(elapsed),
                Err(_) => {}
            }
        }
        fetch.await.unwrap_or_else(late)
    }

    fn state(&self) -> MutexGuard<'_, State<S::Value>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone> State<T> {
    /// Returns the value if it need not be renewed now.
    fn fresh(&self, now: u64) -> Option<T> {
        let lease = self.lease.as_ref()?;
        let paused = self
            .failed
            .as_ref()
            .is_some_and(|(_, at)| now < at.saturating_add(PAUSE));
        let margin = if paused { 0 } else { self.margin };
        (now.saturating_add(margin) < lease.expires).then(|| lease.value.clone())
    }

    /// Returns the value if it has not expired.
    fn valid(&self, now: u64) -> Option<T> {
        let lease = self.lease.as_ref()?;
        (now < lease.expires).then(|| lease.value.clone())
    }

    /// Returns how the fetch ended for which somebody waited. What it brought is taken even if it is said to have expired:
    /// another fetch would bring no better.
    fn news(&self, before: u64, now: u64) -> Option<Result<T, Fault>> {
        if self.ended == before {
            return None;
        }
        match (&self.failed, self.valid(now)) {
            (_, Some(value)) => Some(Ok(value)),
            (Some((fault, _)), None) => Some(Err(fault.clone())),
            (None, None) => self.lease.as_ref().map(|lease| Ok(lease.value.clone())),
        }
    }
}

fn margin(lifetime: u64) -> u64 {
    if lifetime < SHORT {
        lifetime / 4
    } else {
        MARGIN
    }
}

#[cfg(test)]
mod tests;
