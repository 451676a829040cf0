//! `tidegate demo`: the seed's three quickstart routes, ready to be tried.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tidegate_credentials::Signers;
use tidegate_gateway::{Gateway, Reloader, Snapshot, Source};
use tidegate_server::{App, Options, Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::cli::Demo;
use crate::failure::Failure;
use crate::runtime::Signals;
use crate::{config, listen, logs, routes, runtime, terminal};

/// The quickstart of the documentation, and the same routes without a key.
const OPENAI: &str = include_str!("../../../examples/quickstart.yaml");
const SANDBOX: &str = include_str!("../../../examples/sandbox.yaml");

/// How long the trial request may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Serves the demo until a signal stops it.
pub(crate) fn run(arguments: &Demo) -> Result<ExitCode, Failure> {
    let real = std::env::var("OPENAI_API_KEY").is_ok_and(|key| !key.is_empty());
    let text = if real { OPENAI } else { SANDBOX };
    let path = Path::new("(built in)");
    let loaded = config::parse(text, path).map_err(|error| Failure::Config {
        command: "demo",
        error: Box::new(error),
    })?;
    logs::start(&arguments.logs);
    let authority = Signers::default();
    let snapshot = Snapshot::build(loaded.config, &authority, None, true)
        .context("the demo cannot be put to work")?;
    let table = routes::table(&snapshot, "    ");
    let gateway = Arc::new(Gateway::new(snapshot));
    let source = Source {
        path: path.to_owned(),
        parse: config::parse,
        authority: Arc::new(authority),
    };
    let reloader = Arc::new(Reloader::new(gateway.clone(), source, text.to_owned()));
    let app = Arc::new(App::new(gateway, reloader, Options::default()));

    let threads = runtime::threads(2)?;
    let code = threads.block_on(async {
        let (listener, address) = listen::bind(&arguments.host, arguments.port).await?;
        let signals = Signals::take()?;
        let greeting = greet(address, real, table);
        let serving = runtime::serve(Server::new(listener, app), signals, None);
        let (code, ()) = tokio::join!(serving, greeting);
        anyhow::Ok(code)
    })?;
    threads.shutdown_background();
    Ok(code)
}

/// Says what there is to try, after one real request has shown that it works.
async fn greet(address: SocketAddr, real: bool, table: String) {
    let place = if real {
        "OpenAI, with your OPENAI_API_KEY"
    } else {
        "a sandbox inside the process: no key, no bill"
    };
    terminal::print(&format!(
        "Tidegate {} listens on http://{address}\n\n  Three routes to {place}:\n{table}\n",
        env!("CARGO_PKG_VERSION")
    ));
    let trial = tokio::time::timeout(PATIENCE, try_out(address)).await;
    let verdict = match trial {
        Ok(Ok(answer)) => format!("  A first request was answered: {answer}\n"),
        Ok(Err(error)) => format!("  A first request FAILED: {error:#}\n"),
        Err(_) => format!(
            "  A first request FAILED: no answer within {} s\n",
            PATIENCE.as_secs()
        ),
    };
    terminal::print(&verdict);
    terminal::print(&to_paste(address));
}

/// Asks the chat route one question, over the network as any client would.
async fn try_out(address: SocketAddr) -> anyhow::Result<String> {
    let body = r#"{"messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 20}"#;
    let mut stream = TcpStream::connect(address).await.context("no connection")?;
    let request = format!(
        "POST /endpoints/chat/invocations HTTP/1.0\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .context("the answer has no body")?;
    let status = head.split_whitespace().nth(1).unwrap_or_default();
    anyhow::ensure!(status == "200", "status {status}: {body}");
    let value: serde_json::Value = serde_json::from_str(body).context("the answer is not JSON")?;
    let text = value
        .pointer("/choices/0/message/content")
        .and_then(serde_json::Value::as_str);
    Ok(text.context("the answer holds no text")?.to_owned())
}

fn to_paste(address: SocketAddr) -> String {
    format!(
        r#"
  Try every route in the browser: http://{address}/docs

  curl:

    curl http://{address}/gateway/chat/invocations \
      -H "Content-Type: application/json" \
      -d '{{"messages": [{{"role": "user", "content": "What is the best day of the week?"}}]}}'

  Python (pip install openai):

    from openai import OpenAI
    client = OpenAI(base_url="http://{address}/v1", api_key="not-needed")
    print(client.embeddings.create(model="embeddings", input="hello").data[0].embedding[:3])
    print(client.chat.completions.create(model="chat", messages=[{{"role": "user", "content": "hi"}}]).choices[0].message.content)

  Streaming:

    curl -N http://{address}/v1/chat/completions \
      -H "Content-Type: application/json" \
      -d '{{"model": "chat", "stream": true, "messages": [{{"role": "user", "content": "Count to three."}}]}}'

  Stop with Ctrl-C.
"#
    )
}
