//! A client's connection as the HTTP library sees it. It knows in which part of an exchange the connection is, and
//! replaces the bare refusals that the library writes by itself.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::refusal;
use crate::app::App;

/// How much of a head is kept to tell which door it wants.
const HEAD_KEPT: usize = 256;

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Waiting for a request, since then.
    Idle(Instant),
    /// A request's head has begun to arrive.
    Head(Instant),
    /// A request is being answered.
    Busy,
}

/// A connection's phase, shared by its parts.
#[derive(Clone)]
pub(super) struct Watch(Arc<Mutex<State>>);

struct State {
    phase: Phase,
    head: Vec<u8>,
    /// Since when the client has read nothing of what is ready for it.
    stalled: Option<Instant>,
}

impl Watch {
    pub(super) fn new() -> Self {
        let state = State {
            phase: Phase::Idle(Instant::now()),
            head: Vec::new(),
            stalled: None,
        };
        Self(Arc::new(Mutex::new(state)))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn phase(&self) -> Phase {
        self.lock().phase
    }

    /// Returns since when the client has read nothing of what is ready for it.
    pub(super) fn stalled(&self) -> Option<Instant> {
        self.lock().stalled
    }

    /// A head is complete.
    pub(super) fn busy(&self) {
        let mut state = self.lock();
        state.phase = Phase::Busy;
        state.head.clear();
    }

    /// An answer is complete.
    pub(super) fn idle(&self) {
        self.lock().phase = Phase::Idle(Instant::now());
    }

    /// Returns what has come of the present head.
    pub(super) fn head(&self) -> Vec<u8> {
        self.lock().head.clone()
    }

    fn received(&self, bytes: &[u8]) {
        let mut state = self.lock();
        if let Phase::Idle(_) = state.phase {
            state.phase = Phase::Head(Instant::now());
        }
        if let Phase::Head(_) = state.phase {
            let room = HEAD_KEPT.saturating_sub(state.head.len()).min(bytes.len());
            state
                .head
                .extend_from_slice(bytes.get(..room).unwrap_or_default());
        }
    }
}

/// The connection.
pub(super) struct ClientIo {
    stream: TcpStream,
    watch: Watch,
    app: Arc<App>,
    /// The refusal that is being written in place of the library's.
    instead: Option<Bytes>,
    /// True while the client takes no bytes.
    stalled: bool,
}

impl ClientIo {
    pub(super) fn new(stream: TcpStream, watch: Watch, app: Arc<App>) -> Self {
        Self {
            stream,
            watch,
            app,
            instead: None,
            stalled: false,
        }
    }

    /// Notes whether the client took bytes.
    fn wrote<T>(&mut self, outcome: Poll<T>) -> Poll<T> {
        if self.stalled != outcome.is_pending() {
            self.stalled = outcome.is_pending();
            self.watch.lock().stalled = self.stalled.then(Instant::now);
        }
        outcome
    }

    /// True when a refusal was written in place of the library's.
    pub(super) fn refused(&self) -> bool {
        self.instead.is_some()
    }

    pub(super) fn into_stream(self) -> TcpStream {
        self.stream
    }

    /// Notices that the library writes although no request was handed over: a refusal of its own.
    fn replacement(&mut self, bytes: &[u8]) -> Option<&mut Bytes> {
        if self.instead.is_none() && self.watch.phase() != Phase::Busy {
            let status = bare_refusal(bytes)?;
            let fault = refusal::fault_of(status, &self.app);
            self.instead = Some(refusal::write(&self.app, &self.watch.head(), &fault));
        }
        self.instead.as_mut()
    }
}

/// Returns the status of a refusal without a body, which only the library writes: our own answers all have an id. The
/// phase alone does not tell, since the end of an answer may still be on its way when the next head is refused.
fn bare_refusal(bytes: &[u8]) -> Option<u16> {
    let rest = bytes
        .strip_prefix(b"HTTP/1.1 ")
        .filter(|rest| rest.first() == Some(&b'4'))?;
    let head = std::str::from_utf8(rest.strip_suffix(b"\r\n\r\n")?).ok()?;
    let bare = head.contains("\r\ncontent-length: 0") && !head.contains("\r\nx-request-id:");
    bare.then(|| head.get(..3)?.parse().ok()).flatten()
}

impl AsyncRead for ClientIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        let new = buffer.filled().get(before..).unwrap_or_default();
        if !new.is_empty() {
            self.watch.received(new);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for ClientIo {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if this.replacement(bytes).is_none() {
            let outcome = Pin::new(&mut this.stream).poll_write(cx, bytes);
            return this.wrote(outcome);
        }
        while let Some(left) = this.instead.as_mut().filter(|left| !left.is_empty()) {
            let written = ready!(Pin::new(&mut this.stream).poll_write(cx, left))?;
            left.advance(written);
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = pieces.iter().find(|piece| !piece.is_empty());
        if let Some(first) = first.filter(|first| self.replacement(first).is_some()) {
            return self.poll_write(cx, first);
        }
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.wrote(outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
