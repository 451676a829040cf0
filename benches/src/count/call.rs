//! Whole calls through [`Gateway::call`], answered by the sandbox inside the process.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::BodyExt as _;
use tidegate_config::ProcessEnvironment;
use tidegate_gateway::{Gateway, Incoming, NoAuthority, Peeked, Snapshot};
use tidegate_providers::{CallHead, LocalRequest, Native, Provider, Transport, catalog};
use tidegate_wire::Operation;
use tidegate_wire::dialect::Dialect;
use tidegate_wire::dialect::mlflow::{Era, Mlflow};
use tidegate_wire::dialect::openai::OpenAi;
use tidegate_wire::json::peek;
use tokio::runtime::{Builder, Runtime};

use super::case::Work;
use crate::payload;

const CONFIG: &str = "
endpoints:
  - {name: chat, endpoint_type: llm/v1/chat, model: {provider: sandbox, name: gpt-4o-mini}}
  - name: openai-chat
    endpoint_type: llm/v1/chat
    model: {provider: openai, name: gpt-4o-mini, config: {openai_api_key: sk-not-a-real-key}}
  - name: openai-embeddings
    endpoint_type: llm/v1/embeddings
    model: {provider: openai, name: text-embedding-3-small, config: {openai_api_key: sk-not-a-real-key}}
server: {access_log: 'off'}
";

/// What a door saw in a body.
type Look = fn(&Bytes) -> anyhow::Result<Option<(Native, Peeked)>>;

/// A gateway and a thread to run it on.
struct Bench {
    gateway: Gateway,
    runtime: Runtime,
}

fn snapshot() -> anyhow::Result<Snapshot> {
    let loaded = tidegate_config::parse(
        CONFIG,
        Path::new("bench.yaml"),
        catalog(),
        &ProcessEnvironment,
    )?;
    Ok(Snapshot::build(loaded.config, &NoAuthority, None, false)?)
}

fn provider(endpoint: &str) -> anyhow::Result<Arc<dyn Provider>> {
    let snapshot = snapshot()?;
    let target = snapshot
        .endpoint(endpoint)
        .and_then(|endpoint| endpoint.first());
    target
        .and_then(|target| target.provider.clone())
        .context("no such endpoint")
}

/// Returns the provider `openai`, ready to be asked.
pub(super) fn openai_provider(operation: Operation) -> anyhow::Result<Arc<dyn Provider>> {
    provider(&format!("openai-{}", operation.name()))
}

/// A call on the byte path.
pub(super) fn openai(prompt: usize) -> anyhow::Result<Work> {
    let request = payload::chat_request(prompt, false);
    whole(request, &OpenAi, |body| {
        let [model, _] = peek(body, ["model", "stream"], 64)?.members;
        Ok(Some((
            Native::OpenAi,
            Peeked {
                model,
                streams: false,
            },
        )))
    })
}

/// A parsed call.
pub(super) fn mlflow(prompt: usize) -> anyhow::Result<Work> {
    let request = payload::mlflow_chat_request(prompt);
    whole(request, &Mlflow(Era::Auto), |body| {
        peek(body, [], 64)?;
        Ok(None)
    })
}

fn whole(request: Bytes, dialect: &'static dyn Dialect, look: Look) -> anyhow::Result<Work> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let gateway = Gateway::new(snapshot()?);
    let bench = Bench { gateway, runtime };
    let headers = client_headers();
    Ok(Box::new(move || {
        let snapshot = bench.gateway.snapshot();
        let endpoint = snapshot.endpoint("chat").context("no endpoint")?.clone();
        let incoming = Incoming {
            snapshot,
            endpoint,
            dialect,
            door: "bench",
            native: look(&request)?,
            faithful: false,
            headers: headers.clone(),
            body: request.clone(),
            peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        bench.runtime.block_on(async {
            let mut outgoing = bench.gateway.call(incoming).await;
            let frame = outgoing.body.frame().await.context("no body")??;
            anyhow::ensure!(outgoing.status == 200 && frame.is_data());
            Ok(())
        })
    }))
}

/// What the sandbox alone costs, for comparison.
pub(super) fn sandbox(prompt: usize) -> anyhow::Result<Work> {
    let body = payload::chat_request(prompt, false);
    let head = CallHead::of(Operation::Chat);
    let Transport::Local(local) = provider("chat")?.head(&head).transport else {
        anyhow::bail!("the sandbox answers elsewhere")
    };
    Ok(Box::new(move || {
        let request = LocalRequest {
            operation: Operation::Chat,
            body: body.clone(),
            now: 0,
            draw: 0.0,
        };
        anyhow::ensure!(local.answer(&request).status == 200);
        Ok(())
    }))
}

/// The headers that an SDK sends.
fn client_headers() -> HeaderMap {
    let pairs = [
        ("host", "127.0.0.1:5000"),
        ("accept", "application/json"),
        ("content-type", "application/json"),
        ("user-agent", "OpenAI/Python 2.8.1"),
        ("authorization", "Bearer not-a-real-key"),
        ("x-stainless-lang", "python"),
        ("x-stainless-retry-count", "0"),
    ];
    pairs
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        })
        .into_iter()
        .collect()
}
