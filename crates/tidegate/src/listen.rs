//! Binding the address.

use std::net::SocketAddr;

use anyhow::Context as _;
use tokio::net::TcpListener;

/// Listens on an address, and only there: a port that is in use is an error.
pub(crate) async fn bind(host: &str, port: u16) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let listener = TcpListener::bind((bare, port)).await.map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                "; another process listens there: stop it, or choose another port with --port"
            }
            std::io::ErrorKind::PermissionDenied => "; choose a port above 1023 with --port",
            _ => "",
        };
        anyhow::anyhow!("cannot listen on {host}:{port}: {error}{hint}")
    })?;
    let address = listener
        .local_addr()
        .context("the address cannot be read back")?;
    Ok((listener, address))
}
