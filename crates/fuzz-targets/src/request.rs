//! A client's request: understood and written for a provider, or refused with an error in the client's dialect.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use serde_json::Value;
use tidegate_config::ProcessEnvironment;
use tidegate_providers::{CallHead, Provider, catalog, find};
use tidegate_wire::Operation;
use tidegate_wire::dialect::mlflow::{Era, Mlflow};
use tidegate_wire::dialect::openai::OpenAi;
use tidegate_wire::dialect::{Dialect, Fault};

const CONFIG: &str = "endpoints:
  - {name: chat, endpoint_type: llm/v1/chat, model: {provider: openai, name: m, config: {openai_api_key: not-a-real-key}}}
";

/// A provider that takes every operation.
static PROVIDER: LazyLock<Option<Arc<dyn Provider>>> = LazyLock::new(|| {
    let loaded = tidegate_config::parse(
        CONFIG,
        Path::new("fuzz.yaml"),
        catalog(),
        &ProcessEnvironment,
    )
    .ok()?;
    let model = &loaded.config.endpoints.first()?.model;
    (find(model.provider.name)?.build?)(model).ok()
});

/// The first byte chooses the era and the operation.
pub fn mlflow_request(data: &[u8]) {
    let Some((choice, body)) = data.split_first() else {
        return;
    };
    let era = match choice / 3 % 4 {
        0 => Era::Auto,
        1 => Era::Candidates,
        2 => Era::Choices,
        _ => Era::Endpoints,
    };
    asked(&Mlflow(era), *choice, body, false);
}

/// The first byte chooses the operation.
pub fn openai_request(data: &[u8]) {
    let Some((choice, body)) = data.split_first() else {
        return;
    };
    asked(&OpenAi, *choice, body, true);
}

fn asked(dialect: &dyn Dialect, choice: u8, body: &[u8], faithful: bool) {
    let operation = Operation::ALL
        .get(usize::from(choice % 3))
        .copied()
        .unwrap_or(Operation::Chat);
    let decoded = match dialect.decode(operation, body) {
        Ok(decoded) => decoded,
        Err(fault) => return refused(dialect, &fault),
    };
    assert_eq!(decoded.request.operation(), operation);
    let Some(provider) = PROVIDER.as_ref() else {
        return assert!(PROVIDER.is_some(), "a provider is built");
    };
    let head = CallHead {
        operation,
        streams: decoded.request.streams(),
        faithful,
        words: decoded.words,
    };
    match provider.encode(&head, &decoded.request) {
        Ok(encoded) => {
            let written = serde_json::from_slice::<Value>(&encoded.body);
            assert!(
                written.is_ok_and(|body| body.get("model").is_some()),
                "a body is written as JSON"
            );
        }
        Err(fault) => refused(dialect, &fault),
    }
}

fn refused(dialect: &dyn Dialect, fault: &Fault) {
    let (status, body) = dialect.error(fault);
    assert!(
        (400..500).contains(&status),
        "the client is to blame, not {status}"
    );
    assert!(
        serde_json::from_slice::<Value>(&body).is_ok(),
        "an error is JSON"
    );
}
