//! The response: what was asked, and around it what became of it.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::encode::ResponsesEncoder;
use super::output::Output;
use super::tool::Names;
use super::usage;
use crate::Usage;
use crate::dialect::{Context, Encoder, Voice, to_json};
use crate::event::{Event, Signed};
use crate::fold::{Answer, Choice, Thought};

/// How a request wants to be answered.
pub(super) struct ResponsesVoice {
    /// The response with what was asked; the rest is still null.
    pub(super) frame: Map<String, Value>,
    /// What the functions are that the model may call.
    pub(super) names: Names,
}

/// A response on its way.
pub(super) struct Response {
    /// Its members, with what was asked.
    pub(super) frame: Map<String, Value>,
    /// Its id.
    pub(super) id: String,
    /// The model that answers.
    pub(super) model: Option<String>,
    /// Unix seconds.
    pub(super) created: u64,
}

/// What became of a response.
pub(super) enum Status<'a> {
    /// It has begun.
    InProgress,
    /// It is over; the reason is in the words of OpenAI's chat API.
    Over(Option<&'a str>),
    /// It failed.
    Failed {
        /// For a program, in the API's words.
        code: &'a str,
        /// For a person.
        message: &'a str,
    },
}

/// Returns why an answer is incomplete that ended for a reason.
pub(super) fn lack(reason: Option<&str>) -> Option<&'static str> {
    match reason {
        Some("length") => Some("max_output_tokens"),
        Some("content_filter") => Some("content_filter"),
        _ => None,
    }
}

/// Returns the members of a response in the API's order, with what a request asked.
pub(super) fn frame(asked: &Map<String, Value>) -> Map<String, Value> {
    let said = |name: &str| asked.get(name).filter(|value| !value.is_null()).cloned();
    let or = |name: &str, usual: Value| said(name).unwrap_or(usual);
    let with = |name: &str, usual: Value| {
        let Value::Object(mut all) = usual else {
            return usual;
        };
        if let Some(Value::Object(members)) = said(name) {
            all.extend(members);
        }
        Value::Object(all)
    };
    let null = Value::Null;
    let members = [
        ("id", null.clone()),
        ("object", json!("response")),
        ("created_at", null.clone()),
        ("status", null.clone()),
        ("background", json!(false)),
        ("error", null.clone()),
        ("incomplete_details", null.clone()),
        ("instructions", or("instructions", null.clone())),
        ("max_output_tokens", or("max_output_tokens", null.clone())),
        ("max_tool_calls", null.clone()),
        ("model", null.clone()),
        ("output", null.clone()),
        (
            "parallel_tool_calls",
            or("parallel_tool_calls", json!(true)),
        ),
        ("previous_response_id", null.clone()),
        ("prompt_cache_key", or("prompt_cache_key", null.clone())),
        (
            "prompt_cache_retention",
            or("prompt_cache_retention", null.clone()),
        ),
        (
            "reasoning",
            with("reasoning", json!({"effort": null, "summary": null})),
        ),
        ("safety_identifier", or("safety_identifier", null.clone())),
        ("service_tier", or("service_tier", json!("auto"))),
        ("store", json!(false)),
        ("temperature", or("temperature", null.clone())),
        (
            "text",
            with(
                "text",
                json!({"format": {"type": "text"}, "verbosity": "medium"}),
            ),
        ),
        ("tool_choice", or("tool_choice", json!("auto"))),
        ("tools", or("tools", json!([]))),
        ("top_logprobs", or("top_logprobs", json!(0))),
        ("top_p", or("top_p", null.clone())),
        ("truncation", json!("disabled")),
        ("usage", null.clone()),
        ("user", or("user", null)),
        ("metadata", or("metadata", json!({}))),
    ];
    let members = members.into_iter();
    members
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

impl Response {
    /// A response whose provider has told nothing of itself yet.
    pub(super) fn new(frame: Map<String, Value>, context: Context) -> Self {
        Self {
            frame,
            id: id_of(&context.id),
            model: context.model,
            created: context.now,
        }
    }

    /// Takes what the provider tells of itself.
    pub(super) fn start(&mut self, id: Option<&str>, model: Option<String>, created: Option<u64>) {
        if let Some(id) = id.filter(|id| !id.is_empty()) {
            self.id = id_of(id);
        }
        self.model = model.or(self.model.take());
        self.created = created.unwrap_or(self.created);
    }

    /// Returns what the ids of items end with.
    pub(super) fn suffix(&self) -> &str {
        self.id.strip_prefix(PREFIX).unwrap_or(&self.id)
    }

    /// Writes it.
    pub(super) fn write(&self, status: &Status<'_>, output: Value, usage: Option<&Usage>) -> Value {
        let (mut error, mut details) = (Value::Null, Value::Null);
        let word = match status {
            Status::InProgress => "in_progress",
            Status::Failed { code, message } => {
                error = json!({"code": code, "message": message});
                "failed"
            }
            Status::Over(reason) => match lack(*reason) {
                Some(lack) => {
                    details = json!({"reason": lack});
                    "incomplete"
                }
                None => "completed",
            },
        };
        let mut members = self.frame.clone();
        for (name, value) in [
            ("id", json!(self.id)),
            ("created_at", json!(self.created)),
            ("status", json!(word)),
            ("error", error),
            ("incomplete_details", details),
            ("model", json!(self.model)),
            ("output", output),
            ("usage", json!(usage.map(usage::write))),
        ] {
            members.insert(name.to_owned(), value);
        }
        Value::Object(members)
    }
}

const PREFIX: &str = "resp_";

fn id_of(id: &str) -> String {
    if id.starts_with(PREFIX) {
        id.to_owned()
    } else {
        format!("{PREFIX}{id}")
    }
}

impl Voice for ResponsesVoice {
    fn plain(&self, answer: Answer, context: &Context) -> Bytes {
        let mut response = Response::new(self.frame.clone(), context.clone());
        response.start(answer.id.as_deref(), answer.model, answer.created);
        let mut output = Output::default();
        let choice = answer.choices.into_iter().next().unwrap_or_default();
        let reason = choice.finish_reason.clone();
        output.add(steps(choice), response.suffix(), &self.names);
        output.finish();
        let status = Status::Over(reason.as_deref());
        to_json(&response.write(&status, output.items().collect(), answer.usage.as_ref()))
    }

    fn stream(self: Box<Self>, context: Context) -> Box<dyn Encoder> {
        let response = Response::new(self.frame, context);
        Box::new(ResponsesEncoder::new(response, self.names))
    }
}

/// Returns what a whole answer says, as events: a stream of the same says the same.
fn steps(said: Choice) -> Vec<Event> {
    let choice = 0;
    let mut steps = Vec::new();
    let sign = |of: Signed, signature: Option<String>| {
        signature.map(|signature| Event::Signature {
            choice,
            of,
            signature,
        })
    };
    for thought in said.thoughts {
        match thought {
            Thought::Redacted(data) => steps.push(Event::Redacted { choice, data }),
            Thought::Said { text, signature } => {
                steps.push(Event::Reasoning { choice, text });
                steps.extend(sign(Signed::Reasoning, signature));
            }
        }
    }
    let probabilities = said.logprobs.into_iter();
    steps.extend(probabilities.map(|logprobs| Event::Logprobs { choice, logprobs }));
    let text = said.text.into_iter();
    steps.extend(text.map(|text| Event::Text { choice, text }));
    steps.extend(sign(Signed::Text, said.signature));
    let members = said.members.into_iter();
    steps.extend(members.map(|(name, value)| Event::Member {
        choice,
        name,
        value,
    }));
    let refusal = said.refusal.into_iter();
    steps.extend(refusal.map(|text| Event::Refusal { choice, text }));
    for (index, call) in (0..).zip(said.tool_calls) {
        let (id, name) = (call.id, call.name);
        if id.is_empty() && name.is_empty() {
            continue;
        }
        steps.push(Event::ToolCall {
            choice,
            index,
            id,
            name,
        });
        steps.extend(sign(Signed::Call(index), call.signature));
        steps.push(Event::ToolArguments {
            choice,
            index,
            json: call.arguments,
        });
    }
    let reason = said.finish_reason.into_iter();
    steps.extend(reason.map(|reason| Event::Finished { choice, reason }));
    steps
}
