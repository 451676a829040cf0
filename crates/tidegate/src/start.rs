//! `tidegate start`.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use tidegate_credentials::Signers;
use tidegate_gateway::{Gateway, Reloader, Snapshot, Source};
use tidegate_server::{App, Options, Server};

use crate::cli::Start;
use crate::failure::Failure;
use crate::runtime::Signals;
use crate::{config, listen, logs, routes, runtime, terminal};

/// Serves a config file until a signal stops it.
pub(crate) fn run(arguments: &Start) -> Result<ExitCode, Failure> {
    let read = config::read("start", &arguments.config)?;
    logs::start(&arguments.logs);
    for warning in &read.loaded.warnings {
        tracing::warn!("{}", warning.one_line());
    }
    let authority = Signers::default();
    let snapshot = Snapshot::build(read.loaded.config, &authority, None, true)
        .context("the config cannot be put to work")?;
    let table = routes::table(&snapshot, "    ");
    let root_path = arguments
        .root_path
        .clone()
        .unwrap_or_else(|| snapshot.server.root_path.clone());
    let gateway = Arc::new(Gateway::new(snapshot));
    let source = Source {
        path: read.path.clone(),
        parse: config::parse,
        authority: Arc::new(authority),
    };
    let reloader = Arc::new(Reloader::new(gateway.clone(), source, read.text));
    let options = Options {
        root_path: arguments.root_path.clone(),
    };
    let app = Arc::new(App::new(gateway, reloader.clone(), options));

    let threads = runtime::threads(arguments.workers)?;
    let code = threads.block_on(async {
        let (listener, address) = listen::bind(&arguments.host, arguments.port).await?;
        let signals = Signals::take()?;
        let orders = runtime::watch(reloader)?;
        terminal::print(&format!(
            "Tidegate {} listens on http://{address}\n\n  {}\n{table}\n  docs  http://{address}{}/docs\n",
            env!("CARGO_PKG_VERSION"),
            read.path.display(),
            root_path,
        ));
        anyhow::Ok(runtime::serve(Server::new(listener, app), signals, Some(orders)).await)
    })?;
    threads.shutdown_background();
    Ok(code)
}
