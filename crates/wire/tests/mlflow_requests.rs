//! How MLflow's doors read requests, as a table: `mlflow_requests.table`.
//!
//! A case is a line `era operation body`, and below it the request as it was understood (`= shape request`) or the whole
//! error (`! status body`). Lines that begin with `#` say what the following cases are about. `UPDATE_GOLDEN=1` rewrites
//! the outcomes; read the difference before committing it.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Map, Value, json};
use tidegate_wire::Asked;
use tidegate_wire::dialect::mlflow::{Era, Mlflow};
use tidegate_wire::dialect::{Context, Decoded, Dialect as _, Voice};
use tidegate_wire::fold::Answer;
use tidegate_wire::{Operation, Request, Sampling};

const ERAS: [(&str, Era); 4] = [
    ("auto", Era::Auto),
    ("candidates", Era::Candidates),
    ("choices", Era::Choices),
    ("endpoints", Era::Endpoints),
];

/// Returns what becomes of a request.
#[expect(clippy::panic, reason = "the test ends here")]
fn outcome(line: &str) -> String {
    let mut words = line.splitn(3, ' ');
    let mut word = || words.next().unwrap_or_default();
    let (era, operation, body) = (word(), word(), word());
    let era = ERAS
        .iter()
        .find(|(name, _)| *name == era)
        .map(|(_, era)| *era);
    let operation = Operation::ALL
        .into_iter()
        .find(|known| known.name() == operation);
    let (Some(era), Some(operation)) = (era, operation) else {
        panic!("no era or no operation: {line}");
    };
    let dialect = Mlflow(era);
    // A text in the table stands for bytes; `\x` cannot be written in JSON, so it stands for one that is no UTF-8.
    let body: Vec<u8> = if body == "\\xff" {
        vec![0xff]
    } else {
        body.into()
    };
    match dialect.decode(operation, &body) {
        Ok(Decoded {
            asked: Asked::Request(request),
            voice,
            ..
        }) => format!("= {} {}", shape(&*voice), canonical(&request)),
        Ok(_) => panic!("these doors make requests"),
        Err(fault) => {
            let (status, body) = dialect.error(&fault);
            format!("! {status} {}", String::from_utf8_lossy(&body))
        }
    }
}

/// Returns which keys an answer will have.
fn shape(voice: &dyn Voice) -> &'static str {
    let body = voice.plain(
        Answer::default(),
        &Context {
            now: 0,
            model: None,
            id: "a".to_owned(),
        },
    );
    let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
    let has = |names: [&str; 2]| names.iter().any(|name| answer.get(name).is_some());
    match (has(["choices", "data"]), has(["candidates", "embeddings"])) {
        (true, true) => "both",
        (true, false) => "choices",
        (false, true) => "candidates",
        (false, false) => "none",
    }
}

/// Returns a request in our own words, without what is not there.
fn canonical(request: &Request) -> Value {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| drop(members.insert(name.to_owned(), value));
    match request {
        Request::Chat(chat) => {
            let messages = chat
                .messages
                .iter()
                .map(|message| Value::from(message.0.clone()));
            put("messages", messages.collect());
        }
        Request::Completions(completions) => put("prompt", completions.prompt.clone()),
        Request::Embeddings(embeddings) => put("input", embeddings.input.clone()),
    }
    if let Some(sampling) = request.sampling() {
        let Sampling {
            n,
            temperature,
            max_tokens,
            stop,
            stream,
        } = sampling.clone();
        let temperature = temperature.map(|it| json!([it.value, format!("{:?}", it.scale)]));
        put("temperature", json!(temperature));
        put("n", json!(n));
        put("stop", json!(stop));
        put("max_tokens", json!(max_tokens));
        put("stream", json!(stream));
    }
    if !request.extra().is_empty() {
        put("extra", request.extra().clone().into());
    }
    members.retain(|_, value| !value.is_null());
    members.into()
}

#[test]
fn requests_are_read_as_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mlflow_requests.table");
    let table = std::fs::read_to_string(&path).unwrap();
    let mut fresh = String::new();
    for line in table.lines() {
        match line.chars().next() {
            Some('=' | '!') => {}
            None | Some('#') => writeln!(fresh, "{line}").unwrap(),
            Some(_) => writeln!(fresh, "{line}\n{}", outcome(line)).unwrap(),
        }
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, fresh).unwrap();
    } else {
        assert!(table == fresh, "the table is now:\n{fresh}");
    }
}
