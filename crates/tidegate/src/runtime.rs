//! The threads, the signals, and the orderly stop.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use anyhow::Context as _;
use tidegate_gateway::Reloader;
use tidegate_server::Server;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Exit code after a second signal, as a shell reports an interrupt.
const INTERRUPTED: u8 = 130;

/// Starts the threads that serve.
pub(crate) fn threads(workers: u16) -> anyhow::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(usize::from(workers))
        .thread_name("tidegate")
        .enable_all()
        .build()
        .context("the threads cannot be started")
}

/// Watches the config file on a thread of its own. What is sent orders a reload at once.
pub(crate) fn watch(reloader: Arc<Reloader>) -> anyhow::Result<SyncSender<()>> {
    let (orders, received) = sync_channel(1);
    std::thread::Builder::new()
        .name("config-watch".to_owned())
        .spawn(move || reloader.watch(&received))
        .context("the config file cannot be watched")?;
    Ok(orders)
}

/// The signals that the process answers to.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    /// Takes the signals over. From here on none of them ends the process by itself.
    pub(crate) fn take() -> anyhow::Result<Self> {
        let take = |kind| signal(kind).context("signals cannot be handled");
        Ok(Self {
            terminate: take(SignalKind::terminate())?,
            interrupt: take(SignalKind::interrupt())?,
            hangup: take(SignalKind::hangup())?,
        })
    }

    async fn stop(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Serves until a signal asks to stop, then finishes what is in flight. A second signal stops at once.
pub(crate) async fn serve(
    server: Server,
    mut signals: Signals,
    orders: Option<SyncSender<()>>,
) -> ExitCode {
    let stop = CancellationToken::new();
    let serving = server.serve(stop.clone());
    tokio::pin!(serving);
    loop {
        tokio::select! {
            _ = &mut serving => return ExitCode::SUCCESS,
            _ = signals.hangup.recv() => {
                tracing::info!("reloading on SIGHUP");
                // An order that is already waiting does the same.
                let _ = orders.as_ref().map(|orders| orders.try_send(()));
            }
            () = async { tokio::select! { _ = signals.terminate.recv() => {}, _ = signals.interrupt.recv() => {} } } => break,
        }
    }
    tracing::info!("stopping: finishing the calls in flight; a second signal stops at once");
    stop.cancel();
    tokio::select! {
        finished = &mut serving => {
            if !finished {
                tracing::warn!("calls were cut: they took longer than `server.drain_timeout_seconds`");
            }
            ExitCode::SUCCESS
        }
        () = signals.stop() => {
            tracing::warn!("stopped at once: calls in flight were cut");
            ExitCode::from(INTERRUPTED)
        }
    }
}
