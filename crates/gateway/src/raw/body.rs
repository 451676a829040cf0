//! A provider's body on its way to the client as it is.

use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::SizeHint;

use crate::body::Cut;
use crate::fault;
use crate::record::{Outcome, Record};
use crate::timer::Timers;
use crate::upstream::UpstreamBody;

/// A body that passes. Dropping it cancels the upstream call.
pub struct RawBody {
    /// Dropped when all has come, or nothing more can.
    upstream: Option<UpstreamBody>,
    timers: Timers,
    record: Record,
}

impl RawBody {
    /// Takes a body whose head has come. The record is closed with it.
    pub(crate) fn new(upstream: UpstreamBody, timers: Timers, record: Record) -> Self {
        let mut body = Self {
            upstream: Some(upstream),
            timers,
            record,
        };
        body.end_if_over();
        body
    }

    /// Whoever reads a body of known length need not ask once more whether it is over.
    fn end_if_over(&mut self) {
        if self.upstream.as_ref().is_some_and(UpstreamBody::is_over) {
            self.end();
        }
    }

    fn end(&mut self) {
        self.upstream = None;
        self.record.outcome = Outcome::Ok;
    }

    /// True when nothing more comes.
    pub(crate) fn is_over(&self) -> bool {
        self.upstream.is_none()
    }

    /// Returns how much is left, where the provider has told.
    pub(crate) fn size_hint(&self) -> SizeHint {
        match &self.upstream {
            None => SizeHint::with_exact(0),
            Some(upstream) => upstream
                .length()
                .map_or_else(SizeHint::default, SizeHint::with_exact),
        }
    }

    /// Polls for the next bytes. An error must end the client's connection.
    pub(crate) fn poll_bytes(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Cut>>> {
        let Some(upstream) = &mut self.upstream else {
            return Poll::Ready(None);
        };
        let error = match upstream.poll_next(cx) {
            Poll::Ready(Some(Ok(chunk))) => {
                self.timers.heard();
                self.record.bytes_out += chunk.len();
                self.end_if_over();
                return Poll::Ready(Some(Ok(chunk)));
            }
            Poll::Ready(None) => {
                self.end();
                return Poll::Ready(None);
            }
            Poll::Ready(Some(Err(reason))) => fault::interrupted(reason),
            Poll::Pending => ready!(self.timers.poll(cx)),
        };
        self.upstream = None;
        self.record.outcome = Outcome::Cut;
        self.record.error = Some(error.message.clone());
        Poll::Ready(Some(Err(Cut(error.message))))
    }
}
