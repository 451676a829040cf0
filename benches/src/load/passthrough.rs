//! The yardstick: hyper on both sides, bodies passed on as they come, nothing else done.

use http::{Request, Uri};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::print;

/// Serves until the process is killed; prints its port.
pub(super) async fn serve(upstream: u16) -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    print(&format!("127.0.0.1:{}", listener.local_addr()?.port()));
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Client<HttpConnector, Incoming> =
        Client::builder(TokioExecutor::new()).build(connector);
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let client = client.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            let client = client.clone();
            async move {
                let path = request
                    .uri()
                    .path_and_query()
                    .map_or("/", |path| path.as_str());
                *request.uri_mut() = Uri::try_from(format!("http://127.0.0.1:{upstream}{path}"))?;
                anyhow::Ok(client.request(request).await?)
            }
        });
        connections.spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        while connections.try_join_next().is_some() {}
    }
}
