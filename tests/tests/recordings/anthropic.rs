//! Anthropic: the Messages API and text completions.

use serde_json::{Value, json};

use crate::Source;
use crate::answer::{Call, Told};
use crate::recording::Recording;

pub(crate) const SOURCE: Source = Source {
    file: "anthropic",
    operations: &[("messages", "chat"), ("complete", "completions")],
    model: |base| {
        json!({"provider": "anthropic", "name": "claude", "config": {
            "anthropic_api_key": "k", "anthropic_api_base": format!("{base}/v1"),
        }})
    },
    told,
};

fn told(recording: &Recording) -> Told {
    let body = recording.body();
    if recording.status() >= 400 {
        let words = body["error"]["message"].as_str().expect("a message");
        return Told {
            error: Some((recording.status(), words.to_owned())),
            ..Told::default()
        };
    }
    match (recording.operation(), recording.streams()) {
        ("complete", false) => completion(std::slice::from_ref(body)),
        ("complete", true) => completion(&recording.events()),
        (_, false) => message(body),
        (_, true) => message(&put_together(&recording.events())),
    }
}

/// Reads the pieces of a completion.
fn completion(pieces: &[Value]) -> Told {
    let text = |name: &str| {
        let words = pieces.iter().filter_map(|piece| piece[name].as_str());
        words.collect::<String>()
    };
    let finish = if text("stop_reason") == "stop_sequence" {
        "stop"
    } else {
        "length"
    };
    Told {
        text: text("completion"),
        finish: Some(finish.to_owned()),
        ..Told::default()
    }
}

/// Reads a message.
fn message(message: &Value) -> Told {
    let blocks = message["content"].as_array().expect("content");
    let of = |kind: &'static str| blocks.iter().filter(move |block| block["type"] == kind);
    let finish = match message["stop_reason"].as_str() {
        Some("max_tokens") => "length",
        Some("tool_use") => "tool_calls",
        _ => "stop",
    };
    let usage = &message["usage"];
    Told {
        error: None,
        text: of("text").filter_map(|it| it["text"].as_str()).collect(),
        calls: of("tool_use")
            .map(|call| Call::new(&call["id"], &call["name"], &call["input"].to_string()))
            .collect(),
        finish: Some(finish.to_owned()),
        tokens: (
            usage["input_tokens"].as_u64(),
            usage["output_tokens"].as_u64(),
        ),
        vectors: Vec::new(),
    }
}

/// Puts a stream's events together to the message that they tell.
fn put_together(events: &[Value]) -> Value {
    let mut message = Value::Null;
    for event in events {
        let block = event["index"].as_u64().unwrap_or_default();
        let block = usize::try_from(block).expect("small");
        match event["type"].as_str() {
            Some("message_start") => message = event["message"].clone(),
            Some("content_block_start") => {
                let blocks = message["content"].as_array_mut().expect("content");
                assert_eq!(blocks.len(), block);
                blocks.push(event["content_block"].clone());
            }
            Some("content_block_delta") => {
                let block = &mut message["content"][block];
                for (name, piece) in [("text", "text"), ("json", "partial_json")] {
                    if let Some(piece) = event["delta"][piece].as_str() {
                        let known = block[name].as_str().unwrap_or_default();
                        block[name] = format!("{known}{piece}").into();
                    }
                }
            }
            Some("content_block_stop") => {
                let block = &mut message["content"][block];
                let input = block["json"].as_str().unwrap_or_default();
                if !input.is_empty() {
                    block["input"] = serde_json::from_str(input).expect("input is JSON");
                }
            }
            Some("message_delta") => {
                message["stop_reason"] = event["delta"]["stop_reason"].clone();
                for (name, count) in event["usage"].as_object().expect("usage") {
                    message["usage"][name] = count.clone();
                }
            }
            _ => {}
        }
    }
    message
}
