//! Providers that answer chat in OpenAI's form: Mistral, Together AI, and text-generation-inference with its own form for
//! completions.

use serde_json::{Value, json};

use crate::Source;
use crate::answer::{Call, Told};
use crate::recording::Recording;

pub(crate) const MISTRAL: Source = Source {
    file: "mistral",
    operations: &[("chat.completions", "chat")],
    model: |base| {
        json!({"provider": "mistral", "name": "m", "config": {
            "mistral_api_key": "k", "mistral_api_base": format!("{base}/v1"),
        }})
    },
    told,
};

pub(crate) const TOGETHER: Source = Source {
    file: "together",
    operations: &[("chat.completions", "chat")],
    model: |base| {
        json!({"provider": "togetherai", "name": "m", "config": {
            "togetherai_api_key": "k", "togetherai_api_base": format!("{base}/v1"),
        }})
    },
    told,
};

pub(crate) const TGI: Source = Source {
    file: "tgi",
    operations: &[("chat.completions", "chat"), ("generate", "completions")],
    model: inference_server,
    told,
};

/// Hugging Face's router: its chat has the form of the inference server's.
pub(crate) const HUGGINGFACE: Source = Source {
    file: "huggingface",
    operations: &[("chat.completions", "chat")],
    model: inference_server,
    told,
};

fn inference_server(base: &str) -> Value {
    json!({"provider": "huggingface-text-generation-inference", "name": "m", "config": {
        "hf_server_url": base,
    }})
}

fn told(recording: &Recording) -> Told {
    let body = recording.body();
    if recording.status() >= 400 {
        // An error without an `error` member is passed on whole.
        let words = body["error"]["message"].as_str().or(body["error"].as_str());
        let words = words.map_or_else(|| body.to_string(), str::to_owned);
        return Told {
            error: Some((recording.status(), words)),
            ..Told::default()
        };
    }
    match (recording.operation(), recording.streams()) {
        ("generate", _) => generated(body),
        (_, false) => chat(&body["choices"][0]["message"], std::slice::from_ref(body)),
        (_, true) => {
            let chunks = recording.events();
            chat(&put_together(&chunks), &chunks)
        }
    }
}

fn generated(body: &Value) -> Told {
    let details = &body["details"];
    let prefill = details["prefill"].as_array().expect("a list");
    Told {
        text: body["generated_text"].as_str().expect("a text").to_owned(),
        finish: details["finish_reason"].as_str().map(str::to_owned),
        tokens: (
            Some(u64::try_from(prefill.len()).expect("small")),
            details["generated_tokens"].as_u64(),
        ),
        ..Told::default()
    }
}

/// Reads a message, and what bodies say beside it.
fn chat(message: &Value, bodies: &[Value]) -> Told {
    let calls = message["tool_calls"].as_array().into_iter().flatten();
    let last = |path: &str| {
        let mut said = bodies.iter().filter_map(|body| body.pointer(path));
        said.rfind(|value| !value.is_null())
    };
    let count = |path: &str| last(path).and_then(Value::as_u64);
    Told {
        error: None,
        text: text(&message["content"]),
        calls: calls
            .map(|call| {
                let function = &call["function"];
                let arguments = function["arguments"].as_str().expect("a text");
                Call::new(&call["id"], &function["name"], arguments)
            })
            .collect(),
        finish: last("/choices/0/finish_reason").map(|reason| match reason.as_str() {
            Some("eos") => "stop".to_owned(),
            reason => reason.expect("a text").to_owned(),
        }),
        tokens: (
            count("/usage/prompt_tokens"),
            count("/usage/completion_tokens"),
        ),
        ..Told::default()
    }
}

/// Reads content: a text, or parts of which some are texts.
fn text(content: &Value) -> String {
    let parts = content.as_array().into_iter().flatten();
    let texts = parts.filter_map(|part| part["text"].as_str());
    match content.as_str() {
        Some(text) => text.to_owned(),
        None => texts.collect(),
    }
}

/// Puts a stream's deltas together to the message that they tell.
fn put_together(chunks: &[Value]) -> Value {
    let mut said = String::new();
    let mut calls: Vec<Value> = Vec::new();
    for chunk in chunks {
        let delta = &chunk["choices"][0]["delta"];
        said += &text(&delta["content"]);
        for piece in delta["tool_calls"].as_array().into_iter().flatten() {
            let index = piece["index"].as_u64().unwrap_or_default();
            let index = usize::try_from(index).expect("small");
            match calls.get_mut(index) {
                None => calls.push(piece.clone()),
                Some(call) => {
                    let arguments = &mut call["function"]["arguments"];
                    let known = arguments.as_str().unwrap_or_default();
                    let more = piece["function"]["arguments"].as_str().unwrap_or_default();
                    *arguments = format!("{known}{more}").into();
                }
            }
        }
    }
    json!({"content": said, "tool_calls": calls})
}
