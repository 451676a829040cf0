//! What providers say in most tests.

use crate::client::{answer, json_answer};

/// A chat answer.
pub const CHAT: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"message":{"role":"assistant","content":"Hello there"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}"#;

/// An embeddings answer.
pub const EMBEDDINGS: &str = r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-0.25]}],"model":"text-embedding-ada-002","usage":{"prompt_tokens":3,"total_tokens":3}}"#;

/// An error as OpenAI writes it.
pub const ERROR: &str = r#"{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#;

/// A request body for `/gateway/chat/invocations` and `/endpoints/chat/invocations`.
pub const ASK: &str = r#"{"messages":[{"role":"user","content":"hi"}]}"#;

/// The same, streamed.
pub const ASK_STREAM: &str = r#"{"messages":[{"role":"user","content":"hi"}],"stream":true}"#;

/// A request body for `/v1/chat/completions`.
pub const ASK_V1: &str = r#"{"model":"chat","messages":[{"role":"user","content":"hi"}]}"#;

/// The same, streamed.
pub const ASK_V1_STREAM: &str =
    r#"{"model":"chat","messages":[{"role":"user","content":"hi"}],"stream":true}"#;

/// The doors of the route `chat`: path, plain body, streamed body.
pub const CHAT_DOORS: [(&str, &str, &str); 3] = [
    ("/gateway/chat/invocations", ASK, ASK_STREAM),
    ("/endpoints/chat/invocations", ASK, ASK_STREAM),
    ("/v1/chat/completions", ASK_V1, ASK_V1_STREAM),
];

/// A chat answer in HTTP.
pub fn chat() -> Vec<u8> {
    json_answer(200, CHAT)
}

/// A chunk of a chat stream with this content.
pub fn delta(content: &str) -> String {
    let content = serde_json::Value::from(content);
    format!(
        r#"{{"id":"chatcmpl-s1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-mini-2024-07-18","choices":[{{"index":0,"delta":{{"role":"assistant","content":{content}}},"finish_reason":null}}]}}"#
    )
}

/// The last chunk of a chat stream.
pub fn finish() -> String {
    r#"{"id":"chatcmpl-s1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#.to_owned()
}

/// The text of a whole chat stream: these words, a finish and the terminator.
pub fn stream_text(words: &[&str]) -> String {
    let mut text: String = words
        .iter()
        .map(|word| format!("data: {}\n\n", delta(word)))
        .collect();
    text.push_str(&format!("data: {}\n\ndata: [DONE]\n\n", finish()));
    text
}

/// A whole chat stream in HTTP, in one piece.
pub fn stream(words: &[&str]) -> Vec<u8> {
    answer(
        200,
        &[("content-type", "text/event-stream")],
        stream_text(words),
    )
}
