//! Gemini, and Vertex AI, which speaks the same: `generateContent`, plain, streamed or as one list, and embeddings.

use serde_json::{Value, json};

use crate::Source;
use crate::answer::{Call, Told, vector};
use crate::recording::Recording;

pub(crate) const GEMINI: Source = Source {
    file: "gemini",
    operations: &[
        ("generateContent", "chat"),
        ("streamGenerateContent", "chat"),
        ("batchEmbedContents", "embeddings"),
    ],
    model,
    told,
};

pub(crate) const VERTEX: Source = Source {
    file: "vertex",
    operations: &[
        ("generateContent", "chat"),
        ("streamGenerateContent", "chat"),
    ],
    model,
    told,
};

fn model(base: &str) -> Value {
    json!({"provider": "gemini", "name": "gemini-2.5-flash", "config": {
        "gemini_api_key": "k", "gemini_api_base": format!("{base}/v1beta/models"),
    }})
}

fn told(recording: &Recording) -> Told {
    if recording.status() >= 400 {
        let words = recording.body()["error"]["message"].as_str();
        return Told {
            error: Some((recording.status(), words.expect("a message").to_owned())),
            ..Told::default()
        };
    }
    let chunks = if recording.streams() {
        recording.events()
    } else {
        match recording.body() {
            Value::Array(chunks) => chunks.clone(),
            body => vec![body.clone()],
        }
    };
    if let Some(vectors) = chunks[0]["embeddings"].as_array() {
        return Told {
            vectors: vectors.iter().map(|it| vector(&it["values"])).collect(),
            ..Told::default()
        };
    }
    answer(&chunks)
}

fn answer(chunks: &[Value]) -> Told {
    let candidates = chunks.iter().map(|chunk| &chunk["candidates"][0]);
    let parts = candidates
        .clone()
        .filter_map(|it| it["content"]["parts"].as_array());
    let parts: Vec<&Value> = parts.flatten().collect();
    let texts = parts.iter().filter(|part| part["thought"] != true);
    let calls = parts.iter().map(|part| &part["functionCall"]);
    let calls = calls.filter(|call| call.is_object()).enumerate();
    let calls: Vec<Call> = calls
        .map(|(index, call)| {
            let made = json!(format!("call_{}_{index}", text(&chunks[0]["responseId"])));
            let id = if call["id"].is_string() {
                &call["id"]
            } else {
                &made
            };
            let arguments = call.get("args").map_or_else(String::new, Value::to_string);
            Call::new(id, &call["name"], &arguments)
        })
        .collect();
    let mut reasons = candidates.map(|it| &it["finishReason"]);
    let reason = reasons.rfind(|reason| !reason.is_null());
    let blocked = chunks[0]["promptFeedback"]["blockReason"].is_string();
    let finish = match reason.map(|reason| reason.as_str().unwrap_or("STOP")) {
        Some("STOP") if !calls.is_empty() => Some("tool_calls"),
        Some("MAX_TOKENS") => Some("length"),
        Some(_) => Some("stop"),
        None => blocked.then_some("content_filter"),
    };
    Told {
        text: texts.map(|part| text(&part["text"])).collect(),
        finish: finish.map(str::to_owned),
        tokens: tokens(chunks),
        calls,
        ..Told::default()
    }
}

/// Returns the counts of the last chunk that has any. What is left out of them is 0.
fn tokens(chunks: &[Value]) -> (Option<u64>, Option<u64>) {
    let told = chunks.iter().map(|chunk| &chunk["usageMetadata"]);
    let mut told = told.filter(|told| told.is_object());
    let counted = |told: &&Value| told["totalTokenCount"].is_u64();
    let Some(told) = told.clone().rfind(counted).or_else(|| told.next()) else {
        return (None, None);
    };
    let sum = |names: [&str; 2]| names.iter().filter_map(|name| told[*name].as_u64()).sum();
    (
        Some(sum(["promptTokenCount", "toolUsePromptTokenCount"])),
        Some(sum(["candidatesTokenCount", "thoughtsTokenCount"])),
    )
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
