//! What an answer says, in one form for recordings and for what the client got.

use serde_json::{Value, json};
use tidegate_tests::Response;

/// What an answer says.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Told {
    /// The status and the words of an error.
    pub(crate) error: Option<(u16, String)>,
    /// The text; empty when there is none.
    pub(crate) text: String,
    /// Tool calls.
    pub(crate) calls: Vec<Call>,
    /// OpenAI's word for why it ended.
    pub(crate) finish: Option<String>,
    /// Tokens of request and answer.
    pub(crate) tokens: (Option<u64>, Option<u64>),
    /// Vectors of texts.
    pub(crate) vectors: Vec<Vec<f64>>,
}

/// A tool call; the arguments are compared as JSON.
#[derive(Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) arguments: Value,
}

impl Call {
    /// Makes a call of JSON texts; no arguments are an empty object, and arguments cut by the limit on tokens stay a text.
    pub(crate) fn new(id: &Value, name: &Value, arguments: &str) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            id: text(id),
            name: text(name),
            arguments: if arguments.is_empty() {
                json!({})
            } else {
                serde_json::from_str(arguments).unwrap_or_else(|_| arguments.into())
            },
        }
    }
}

impl Told {
    /// Reads what the client got.
    pub(crate) fn read(answer: &Response, streams: bool) -> Self {
        assert!(answer.complete, "the answer is cut: {}", answer.text());
        if answer.status >= 400 {
            return Self {
                error: Some((answer.status, answer.message())),
                ..Self::default()
            };
        }
        if streams {
            read_stream(answer)
        } else {
            read_plain(&answer.json())
        }
    }
}

fn counts(usage: &Value) -> (Option<u64>, Option<u64>) {
    let count = |name: &str| usage[name].as_u64();
    let (prompt, completion) = (count("prompt_tokens"), count("completion_tokens"));
    let sum = prompt.zip(completion).map(|(one, other)| one + other);
    // Tokens from a cache may count in the sum only.
    assert!(count("total_tokens") >= sum, "{usage}");
    (prompt, completion)
}

fn vectors(data: &Value) -> Vec<Vec<f64>> {
    let items = data.as_array().into_iter().flatten();
    items.map(|item| vector(&item["embedding"])).collect()
}

/// Reads a list of numbers.
pub(crate) fn vector(list: &Value) -> Vec<f64> {
    let numbers = list.as_array().expect("a vector").iter();
    numbers
        .map(|number| number.as_f64().expect("a number"))
        .collect()
}

fn read_plain(body: &Value) -> Told {
    let choice = &body["choices"][0];
    let message = &choice["message"];
    let calls = message["tool_calls"].as_array();
    let calls = calls.into_iter().flatten().map(|call| {
        let function = &call["function"];
        let arguments = function["arguments"].as_str().expect("a text");
        Call::new(&call["id"], &function["name"], arguments)
    });
    let text = message["content"].as_str().or(choice["text"].as_str());
    Told {
        error: None,
        text: text.unwrap_or_default().to_owned(),
        calls: calls.collect(),
        finish: choice["finish_reason"].as_str().map(str::to_owned),
        tokens: counts(&body["usage"]),
        vectors: vectors(&body["data"]),
    }
}

fn read_stream(answer: &Response) -> Told {
    let mut events = answer.events();
    assert_eq!(events.pop().as_deref(), Some("[DONE]"), "{}", answer.text());
    let mut told = Told::default();
    // Id, name and the text of the arguments so far.
    let mut calls: Vec<(Value, Value, String)> = Vec::new();
    for event in events {
        let frame: Value = serde_json::from_str(&event).expect("a frame is JSON");
        let choice = &frame["choices"][0];
        let delta = &choice["delta"];
        told.text += delta["content"].as_str().unwrap_or_default();
        for piece in delta["tool_calls"].as_array().into_iter().flatten() {
            let function = &piece["function"];
            if piece["id"].is_string() {
                calls.push((piece["id"].clone(), function["name"].clone(), String::new()));
            }
            let index = piece["index"].as_u64().expect("an index");
            let index = usize::try_from(index).expect("small");
            let arguments = function["arguments"].as_str().unwrap_or_default();
            calls[index].2.push_str(arguments);
        }
        if let Some(reason) = choice["finish_reason"].as_str() {
            told.finish = Some(reason.to_owned());
        }
        if frame["usage"].is_object() {
            told.tokens = counts(&frame["usage"]);
        }
    }
    let calls = calls.iter();
    told.calls = calls
        .map(|(id, name, arguments)| Call::new(id, name, arguments))
        .collect();
    told
}
