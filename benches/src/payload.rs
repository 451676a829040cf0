//! The bodies that are measured: made up, the same in every run.

use bytes::Bytes;
use serde_json::{Map, Value, json};

/// The texts and vectors of an embeddings call.
const TEXTS: usize = 64;
const DIMENSIONS: usize = 1536;

/// Sentences of roughly `bytes` bytes, with a line feed (an escape in JSON) every eighty.
pub(crate) fn text(bytes: usize) -> String {
    let words = "The tide comes in and goes out; the gate keeps what it should, and \"lets\" the rest pass by.\n";
    words.chars().cycle().take(bytes).collect()
}

/// The members of a chat request.
fn chat(prompt: usize) -> [(&'static str, Value); 3] {
    let messages = json!([
        {"role": "system", "content": "You are a helpful assistant."},
        {"role": "user", "content": text(prompt)},
    ]);
    [
        ("messages", messages),
        ("temperature", json!(0.5)),
        ("max_tokens", json!(512)),
    ]
}

fn object<'a>(members: impl IntoIterator<Item = (&'a str, Value)>) -> Bytes {
    let members: Map<String, Value> = members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    Bytes::from(Value::Object(members).to_string())
}

/// A chat request of the API on `/v1`.
pub(crate) fn chat_request(prompt: usize, stream: bool) -> Bytes {
    let stream = stream.then_some(("stream", json!(true)));
    object(
        [("model", json!("chat"))]
            .into_iter()
            .chain(chat(prompt))
            .chain(stream),
    )
}

/// The same for an MLflow door, which names the endpoint in the path.
pub(crate) fn mlflow_chat_request(prompt: usize) -> Bytes {
    object(chat(prompt))
}

/// An answer of about 1.5 KB.
pub(crate) fn chat_answer() -> Bytes {
    let body = json!({
        "id": "chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG", "object": "chat.completion", "created": 1_741_570_283,
        "model": "gpt-4o-mini-2024-07-18",
        "choices": [{
            "index": 0,
            "message": {"role": "assistant", "content": text(900), "refusal": null, "annotations": []},
            "logprobs": null, "finish_reason": "stop",
        }],
        "usage": {
            "prompt_tokens": 119, "completion_tokens": 210, "total_tokens": 329,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0,
                "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0},
        },
        "service_tier": "default", "system_fingerprint": "fp_fc9f1d7035",
    });
    Bytes::from(body.to_string())
}

/// One chunk of a stream, as one server-sent event.
pub(crate) fn chunk() -> Bytes {
    Bytes::from_static(concat!(
        "data: {\"id\":\"chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG\",\"object\":\"chat.completion.chunk\",",
        "\"created\":1741570283,\"model\":\"gpt-4o-mini-2024-07-18\",\"service_tier\":\"default\",",
        "\"system_fingerprint\":\"fp_fc9f1d7035\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" tide\"},",
        "\"logprobs\":null,\"finish_reason\":null}]}\n\n",
    ).as_bytes())
}

/// The end of a stream.
pub(crate) fn stream_end() -> Bytes {
    Bytes::from_static(concat!(
        "data: {\"id\":\"chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG\",\"object\":\"chat.completion.chunk\",",
        "\"created\":1741570283,\"model\":\"gpt-4o-mini-2024-07-18\",\"choices\":[{\"index\":0,\"delta\":{},",
        "\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
    ).as_bytes())
}

fn texts() -> Vec<String> {
    (0..TEXTS)
        .map(|index| format!("{index}: {}", text(80)))
        .collect()
}

/// A request for 64 vectors.
pub(crate) fn embeddings_request() -> Bytes {
    Bytes::from(json!({"model": "embed", "input": texts()}).to_string())
}

/// The same for an MLflow door.
pub(crate) fn mlflow_embeddings_request() -> Bytes {
    Bytes::from(json!({"input": texts()}).to_string())
}

/// 64 vectors of 1,536 numbers, about 1.3 MB.
pub(crate) fn embeddings_answer() -> Bytes {
    // The numbers follow a linear congruence, so that their digits are as long as a provider's.
    let mut state = 1_u32;
    let mut number = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(state) / f64::from(u32::MAX) - 0.5) / 10.0
    };
    let vector = |index| {
        let digits: Vec<String> = (0..DIMENSIONS)
            .map(|_| format!("{:.9}", number()))
            .collect();
        format!(
            "{{\"object\":\"embedding\",\"index\":{index},\"embedding\":[{}]}}",
            digits.join(",")
        )
    };
    let vectors: Vec<String> = (0..TEXTS).map(vector).collect();
    Bytes::from(format!(
        "{{\"object\":\"list\",\"data\":[{}],\"model\":\"text-embedding-3-small\",\"usage\":{{\"prompt_tokens\":1280,\"total_tokens\":1280}}}}",
        vectors.join(",")
    ))
}
