//! Plays the answers of providers that answer inside the process, each part when it is due.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tidegate_providers::LocalReply;
use tidegate_wire::dialect::Fault;
use tokio::time::{Instant, Sleep};

use super::UpstreamAnswer;
use super::body::Source;
use crate::fault;

/// The parts that are still due.
pub(crate) struct LocalBody {
    chunks: std::vec::IntoIter<Bytes>,
    interval: Duration,
    wait: Option<Pin<Box<Sleep>>>,
    begun: bool,
}

/// Waits as long as the reply asks, at most `patience`.
pub(super) async fn play(reply: LocalReply, patience: Duration) -> Result<UpstreamAnswer, Fault> {
    if reply.delay > patience {
        tokio::time::sleep(patience).await;
        return Err(fault::timed_out("answer", patience));
    }
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    Ok(UpstreamAnswer {
        status: reply.status,
        headers: reply.headers,
        body: Source::Local(LocalBody {
            chunks: reply.chunks.into_iter(),
            interval: reply.interval,
            wait: None,
            begun: false,
        })
        .into(),
        secrets: Vec::new(),
    })
}

impl LocalBody {
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if self.begun && !self.interval.is_zero() && self.chunks.len() > 0 {
            let due = Instant::now() + self.interval;
            let wait = self
                .wait
                .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(due)));
            ready!(wait.as_mut().poll(cx));
            self.wait = None;
        }
        self.begun = true;
        Poll::Ready(self.chunks.next())
    }
}
