//! Amazon Bedrock: the Converse API, and models in their own formats. Each recording names its model in the address.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::Stand;
use crate::answer::{Call, Told, vector};
use crate::recording::{self, Recording};

#[test]
fn recorded_answers_of_bedrock_reach_the_client() {
    let recordings = recording::all("bedrock");
    let mut by_model: BTreeMap<String, Vec<(&Recording, Format)>> = BTreeMap::new();
    for recording in &recordings {
        let model = model(recording);
        if let Some(format) = format(recording, &model) {
            by_model.entry(model).or_default().push((recording, format));
        }
    }
    assert!(
        recordings.is_empty() || !by_model.is_empty(),
        "nothing is played"
    );
    for (model, recordings) in by_model {
        let config = |base: &str| {
            json!({"provider": "bedrock", "name": model, "config": {"aws_config": {
                "aws_region": "us-east-1", "aws_access_key_id": "AKIA1",
                "aws_secret_access_key": "s", "aws_endpoint_url": base,
            }}})
        };
        let stand = Stand::new(config, &["chat", "completions", "embeddings"]);
        for (recording, format) in recordings {
            stand.compare(recording, format.operation(), &told(recording, format));
        }
    }
}

/// What a recorded answer is written in.
#[derive(Clone, Copy)]
enum Format {
    Converse,
    Titan,
    Claude,
    Command,
    TitanEmbeddings,
    CohereEmbeddings,
}

impl Format {
    fn operation(self) -> &'static str {
        match self {
            Self::Converse => "chat",
            Self::Titan | Self::Claude | Self::Command => "completions",
            Self::TitanEmbeddings | Self::CohereEmbeddings => "embeddings",
        }
    }
}

/// Returns the model's id from the address.
fn model(recording: &Recording) -> String {
    let (_, path) = recording.url().split_once("/model/").expect("a model");
    let (id, _) = path.split_once('/').expect("an action");
    id.replace("%3A", ":").replace("%2F", "/")
}

/// Returns an answer's format; nothing where the gateway does not ask in this way.
fn format(recording: &Recording, model: &str) -> Option<Format> {
    let operation = recording.operation();
    if operation.starts_with("converse") {
        return Some(Format::Converse);
    }
    let formats = [
        ("amazon.titan-embed", Format::TitanEmbeddings),
        ("cohere.embed", Format::CohereEmbeddings),
        ("amazon.titan", Format::Titan),
        ("anthropic.claude-instant", Format::Claude),
        ("cohere.command-light", Format::Command),
    ];
    let known = formats.iter().find(|(name, _)| model.contains(name));
    known
        .filter(|_| operation.starts_with("invoke"))
        .map(|(_, format)| *format)
}

fn told(recording: &Recording, format: Format) -> Told {
    if recording.status() >= 400 {
        let words = recording.body()["message"].as_str().expect("a message");
        return Told {
            error: Some((recording.status(), words.to_owned())),
            ..Told::default()
        };
    }
    let pieces = match recording.binary() {
        Some(bytes) => messages(&bytes),
        None => vec![(String::new(), recording.body().clone())],
    };
    let whole = pieces.first().map(|(_, body)| body).expect("an answer");
    let streams = recording.streams();
    let texts = |name: &str| -> String {
        let texts = pieces.iter().filter_map(|(_, piece)| piece[name].as_str());
        texts.collect()
    };
    match format {
        Format::Converse if streams => conversed(&put_together(&pieces)),
        Format::Converse => conversed(whole),
        Format::Titan if streams => {
            let last = &pieces.last().expect("a chunk").1;
            let count = |name: &str| last[name].as_u64();
            Told {
                text: texts("outputText"),
                tokens: (
                    count("inputTextTokenCount"),
                    count("totalOutputTextTokenCount"),
                ),
                ..Told::default()
            }
        }
        Format::Titan => Told {
            text: text(&whole["results"][0]["outputText"]),
            tokens: (
                whole["inputTextTokenCount"].as_u64(),
                whole["results"][0]["tokenCount"].as_u64(),
            ),
            ..Told::default()
        },
        Format::Claude => Told {
            text: texts("completion"),
            finish: Some(match texts("stop_reason").as_str() {
                "stop_sequence" => "stop".to_owned(),
                _ => "length".to_owned(),
            }),
            ..Told::default()
        },
        Format::Command if streams => Told {
            text: texts("text"),
            finish: Some(texts("finish_reason")),
            ..Told::default()
        },
        Format::Command => Told {
            text: text(&whole["generations"][0]["text"]),
            ..Told::default()
        },
        Format::TitanEmbeddings => Told {
            vectors: vec![vector(&whole["embedding"])],
            tokens: (whole["inputTextTokenCount"].as_u64(), None),
            ..Told::default()
        },
        Format::CohereEmbeddings => {
            let vectors = whole["embeddings"].as_array().expect("vectors");
            Told {
                vectors: vectors.iter().map(vector).collect(),
                ..Told::default()
            }
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Reads an answer of the Converse API.
fn conversed(answer: &Value) -> Told {
    let blocks = answer["output"]["message"]["content"].as_array();
    let blocks = || blocks.into_iter().flatten();
    let words = blocks().flat_map(|block| {
        let cited = block["citationsContent"]["content"].as_array();
        let cited = cited.into_iter().flatten().map(|part| &part["text"]);
        std::iter::once(&block["text"]).chain(cited)
    });
    let calls = blocks().map(|block| &block["toolUse"]);
    // What Bedrock calls itself is nobody's to answer.
    let calls = calls.filter(|call| call.is_object() && call["type"] != "server_tool_use");
    let finish = match answer["stopReason"].as_str().expect("a reason") {
        "end_turn" | "stop_sequence" => "stop",
        "max_tokens" => "length",
        "tool_use" => "tool_calls",
        "guardrail_intervened" => "content_filter",
        other => other,
    };
    let count = |name: &str| answer["usage"][name].as_u64();
    Told {
        text: words.filter_map(Value::as_str).collect(),
        calls: calls
            .map(|call| {
                Call::new(
                    &call["toolUseId"],
                    &call["name"],
                    &call["input"].to_string(),
                )
            })
            .collect(),
        finish: Some(finish.to_owned()),
        tokens: (count("inputTokens"), count("outputTokens")),
        ..Told::default()
    }
}

/// Puts a stream's events together to the answer that they tell.
fn put_together(events: &[(String, Value)]) -> Value {
    let mut blocks: BTreeMap<u64, Value> = BTreeMap::new();
    let mut answer = json!({});
    for (name, event) in events {
        let block = || event["contentBlockIndex"].as_u64().expect("an index");
        match name.as_str() {
            "contentBlockStart" => drop(blocks.insert(block(), event["start"].clone())),
            "contentBlockDelta" => {
                let block = blocks.entry(block()).or_insert_with(|| json!({}));
                let delta = &event["delta"];
                if let Some(piece) = delta["text"].as_str() {
                    let known = block["text"].as_str().unwrap_or_default();
                    block["text"] = format!("{known}{piece}").into();
                }
                if let Some(piece) = delta["toolUse"]["input"].as_str() {
                    let known = block["toolUse"]["input"].as_str().unwrap_or_default();
                    block["toolUse"]["input"] = format!("{known}{piece}").into();
                }
            }
            "messageStop" => answer["stopReason"] = event["stopReason"].clone(),
            "metadata" => answer["usage"] = event["usage"].clone(),
            _ => {}
        }
    }
    for block in blocks.values_mut() {
        if let Some(input) = block["toolUse"]["input"].as_str() {
            let whole = if input.is_empty() { "{}" } else { input };
            block["toolUse"]["input"] = serde_json::from_str(whole).expect("input is JSON");
        }
    }
    answer["output"]["message"]["content"] = blocks.into_values().collect();
    answer
}

/// Cuts an AWS event stream into types and payloads; a chunk's bytes are unwrapped.
fn messages(mut bytes: &[u8]) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let number = |bytes: &[u8]| {
        let number = bytes
            .iter()
            .fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        usize::try_from(number).expect("small")
    };
    while !bytes.is_empty() {
        let (message, rest) = bytes.split_at(number(&bytes[..4]));
        let (headers, payload) = message[12..message.len() - 4].split_at(number(&message[4..8]));
        let mark = b":event-type";
        let at = headers.windows(mark.len()).position(|it| it == mark);
        // After the name: the type of a text, its length in two bytes, and the text.
        let value = &headers[at.expect("a type") + mark.len() + 1..];
        let name = String::from_utf8_lossy(&value[2..2 + number(&value[..2])]).into_owned();
        let mut content: Value = serde_json::from_slice(payload).expect("JSON");
        if let Some(chunk) = content["bytes"].as_str() {
            let inner = STANDARD.decode(chunk).expect("base64");
            content = serde_json::from_slice(&inner).expect("JSON");
        }
        found.push((name, content));
        bytes = rest;
    }
    found
}
