//! Bodies that go to the client.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http_body::{Frame, SizeHint};
use tidegate_wire::Usage;
use tidegate_wire::dialect::StreamError;
use tidegate_wire::event::DecodeError;

use crate::fault;
use crate::mask::Masker;
use crate::raw::RawBody;
use crate::record::{Outcome, Record};
use crate::relay::{Flow, Relay};
use crate::timer::Timers;
use crate::upstream::UpstreamBody;

/// An answer's body: whole, or a stream that is made as the client reads it.
pub enum Body {
    /// Whole.
    Full(Bytes),
    /// A stream.
    Stream(Box<StreamBody>),
    /// A provider's body as it comes.
    Raw(Box<RawBody>),
}

/// A body of a provider that broke off. Only a broken connection can tell that to the client.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Cut(pub(crate) String);

/// A running stream. Dropping it cancels the upstream call.
pub struct StreamBody {
    upstream: Option<UpstreamBody>,
    relay: Box<dyn Relay>,
    masker: Masker,
    timers: Timers,
    ready: BytesMut,
    summary: Summary,
    record: Option<Record>,
}

/// What the record is told when the stream is over.
struct Summary {
    usage: Option<Usage>,
    model: Option<String>,
    bytes: usize,
    outcome: Outcome,
    error: Option<String>,
}

/// Why a stream could not begin.
pub(crate) enum NotBegun {
    /// The provider's bytes are no answer.
    Undecodable(DecodeError),
    /// The connection broke.
    Broken(&'static str),
}

impl StreamBody {
    pub(crate) fn new(
        upstream: UpstreamBody,
        relay: Box<dyn Relay>,
        masker: Masker,
        timers: Timers,
    ) -> Self {
        Self {
            upstream: Some(upstream),
            relay,
            masker,
            timers,
            ready: BytesMut::new(),
            summary: Summary {
                usage: None,
                model: None,
                bytes: 0,
                outcome: Outcome::ClientGone,
                error: None,
            },
            record: None,
        }
    }

    /// Takes the call's record, to close it when the stream is over.
    pub(crate) fn carry(&mut self, record: Record) {
        self.record = Some(record);
    }

    /// Waits until there is something to send. Until then a failure can still be told by a status.
    pub(crate) async fn begin(&mut self) -> Result<(), NotBegun> {
        while self.ready.is_empty() {
            let Some(upstream) = self.upstream.as_mut() else {
                return Ok(());
            };
            match upstream.next().await {
                Some(Ok(chunk)) => {
                    let flow = self.relay.chunk(chunk, &mut self.ready);
                    match flow {
                        Ok(flow) => self.follow(flow),
                        Err(error) if self.ready.is_empty() => {
                            return Err(NotBegun::Undecodable(error));
                        }
                        Err(error) => self.fail_decoding(&error),
                    }
                }
                Some(Err(reason)) => return Err(NotBegun::Broken(reason)),
                None => match self.relay.eof(&mut self.ready) {
                    Ok(()) => self.close(Ok(()), Outcome::Ok),
                    Err(error) => return Err(NotBegun::Undecodable(error)),
                },
            }
        }
        self.timers.heard();
        Ok(())
    }

    fn follow(&mut self, flow: Flow) {
        match flow {
            Flow::On => {}
            Flow::Done => self.close(Ok(()), Outcome::Ok),
            Flow::Failed => {
                self.summary.error = Some(fault::REPORTED.to_owned());
                self.close(Ok(()), Outcome::UpstreamError);
            }
        }
    }

    /// Ends the client's stream and lets go of the provider.
    fn close(&mut self, outcome: Result<(), &StreamError>, name: Outcome) {
        self.upstream = None;
        self.relay.end(outcome, &mut self.ready);
        (self.summary.usage, self.summary.model) = self.relay.report();
        self.summary.outcome = name;
        if let Err(error) = outcome {
            self.summary.error = Some(error.message.clone());
        }
    }

    fn fail(&mut self, error: &StreamError) {
        self.close(Err(error), Outcome::Cut);
    }

    fn fail_decoding(&mut self, error: &DecodeError) {
        let told = fault::broken_stream(error, &self.masker);
        if let DecodeError::Reported(_) = error {
            self.close(Err(&told), Outcome::UpstreamError);
            self.summary.error = Some(fault::REPORTED.to_owned());
        } else {
            self.close(Err(&told), Outcome::Cut);
        }
    }

    /// Makes the next bytes. Whatever arrived together leaves together.
    fn poll_bytes(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        loop {
            if !self.ready.is_empty() {
                self.summary.bytes += self.ready.len();
                return Poll::Ready(Some(self.ready.split().freeze()));
            }
            let Some(upstream) = self.upstream.as_mut() else {
                return Poll::Ready(None);
            };
            match upstream.poll_next(cx) {
                Poll::Ready(Some(Ok(chunk))) => {
                    self.timers.heard();
                    match self.relay.chunk(chunk, &mut self.ready) {
                        Ok(flow) => self.follow(flow),
                        Err(error) => self.fail_decoding(&error),
                    }
                }
                Poll::Ready(Some(Err(reason))) => self.fail(&fault::interrupted(reason)),
                Poll::Ready(None) => match self.relay.eof(&mut self.ready) {
                    Ok(()) => self.close(Ok(()), Outcome::Ok),
                    Err(error) => self.fail_decoding(&error),
                },
                Poll::Pending => {
                    let error = ready!(self.timers.poll(cx));
                    self.fail(&error);
                }
            }
        }
    }
}

impl Drop for StreamBody {
    fn drop(&mut self) {
        let Some(record) = self.record.as_mut() else {
            return;
        };
        let summary = &mut self.summary;
        record.usage = summary.usage.take();
        record.model = summary.model.take().or(record.model.take());
        record.bytes_out = summary.bytes;
        record.outcome = summary.outcome;
        record.error = summary.error.take();
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let bytes = match &mut *self {
            Self::Full(bytes) if bytes.is_empty() => None,
            Self::Full(bytes) => Some(std::mem::take(bytes)),
            Self::Stream(stream) => ready!(stream.poll_bytes(cx)),
            Self::Raw(raw) => {
                let bytes = ready!(raw.poll_bytes(cx));
                return Poll::Ready(bytes.map(|bytes| bytes.map(Frame::data)));
            }
        };
        Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Full(bytes) => bytes.is_empty(),
            Self::Stream(_) => false,
            Self::Raw(raw) => raw.is_over(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Stream(_) => SizeHint::default(),
            Self::Raw(raw) => raw.size_hint(),
        }
    }
}
