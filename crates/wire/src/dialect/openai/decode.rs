//! Reads answers of the OpenAI API, plain and streamed, into events.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::event::{DecodeError, Decoder, Event, ReportedError, Signed};
use crate::frame::Frame;
use crate::usage::Usage;

use super::calls::Calls;
use super::message::{Message, ToolCall};
use super::thinking::Thinking;
use super::vectors::{self, Item, Numbering};
use crate::Endings;

/// Reads one answer.
#[derive(Debug, Default)]
pub struct OpenAiDecoder {
    started: bool,
    done: bool,
    endings: Endings,
    calls: Calls,
    numbering: Numbering,
    thinking: Thinking,
}

/// A chunk or a whole answer: plain answers have `message` or `text` where chunks have `delta`.
#[derive(Deserialize)]
struct Body<'a> {
    id: Option<String>,
    model: Option<String>,
    created: Option<Value>,
    #[serde(default)]
    choices: Option<Vec<Choice>>,
    #[serde(default, borrow)]
    data: Option<Vec<Item<'a>>>,
    usage: Option<Value>,
    error: Option<Value>,
    // Members of error objects that have no `error` around them.
    message: Option<Value>,
    #[serde(rename = "type")]
    kind: Option<Value>,
    error_code: Option<Value>,
    code: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    index: Option<u32>,
    message: Option<Message>,
    delta: Option<Message>,
    text: Option<String>,
    logprobs: Option<Value>,
    finish_reason: Option<String>,
}

impl Decoder for OpenAiDecoder {
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        let (bytes, whole) = (frame.bytes(), frame.is_whole());
        if !whole && bytes.trim_ascii() == b"[DONE]" {
            self.done = true;
            return Ok(());
        }
        let body: Body<'_> = parse(bytes)?;
        if let Some(error) = body.error.as_ref().filter(|error| !error.is_null()) {
            return Err(DecodeError::Reported(ReportedError::read(error)));
        }
        if body.choices.is_none() && body.data.is_none() && (whole || body.usage.is_none()) {
            return Err(body.bare_error());
        }
        self.start(&body, out);
        let silent = out.len();
        for (position, choice) in body.choices.into_iter().flatten().enumerate() {
            let position = u32::try_from(position).unwrap_or(u32::MAX);
            // A plain answer's choices count by position, as MLflow counts them.
            let index = if whole {
                position
            } else {
                choice.index.unwrap_or(position)
            };
            self.choice(index, choice, whole, out);
        }
        vectors::read(body.data.unwrap_or_default(), self.numbering, out)?;
        if let Some(usage) = body.usage.filter(Value::is_object) {
            out.push(Event::Usage(counts(usage)));
        }
        if !whole && out.len() == silent {
            out.push(Event::Silence { choice: None });
        }
        self.done |= whole;
        Ok(())
    }

    fn complete(&self) -> bool {
        self.done
    }

    fn end(self: Box<Self>) -> Result<(), DecodeError> {
        // Some providers close without `[DONE]`; a reason to finish, for every choice, is word enough.
        if self.done || self.endings.all() {
            Ok(())
        } else {
            Err(DecodeError::CutOff)
        }
    }
}

impl Body<'_> {
    /// Returns what an answer without content reports: Mistral and Databricks write errors without `error` around them.
    fn bare_error(self) -> DecodeError {
        let text = |value: Option<Value>| value?.as_str().map(str::to_owned);
        let Some(message) = text(self.message) else {
            return DecodeError::Shape("it has neither `choices` nor `data`".to_owned());
        };
        let code = self.code.filter(|code| !code.is_null());
        DecodeError::Reported(ReportedError {
            message,
            kind: text(self.kind).or_else(|| text(self.error_code)),
            code: code.map(|code| {
                code.as_str()
                    .map_or_else(|| code.to_string(), str::to_owned)
            }),
            status: None,
        })
    }
}

impl OpenAiDecoder {
    /// A decoder of providers whose vectors MLflow shows with the provider's own numbers. Else they are put in the order
    /// of these, and numbered by position.
    pub fn keeping_indexes() -> Self {
        Self {
            numbering: Numbering::Own,
            ..Self::default()
        }
    }

    /// Begins the answer with the first chunk that names it; Azure's first chunk carries only filter results.
    fn start(&mut self, body: &Body<'_>, out: &mut Vec<Event>) {
        let named = body.id.as_ref().is_some_and(|id| !id.is_empty());
        let counted = body.usage.as_ref().is_some_and(Value::is_object);
        let empty = body.choices.as_ref().is_some_and(Vec::is_empty);
        let silent = empty && body.data.is_none() && !counted;
        if self.started || (!named && silent) {
            return;
        }
        self.started = true;
        let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        out.push(Event::Started {
            id: text(&body.id),
            model: text(&body.model),
            created: body.created.as_ref().and_then(unix_seconds),
        });
    }

    fn choice(&mut self, choice: u32, body: Choice, whole: bool, out: &mut Vec<Event>) {
        let before = out.len();
        // Perplexity sends both: in a chunk what is new and all so far, in a whole answer nothing and all.
        let message = if whole {
            body.message.or(body.delta)
        } else {
            body.delta.or(body.message)
        };
        let message = message.unwrap_or_default();
        if let Some(role) = message.role {
            out.push(Event::Role { choice, role });
        }
        let thought = (message.reasoning, message.blocks.as_slice());
        self.thinking.tell(choice, thought, out);
        if let Some(text) = body.text {
            out.push(Event::Text { choice, text });
        } else {
            content(choice, message.content, out);
        }
        out.extend(message.signature.map(|signature| Event::Signature {
            choice,
            of: Signed::Text,
            signature,
        }));
        if let Some(text) = message.refusal {
            out.push(Event::Refusal { choice, text });
        }
        for (position, call) in message.tool_calls.into_iter().flatten().enumerate() {
            let position = u32::try_from(position).unwrap_or(u32::MAX);
            let (index, begins) = self.calls.find(choice, position, &call, whole);
            tool_call(choice, (index, begins), call, out);
        }
        let others = message.others.into_iter();
        out.extend(others.map(|(name, value)| Event::Member {
            choice,
            name,
            value,
        }));
        if let Some(logprobs) = body.logprobs {
            out.push(Event::Logprobs { choice, logprobs });
        }
        // OpenRouter tells the reason twice. Some servers write an empty one until there is one.
        let first = !self.endings.has_ended(choice);
        let reason = body.finish_reason.filter(|reason| !reason.is_empty());
        self.endings.note(choice, reason.is_some());
        if let Some(reason) = reason.filter(|_| first) {
            out.push(Event::Finished { choice, reason });
        }
        if out.len() == before {
            out.push(Event::Silence {
                choice: Some(choice),
            });
        }
    }
}

/// Reads a piece of a call at its place; the first piece begins it.
fn tool_call(choice: u32, (index, begins): (u32, bool), call: ToolCall, out: &mut Vec<Event>) {
    let function = call.function.unwrap_or_default();
    if begins {
        let (id, name) = (
            call.id.unwrap_or_default(),
            function.name.unwrap_or_default(),
        );
        out.push(Event::ToolCall {
            choice,
            index,
            id,
            name,
        });
    }
    let extra = call.extra_content;
    let place = extra
        .as_ref()
        .and_then(|it| it.pointer("/google/thought_signature"));
    if let Some(signature) = place.and_then(Value::as_str) {
        out.push(Event::Signature {
            choice,
            of: Signed::Call(index),
            signature: signature.to_owned(),
        });
    }
    let json = match function.arguments {
        Some(Value::String(text)) => text,
        // Some look-alikes send the arguments as an object.
        Some(Value::Object(members)) => Value::Object(members).to_string(),
        _ => return,
    };
    if !json.is_empty() {
        out.push(Event::ToolArguments {
            choice,
            index,
            json,
        });
    }
}

pub(super) fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, DecodeError> {
    serde_json::from_slice(bytes).map_err(|error| DecodeError::from_json(&error))
}

/// Reads a message's content: a text, or a list of parts whose texts belong together. Mistral's and Databricks' lists hold
/// what the model thought, too.
fn content(choice: u32, content: Option<Value>, out: &mut Vec<Event>) {
    let parts = match content {
        Some(Value::String(text)) => return out.push(Event::Text { choice, text }),
        Some(Value::Array(parts)) => parts,
        _ => return,
    };
    let thought: String = parts.iter().flat_map(thoughts).collect();
    if !thought.is_empty() {
        let text = thought;
        out.push(Event::Reasoning { choice, text });
    }
    let texts = parts.iter().filter_map(|part| part.get("text")?.as_str());
    let text = texts.collect();
    out.push(Event::Text { choice, text });
}

/// Returns the texts of a part that holds thought.
fn thoughts(part: &Value) -> impl Iterator<Item = &str> {
    let pieces = match part.get("type").and_then(Value::as_str) {
        Some("thinking") => part.get("thinking"),
        Some("reasoning") => part.get("summary"),
        _ => None,
    };
    let whole = pieces.and_then(Value::as_str);
    let list = pieces.and_then(Value::as_array).into_iter().flatten();
    whole
        .into_iter()
        .chain(list.filter_map(|piece| piece.get("text")?.as_str()))
}

fn unix_seconds(created: &Value) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the range"
    )]
    let from_float = |seconds: f64| seconds.clamp(0.0, 1.0e15) as u64;
    created
        .as_u64()
        .or_else(|| created.as_f64().map(from_float))
}

fn counts(usage: Value) -> Usage {
    serde_json::from_value(usage.clone()).unwrap_or_else(|_| Usage {
        details: match usage {
            Value::Object(members) => members,
            _ => Map::new(),
        },
        ..Usage::default()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fold::Answer;

    /// Reads a stream of one choice.
    fn folded(choices: &[Value]) -> Answer {
        let mut decoder = OpenAiDecoder::default();
        let mut events = Vec::new();
        for choice in choices {
            let data = &json!({"id": "a", "choices": [choice]}).to_string();
            let frame = Frame::Sse { event: None, data };
            decoder.frame(frame, &mut events).unwrap();
        }
        assert_eq!(Box::new(decoder).end(), Ok(()));
        events.into_iter().collect()
    }

    #[test]
    fn an_empty_reason_ends_nothing() {
        let answer = folded(&[
            json!({"index": 0, "delta": {"content": "a"}, "finish_reason": ""}),
            json!({"index": 0, "delta": {"content": "b"}, "finish_reason": "length"}),
        ]);
        let [choice] = answer.choices.as_slice() else {
            panic!("{answer:?}")
        };
        assert_eq!(choice.text.as_deref(), Some("ab"));
        assert_eq!(choice.finish_reason.as_deref(), Some("length"));
    }

    #[test]
    fn calls_without_numbers_are_told_apart_by_their_ids() {
        let call = |id: Value, name: Value, arguments: &str| json!({"id": id, "function": {"name": name, "arguments": arguments}});
        let chunk = |calls: &[Value]| json!({"index": 0, "delta": {"tool_calls": calls}});
        let (first, second) = (json!("c1"), json!("c2"));
        let none = || Value::Null;
        for chunks in [
            vec![
                chunk(&[call(first.clone(), json!("f"), "{1}")]),
                chunk(&[call(second.clone(), json!("g"), "{2}")]),
            ],
            vec![
                chunk(&[call(first.clone(), json!("f"), "{")]),
                chunk(&[call(none(), none(), "1}")]),
                chunk(&[call(second.clone(), json!("g"), "")]),
                chunk(&[call(second.clone(), none(), "{2")]),
                chunk(&[call(json!(""), none(), "}")]),
            ],
            vec![chunk(&[
                call(first, json!("f"), "{1}"),
                call(second, json!("g"), "{2}"),
            ])],
        ] {
            let end = json!({"index": 0, "delta": {}, "finish_reason": "tool_calls"});
            let answer = folded(&[chunks, vec![end]].concat());
            let calls = &answer.choices.first().unwrap().tool_calls;
            let calls: Vec<_> = calls
                .iter()
                .map(|call| format!("{} {}{}", call.id, call.name, call.arguments))
                .collect();
            assert_eq!(calls, ["c1 f{1}", "c2 g{2}"]);
        }
    }
}
