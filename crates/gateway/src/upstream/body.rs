//! Bodies that go out in pieces, and bodies that come in.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use super::local::LocalBody;

/// A request body of up to three pieces: client bytes, the new model, client bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pieces {
    pieces: [Bytes; 3],
    next: usize,
}

impl Pieces {
    pub(crate) fn new(pieces: [Bytes; 3]) -> Self {
        Self { pieces, next: 0 }
    }

    pub(crate) fn into_bytes(self) -> Bytes {
        let mut whole = BytesMut::with_capacity(self.pieces.iter().map(Bytes::len).sum());
        for piece in self.pieces {
            whole.extend_from_slice(&piece);
        }
        whole.freeze()
    }

    /// Returns the body's pieces, some of which may be empty.
    pub(crate) fn pieces(&self) -> &[Bytes] {
        &self.pieces
    }

    fn left(&self) -> impl Iterator<Item = &Bytes> {
        self.pieces.iter().skip(self.next)
    }
}

impl From<Bytes> for Pieces {
    fn from(whole: Bytes) -> Self {
        Self::new([whole, Bytes::new(), Bytes::new()])
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        loop {
            let next = self.next;
            let Some(piece) = self.pieces.get_mut(next) else {
                return Poll::Ready(None);
            };
            let piece = std::mem::take(piece);
            self.next += 1;
            if !piece.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(piece))));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left().all(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left().map(|piece| piece.len() as u64).sum())
    }
}

/// An answer's body.
pub(crate) struct UpstreamBody {
    /// Bytes that were looked at and not yet taken.
    peeked: Bytes,
    /// The failure met while looking.
    failed: Option<&'static str>,
    source: Source,
}

/// Where a body comes from.
pub(super) enum Source {
    /// A connection.
    Http(Incoming),
    /// Inside the process.
    Local(LocalBody),
}

impl From<Source> for UpstreamBody {
    fn from(source: Source) -> Self {
        Self {
            peeked: Bytes::new(),
            failed: None,
            source,
        }
    }
}

impl UpstreamBody {
    /// Polls for the next bytes. An error is told in words that hold no address and no key.
    pub(crate) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, &'static str>>> {
        if !self.peeked.is_empty() {
            return Poll::Ready(Some(Ok(std::mem::take(&mut self.peeked))));
        }
        if let Some(reason) = self.failed.take() {
            return Poll::Ready(Some(Err(reason)));
        }
        match &mut self.source {
            Source::Local(local) => local.poll_next(cx).map(|chunk| chunk.map(Ok)),
            Source::Http(body) => loop {
                match ready!(Pin::new(&mut *body).poll_frame(cx)) {
                    None => return Poll::Ready(None),
                    Some(Err(error)) => return Poll::Ready(Some(Err(explain(&error)))),
                    Some(Ok(frame)) => match frame.into_data() {
                        Ok(data) if data.is_empty() => {}
                        Ok(data) => return Poll::Ready(Some(Ok(data))),
                        Err(_trailers) => {}
                    },
                }
            },
        }
    }

    /// Returns how many bytes are still announced, at least.
    pub(crate) fn announced(&self) -> usize {
        match &self.source {
            Source::Local(_) => 0,
            Source::Http(body) => usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX),
        }
    }

    /// True when it is known that nothing more comes.
    pub(crate) fn is_over(&self) -> bool {
        let over = match &self.source {
            Source::Local(_) => false,
            Source::Http(body) => body.is_end_stream(),
        };
        over && self.peeked.is_empty() && self.failed.is_none()
    }

    /// Returns how many bytes are still to come, where the provider has told.
    pub(crate) fn length(&self) -> Option<u64> {
        match &self.source {
            Source::Local(_) => None,
            Source::Http(body) => body.size_hint().exact(),
        }
    }

    /// Waits for the next bytes.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, &'static str>> {
        std::future::poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Waits until the first bytes are enough for an answer, or no more come, and leaves them in place. However the
    /// network cuts them, the answer is the same.
    pub(crate) async fn peek<T>(&mut self, answer: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
        let mut first = Bytes::new();
        loop {
            let found = answer(&first);
            if found.is_some() {
                self.peeked = first;
                return found;
            }
            match self.next().await {
                Some(Ok(chunk)) if first.is_empty() => first = chunk,
                Some(Ok(chunk)) => first = [first, chunk].concat().into(),
                ended => {
                    self.failed = ended.and_then(Result::err);
                    self.peeked = first;
                    return None;
                }
            }
        }
    }
}

fn explain(error: &hyper::Error) -> &'static str {
    // The library wraps what happens inside a body: its cause tells.
    let cause =
        std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<std::io::Error>());
    let kind = cause.map(std::io::Error::kind);
    if error.is_incomplete_message() || kind == Some(ErrorKind::UnexpectedEof) {
        "it was closed in the middle of the answer"
    } else if error.is_parse()
        || matches!(kind, Some(ErrorKind::InvalidInput | ErrorKind::InvalidData))
    {
        "the provider broke the rules of HTTP"
    } else if error.is_timeout() || kind == Some(ErrorKind::TimedOut) {
        "it timed out"
    } else {
        "it was reset"
    }
}
