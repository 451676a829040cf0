//! OpenAI's Responses API, as OpenAI, Azure and others serve it.

use serde_json::{Value, json};

use crate::Source;
use crate::answer::{Call, Told};
use crate::recording::Recording;

const OPERATIONS: &[(&str, &str)] = &[("responses", "chat")];

pub(crate) const OPENAI: Source = of("openai");
pub(crate) const OPENROUTER: Source = of("openrouter");
pub(crate) const XAI: Source = of("xai");

pub(crate) const AZURE: Source = Source {
    file: "azure",
    operations: OPERATIONS,
    model: |base| {
        json!({"provider": "azure", "name": "gpt-5", "config": {
            "openai_api_key": "k", "openai_api_base": base, "openai_api_version": "v", "openai_deployment_name": "d",
            "openai_chat_api": "responses",
        }})
    },
    told,
};

const fn of(file: &'static str) -> Source {
    Source {
        file,
        operations: OPERATIONS,
        model: |base| {
            json!({"provider": "openai", "name": "gpt-5", "config": {
                "openai_api_key": "k", "openai_api_base": format!("{base}/v1"), "openai_chat_api": "responses",
            }})
        },
        told,
    }
}

fn told(recording: &Recording) -> Told {
    let body = recording.body();
    if recording.status() >= 400 {
        let words = body["error"]["message"].as_str().or(body["error"].as_str());
        // What is sent as a text is told as one.
        let text = json!({"message": body.to_string()}).to_string();
        let is_text = recording.content_type("").starts_with("text/plain");
        let words = words.filter(|_| !is_text).map_or(text, str::to_owned);
        return Told {
            error: Some((recording.status(), words)),
            ..Told::default()
        };
    }
    if recording.streams() {
        let events = recording.events();
        let done = |event: &&Value| event["type"] == "response.output_item.done";
        let items = events.iter().filter(done).map(|event| &event["item"]);
        let last = events.last().expect("an event");
        response(&last["response"], &items.collect::<Vec<_>>())
    } else {
        let items = body["output"].as_array().expect("items");
        response(body, &items.iter().collect::<Vec<_>>())
    }
}

fn response(response: &Value, items: &[&Value]) -> Told {
    let of = |kind: &'static str| items.iter().filter(move |item| item["type"] == kind);
    let texts = of("message").flat_map(|item| item["content"].as_array().expect("content"));
    let calls = of("function_call").map(|item| {
        let arguments = item["arguments"].as_str().expect("a text");
        Call::new(&item["call_id"], &item["name"], arguments)
    });
    let calls: Vec<Call> = calls.collect();
    let finish = match response["incomplete_details"]["reason"].as_str() {
        Some("max_output_tokens") => "length",
        Some(other) => other,
        None if calls.is_empty() => "stop",
        None => "tool_calls",
    };
    let usage = &response["usage"];
    Told {
        text: texts.filter_map(|part| part["text"].as_str()).collect(),
        calls,
        finish: Some(finish.to_owned()),
        tokens: (
            usage["input_tokens"].as_u64(),
            usage["output_tokens"].as_u64(),
        ),
        ..Told::default()
    }
}
