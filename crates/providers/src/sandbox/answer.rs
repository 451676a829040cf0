//! Answers as the OpenAI API writes them.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use tidegate_wire::Operation;

use super::config::Sandbox;
use super::draft::{Draft, DraftChoice};
use super::{embedding, stream, tool, words};
use crate::provider::{Local, LocalReply, LocalRequest};

/// The most answers to one request.
const MOST: usize = 16;

impl Local for Sandbox {
    fn answer(&self, request: &LocalRequest) -> LocalReply {
        if request.draw < self.failure_rate {
            return self.fail(
                "The sandbox failed on purpose (`failure_rate`).",
                self.failure_status,
            );
        }
        let Ok(body @ Value::Object(_)) = serde_json::from_slice(&request.body) else {
            return self.fail("The body is not a JSON object.", StatusCode::BAD_REQUEST);
        };
        if request.operation == Operation::Embeddings {
            return self.plain(&self.embed(&body));
        }
        let prompts = match prompts(request.operation, &body) {
            Ok(prompts) => prompts,
            Err(problem) => return self.fail(problem, StatusCode::BAD_REQUEST),
        };
        let draft = self.draft(request, &body, &prompts);
        if body.get("stream") == Some(&Value::Bool(true)) {
            return LocalReply {
                status: StatusCode::OK,
                headers: content_type("text/event-stream; charset=utf-8"),
                delay: self.delay,
                chunks: stream::chunks(&draft, request.operation, &body),
                interval: self.word_delay,
            };
        }
        self.plain(&draft.write(request.operation))
    }
}

impl Sandbox {
    fn draft(&self, request: &LocalRequest, body: &Value, prompts: &[String]) -> Draft {
        let asked = body["n"]
            .as_u64()
            .and_then(|n| usize::try_from(n).ok())
            .unwrap_or(1);
        let forced = tool::forced(body);
        let mut choices = Vec::new();
        for prompt in prompts {
            for index in 0..asked.clamp(1, MOST) {
                choices.push(forced.as_ref().map_or_else(
                    || text_choice(body, prompt, index),
                    |(name, arguments)| DraftChoice {
                        text: String::new(),
                        call: Some((name.clone(), arguments.to_string())),
                        reason: "tool_calls",
                    },
                ));
            }
        }
        let asked_tokens = words::tokens(&body["messages"]) + words::tokens(&body["prompt"]);
        let given_tokens: usize = choices
            .iter()
            .map(|choice| {
                let call = choice
                    .call
                    .as_ref()
                    .map_or(0, |(_, json)| words::pieces(json).len() + 1);
                words::pieces(&choice.text).len() + call
            })
            .sum();
        let kind = if request.operation == Operation::Chat {
            "chatcmpl"
        } else {
            "cmpl"
        };
        Draft {
            id: format!("{kind}-sandbox-{:016x}", words::digest(&request.body)),
            created: request.now,
            model: self.model.clone(),
            choices,
            usage: json!({
                "prompt_tokens": asked_tokens,
                "completion_tokens": given_tokens,
                "total_tokens": asked_tokens + given_tokens,
            }),
        }
    }

    fn embed(&self, body: &Value) -> Value {
        let data: Vec<Value> = embedding::vectors(body, self.dimensions)
            .into_iter()
            .enumerate()
            .map(|(index, vector)| json!({"object": "embedding", "index": index, "embedding": vector}))
            .collect();
        let tokens = words::tokens(&body["input"]);
        json!({
            "object": "list", "data": data, "model": self.model,
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
        })
    }

    fn plain(&self, body: &Value) -> LocalReply {
        LocalReply {
            status: StatusCode::OK,
            headers: content_type("application/json"),
            delay: self.delay,
            chunks: vec![Bytes::from(body.to_string())],
            interval: Duration::ZERO,
        }
    }

    fn fail(&self, message: &str, status: StatusCode) -> LocalReply {
        let kind = if status.is_client_error() {
            "invalid_request_error"
        } else {
            "server_error"
        };
        let body =
            json!({"error": {"message": message, "type": kind, "param": null, "code": null}});
        LocalReply {
            status,
            ..self.plain(&body)
        }
    }
}

fn text_choice(body: &Value, prompt: &str, index: usize) -> DraftChoice {
    let whole = tool::structured(body).unwrap_or_else(|| words::reply(prompt, index));
    let (text, reason) = words::limited(&whole, body);
    DraftChoice {
        text,
        call: None,
        reason,
    }
}

/// Returns the texts to answer.
fn prompts(operation: Operation, body: &Value) -> Result<Vec<String>, &'static str> {
    if operation == Operation::Chat {
        return match body["messages"].as_array() {
            Some(messages) if !messages.is_empty() => {
                Ok(vec![words::last_words(&body["messages"])])
            }
            _ => Err("`messages` must be a list with at least one message."),
        };
    }
    match &body["prompt"] {
        Value::String(prompt) => Ok(vec![prompt.clone()]),
        Value::Array(prompts) => Ok(prompts
            .iter()
            .take(MOST)
            .map(|prompt| {
                prompt
                    .as_str()
                    .map_or_else(|| prompt.to_string(), str::to_owned)
            })
            .collect()),
        _ => Err("`prompt` must be a text or a list of texts."),
    }
}

fn content_type(value: &'static str) -> HeaderMap {
    [(header::CONTENT_TYPE, HeaderValue::from_static(value))]
        .into_iter()
        .collect()
}
