//! A limit on time that is polled along with a body.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tidegate_wire::dialect::StreamError;
use tokio::time::{Instant, Sleep};

use crate::fault;

/// The limits on time of a running stream.
pub(crate) struct Timers {
    idle: Timer,
    whole: Option<Timer>,
}

struct Timer {
    limit: Duration,
    sleep: Pin<Box<Sleep>>,
}

impl Timer {
    fn new(limit: Duration) -> Self {
        Self {
            limit,
            sleep: Box::pin(tokio::time::sleep(limit)),
        }
    }

    fn expired(&mut self, cx: &mut Context<'_>) -> bool {
        self.sleep.as_mut().poll(cx).is_ready()
    }
}

impl Timers {
    /// Starts both: the longest silence, and the longest time of the whole stream, if that is bounded.
    pub(crate) fn start(idle: Duration, whole: Option<Duration>) -> Self {
        Self {
            idle: Timer::new(idle),
            whole: whole.filter(|limit| !limit.is_zero()).map(Timer::new),
        }
    }

    /// Notes that the silence is over.
    pub(crate) fn heard(&mut self) {
        let until = Instant::now() + self.idle.limit;
        self.idle.sleep.as_mut().reset(until);
    }

    /// Waits until one of them has run out, and says which.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<StreamError> {
        if self.idle.expired(cx) {
            return Poll::Ready(fault::stalled("fell silent for", self.idle.limit));
        }
        let whole = self.whole.as_mut();
        let over = whole.and_then(|timer| timer.expired(cx).then_some(timer.limit));
        match over {
            Some(limit) => Poll::Ready(fault::stalled("lasted longer than", limit)),
            None => Poll::Pending,
        }
    }
}
