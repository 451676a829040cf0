//! Who is loaded: the gateway, and the plain proxies beside it.

use std::path::Path;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::process::Command;

use super::process::Process;
use crate::print;

/// What runs.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Tidegate,
    Nginx,
    PassThrough,
}

/// A running proxy.
pub(super) struct Contender {
    kind: Kind,
    process: Process,
    pub(super) port: u16,
}

/// Starts the canned provider.
pub(super) async fn provider() -> anyhow::Result<Process> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("upstream");
    Process::announced(command)
        .await
        .context("the canned provider does not start")
}

impl Contender {
    /// Starts one; `None` where it is not installed.
    pub(super) async fn start(
        kind: Kind,
        binary: &Path,
        upstream: u16,
        scratch: &Path,
    ) -> anyhow::Result<Option<Self>> {
        let process = match kind {
            Kind::Tidegate => tidegate(binary, upstream, scratch).await?,
            Kind::PassThrough => {
                let mut command = Command::new(std::env::current_exe()?);
                command.args(["pass", &upstream.to_string()]);
                Process::announced(command).await?
            }
            Kind::Nginx => match nginx(upstream, scratch).await {
                Ok(process) => process,
                Err(error) => {
                    print(&format!("nginx is left out: {error:#}\n"));
                    return Ok(None);
                }
            },
        };
        let port = process.port;
        Ok(Some(Self {
            kind,
            process,
            port,
        }))
    }

    pub(super) fn name(&self) -> &'static str {
        match self.kind {
            Kind::Tidegate => "Tidegate",
            Kind::Nginx => "nginx, plain proxy",
            Kind::PassThrough => "pass-through on hyper",
        }
    }

    pub(super) fn cpu_seconds(&self) -> anyhow::Result<f64> {
        self.process.cpu_seconds()
    }

    pub(super) fn resident(&self) -> anyhow::Result<u64> {
        self.process.resident()
    }

    /// Writes a request for a place: the gateway finds it by the body's model, a plain proxy by the path.
    pub(super) fn request(&self, place: &str, body: &[u8]) -> Vec<u8> {
        let operation = if place == "embed" {
            "embeddings"
        } else {
            "chat/completions"
        };
        let path = match self.kind {
            Kind::Tidegate => format!("/v1/{operation}"),
            _ => format!("/{place}/v1/{operation}"),
        };
        let text = String::from_utf8_lossy(body).replacen(
            "\"model\":\"chat\"",
            &format!("\"model\":\"{place}\""),
            1,
        );
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\ncontent-type: application/json\r\n\
             user-agent: OpenAI/Python 2.8.1\r\nauthorization: Bearer not-a-real-key\r\ncontent-length: {}\r\n\r\n",
            text.len()
        );
        [head.into_bytes(), text.into_bytes()].concat()
    }
}

async fn tidegate(binary: &Path, upstream: u16, scratch: &Path) -> anyhow::Result<Process> {
    let endpoint = |name: &str, operation: &str| {
        format!(
            "  - name: {name}\n    endpoint_type: llm/v1/{operation}\n    model: {{provider: openai, name: gpt-4o-mini, config: \
             {{openai_api_key: sk-not-a-real-key, openai_api_base: 'http://127.0.0.1:{upstream}/{name}/v1'}}}}\n"
        )
    };
    let endpoints: String = ["chat", "stream", "hold"]
        .map(|name| endpoint(name, "chat"))
        .concat();
    let config = format!(
        "endpoints:\n{endpoints}{}server: {{access_log: 'off'}}\n",
        endpoint("embed", "embeddings")
    );
    let path = scratch.join("tidegate.yaml");
    std::fs::write(&path, config)?;
    let mut command = Command::new(binary);
    command
        .args(["start", "--port", "0", "--workers", "1", "--config-path"])
        .arg(&path);
    let binary = binary.display();
    Process::announced(command).await.with_context(|| {
        format!("`{binary}` does not start; build it with `cargo build --release`")
    })
}

async fn nginx(upstream: u16, scratch: &Path) -> anyhow::Result<Process> {
    let port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port();
    let folder = scratch.display();
    let config = format!(
        "daemon off; master_process off; pid {folder}/nginx.pid; error_log /dev/null;\n\
         events {{ worker_connections 4096; }}\n\
         http {{\n  access_log off; keepalive_requests 100000000; client_max_body_size 64m; client_body_buffer_size 1m;\n  \
         client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;\n  \
         uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;\n  \
         upstream provider {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 100000000; }}\n  \
         server {{ listen 127.0.0.1:{port} backlog=4096; location / {{\n    proxy_pass http://provider; proxy_http_version 1.1;\n    \
         proxy_set_header Connection ''; proxy_buffering off; }} }}\n}}\n"
    );
    let path = scratch.join("nginx.conf");
    std::fs::write(&path, config)?;
    let mut command = Command::new("nginx");
    command.arg("-p").arg(scratch).arg("-c").arg(&path);
    Process::on_port(command, port).await
}
