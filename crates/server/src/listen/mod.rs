//! The listening side: connections, their caps, and an orderly stop.

mod connection;
mod io;
mod refusal;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;

/// Connections over the cap that are told so at once; further ones are closed without a word.
const MOST_REFUSALS: usize = 256;

/// Pause after a failed accept, which nearly always means that file descriptors ran out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A listening server.
pub struct Server {
    listener: TcpListener,
    app: Arc<App>,
    open: Arc<AtomicUsize>,
    refusing: Arc<AtomicUsize>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// Counts one connection for as long as it lives.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn take(counter: &Arc<AtomicUsize>, most: usize) -> Option<Self> {
        let before = counter.fetch_add(1, Ordering::Relaxed);
        let this = Self(counter.clone());
        (before < most).then_some(this)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Server {
    /// Takes a bound listener.
    pub fn new(listener: TcpListener, app: Arc<App>) -> Self {
        Self {
            listener,
            app,
            open: Arc::default(),
            refusing: Arc::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        }
    }

    /// Serves until `stop` is cancelled; then finishes what is in flight, at most for `drain` as the config says at that
    /// time. Returns false when calls were cut because they took longer.
    pub async fn serve(self, stop: CancellationToken) -> bool {
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => self.welcome(stream, peer),
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
        drop(self.listener);
        self.app.drain();
        self.stop.cancel();
        self.tasks.close();
        let grace = self.app.gateway().snapshot().server.drain_timeout;
        tokio::time::timeout(grace, self.tasks.wait()).await.is_ok()
    }

    fn welcome(&self, stream: TcpStream, peer: SocketAddr) {
        let most = self.app.gateway().snapshot().server.max_connections;
        if let Some(counted) = Counted::take(&self.open, most) {
            let (app, stop) = (self.app.clone(), self.stop.clone());
            self.tasks.spawn(async move {
                connection::serve(stream, peer, app, stop).await;
                drop(counted);
            });
        } else if let Some(counted) = Counted::take(&self.refusing, MOST_REFUSALS) {
            let app = self.app.clone();
            self.tasks.spawn(async move {
                refusal::too_many_connections(stream, &app).await;
                drop(counted);
            });
        }
    }
}
