//! The cases: the pure parts of a call, through the interfaces that the gateway itself uses.

use anyhow::Context as _;
use bytes::{Bytes, BytesMut};
use tidegate_gateway::bench::{self, Way};
use tidegate_providers::{CallHead, ModelEdit};
use tidegate_wire::dialect::mlflow::{Era, Mlflow};
use tidegate_wire::dialect::openai::{OpenAiDecoder, OpenAiTap};
use tidegate_wire::dialect::{Context, Decoded, Dialect, Fault, Tap as _};
use tidegate_wire::fold::Answer;
use tidegate_wire::frame::Frame;
use tidegate_wire::json::peek;
use tidegate_wire::{Asked, Operation};

use super::call;
use crate::payload;

/// One run of a case.
pub(super) type Work = Box<dyn FnMut() -> anyhow::Result<()>>;

/// Something that is measured.
pub(super) struct Case {
    pub(super) name: &'static str,
    /// How often it runs in one measurement.
    pub(super) iterations: u32,
    pub(super) prepare: fn() -> anyhow::Result<Work>,
}

/// The size of a long prompt.
const LONG: usize = 100 * 1024;

/// The size of a usual one.
const SHORT: usize = 400;

/// Frames are small here; any cap does.
const MAX_FRAME: usize = 1 << 20;

/// How many chunks may arrive together.
const TOGETHER: usize = 8;

/// Returns all cases in the order of the table.
pub(super) fn all() -> Vec<Case> {
    let case = |name, iterations, prepare| Case {
        name,
        iterations,
        prepare,
    };
    vec![
        case("chat, byte path", 4_000, || Ok(bytes_chat(SHORT))),
        case("chat, MLflow door", 2_000, || mlflow_chat(SHORT)),
        case("chat with a 100 KB prompt, byte path", 400, || {
            Ok(bytes_chat(LONG))
        }),
        case("chat with a 100 KB prompt, MLflow door", 200, || {
            mlflow_chat(LONG)
        }),
        case("embeddings 64 × 1536, byte path", 40, || {
            Ok(bytes_embeddings())
        }),
        case("embeddings 64 × 1536, MLflow door", 40, mlflow_embeddings),
        case("stream chunk, passed through", 8_000, || Ok(passed(1))),
        case(
            "8 stream chunks that arrive together, passed through",
            2_000,
            || Ok(passed(TOGETHER)),
        ),
        case("stream chunk, translated to MLflow", 4_000, || {
            translated(1)
        }),
        case(
            "8 stream chunks that arrive together, translated",
            1_000,
            || translated(TOGETHER),
        ),
        case("whole call: chat on /v1, sandbox", 2_000, || {
            call::openai(SHORT)
        }),
        case("whole call: chat on an MLflow door, sandbox", 2_000, || {
            call::mlflow(SHORT)
        }),
        case("of these, the sandbox itself", 2_000, || {
            call::sandbox(SHORT)
        }),
    ]
}

fn bytes_chat(prompt: usize) -> Work {
    pass(payload::chat_request(prompt, false), payload::chat_answer())
}

fn bytes_embeddings() -> Work {
    pass(payload::embeddings_request(), payload::embeddings_answer())
}

/// The byte path: find the model, cut around it, look at the answer.
fn pass(request: Bytes, answer: Bytes) -> Work {
    let model = Bytes::from_static(b"\"gpt-4o-mini\"");
    Box::new(move || {
        let found = peek(&request, ["model", "stream"], 64)?;
        let [member, _] = found.members;
        let name = member
            .as_ref()
            .and_then(|member| request.get(member.value.clone()));
        let name: String = serde_json::from_slice(name.context("no model")?)?;
        let length =
            bench::edit_model(&request, member.as_ref(), ModelEdit::Replace(model.clone()));
        let mut tap = OpenAiTap::default();
        tap.inspect(&answer)?;
        let told = tap.told();
        anyhow::ensure!(length > 0 && !name.is_empty() && told.usage.is_some());
        Ok(())
    })
}

fn mlflow_chat(prompt: usize) -> anyhow::Result<Work> {
    parse(
        Operation::Chat,
        payload::mlflow_chat_request(prompt),
        payload::chat_answer(),
    )
}

fn mlflow_embeddings() -> anyhow::Result<Work> {
    let request = payload::mlflow_embeddings_request();
    parse(Operation::Embeddings, request, payload::embeddings_answer())
}

/// A parsed call: decode, encode, decode the answer, write it.
fn parse(operation: Operation, request: Bytes, answer: Bytes) -> anyhow::Result<Work> {
    let provider = call::openai_provider(operation)?;
    let head = CallHead::of(operation);
    Ok(Box::new(move || {
        peek(&request, [], 64)?;
        let Decoded { asked, voice, .. } = Mlflow(Era::Auto)
            .decode(operation, &request)
            .map_err(refused)?;
        let Asked::Request(request) = asked else {
            anyhow::bail!("MLflow's doors make requests")
        };
        let encoded = provider.encode(&head, &request).map_err(refused)?;
        let body = serde_json::Value::Object(encoded.body).to_string();
        let mut decoder = provider.decoder(&head);
        let mut events = Vec::new();
        decoder.frame(Frame::Whole(&answer), &mut events)?;
        decoder.end()?;
        let whole: Answer = events.into_iter().collect();
        let written = voice.plain(whole, &context());
        anyhow::ensure!(!body.is_empty() && !written.is_empty());
        Ok(())
    }))
}

fn passed(together: usize) -> Work {
    stream(Way::native(MAX_FRAME), together)
}

fn translated(together: usize) -> anyhow::Result<Work> {
    let request = payload::mlflow_chat_request(SHORT);
    let voice = Mlflow(Era::Auto)
        .decode(Operation::Chat, &request)
        .map_err(refused)?
        .voice;
    let way = Way::translated(
        MAX_FRAME,
        Box::new(OpenAiDecoder::default()),
        voice.stream(context()),
    );
    Ok(stream(way, together))
}

/// A long stream, a few chunks at a time: what came in goes out at once.
fn stream(mut way: Way, together: usize) -> Work {
    let chunk = Bytes::from(payload::chunk().repeat(together));
    let mut out = BytesMut::new();
    Box::new(move || {
        way.chunk(chunk.clone(), &mut out)?;
        let sent = out.split().freeze();
        anyhow::ensure!(!sent.is_empty());
        Ok(())
    })
}

fn context() -> Context {
    Context {
        now: 1_741_570_283,
        model: Some("gpt-4o-mini".to_owned()),
        id: "chatcmpl-1".to_owned(),
    }
}

fn refused(fault: Fault) -> anyhow::Error {
    anyhow::anyhow!(fault.message)
}
