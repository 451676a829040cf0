//! Bodies that go out in pieces, and bodies that come in.

use std::convert::Infallible;
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
            let Some(piece) = self.pieces.get_mut(next) else { return Poll::Ready(None) };
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
pub(crate) enum UpstreamBody {
    /// From a connection.
    Http {
        /// The connection's part of the work.
        body: Incoming,
    },
    /// From inside the process.
    Local(LocalBody),
}

impl UpstreamBody {
    /// Polls for the next bytes. An error is told in words that hold no address and no key.
    pub(crate) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, &'static str>>> {
        match self {
            Self::Local(local) => local.poll_next(cx).map(|chunk| chunk.map(Ok)),
            Self::Http { body } => loop {
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
        match self {
            Self::Local(_) => 0,
            Self::Http { body } => usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX),
        }
    }

    /// Waits for the next bytes.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, &'static str>> {
        std::future::poll_fn(|cx| self.poll_next(cx)).await
    }
}

fn explain(error: &hyper::Error) -> &'static str {
    if error.is_incomplete_message() {
        "it was closed in the middle of the answer"
    } else if error.is_parse() {
        "the provider broke the rules of HTTP"
    } else if error.is_timeout() {
        "it timed out"
    } else {
        "it was reset"
    }
}
