//! Writes streamed answers of the OpenAI API.

use std::collections::BTreeMap;

use bytes::BytesMut;
use serde_json::{Value, json};

use super::answer::id_of;
use super::words;
use super::written::Told;
use crate::Operation;
use crate::dialect::{Context, DONE, Encoder, StreamError, write_data};
use crate::event::{Event, Signed};
use crate::fold::{Thought, ToolCall};
use crate::usage::Usage;

/// Writes chunks: each choice begins with who speaks, arguments follow their call, each choice ends once and says nothing
/// more, usage comes once if asked for, `[DONE]` last.
pub(super) struct OpenAiEncoder {
    operation: Operation,
    include_usage: bool,
    usage: Option<Usage>,
    /// The choices whose speaker is told, by index.
    told: BTreeMap<u32, Told>,
    id: String,
    model: Option<String>,
    created: u64,
}

/// What a chunk says about a choice.
struct Said<'a> {
    choice: u32,
    delta: Value,
    logprobs: Value,
    finish: Option<&'a str>,
}

impl OpenAiEncoder {
    pub(super) fn new(operation: Operation, include_usage: bool, context: Context) -> Self {
        Self {
            operation,
            include_usage,
            usage: None,
            told: BTreeMap::new(),
            id: id_of(operation, &context),
            model: context.model,
            created: context.now,
        }
    }

    fn chunk(&self, choices: Value, usage: Option<&Usage>, out: &mut BytesMut) {
        let chat = self.operation == Operation::Chat;
        let mut chunk = json!({
            "id": self.id,
            "object": if chat { "chat.completion.chunk" } else { "text_completion" },
            "created": self.created,
            "model": self.model,
            "choices": choices,
        });
        if let (true, Some(members)) = (self.include_usage, chunk.as_object_mut()) {
            members.insert("usage".to_owned(), json!(usage));
        }
        write_data(out, &chunk);
    }

    /// Writes a chunk about one choice; the notes of the choice come with its end.
    fn say(&self, said: Said<'_>, out: &mut BytesMut) {
        let mut choice = json!({"index": said.choice, "delta": said.delta,
                                "logprobs": said.logprobs, "finish_reason": said.finish});
        if self.operation == Operation::Completions
            && let Some(members) = choice.as_object_mut()
        {
            let text = members.shift_remove("delta").unwrap_or_default();
            members.shift_insert(0, "text".to_owned(), text);
        }
        if let (Some(_), Some(told), Some(members)) = (
            said.finish,
            self.told.get(&said.choice),
            choice.as_object_mut(),
        ) {
            let notes = told.notes.iter();
            members.extend(notes.map(|(name, text)| ((*name).to_owned(), json!(text))));
        }
        self.chunk(json!([choice]), None, out);
    }

    fn delta(&self, choice: u32, delta: Value, out: &mut BytesMut) {
        let said = Said {
            choice,
            delta,
            logprobs: Value::Null,
            finish: None,
        };
        self.say(said, out);
    }

    /// Tells who speaks in a choice, once. Providers whose models have but one voice do not say.
    fn introduce(&mut self, choice: u32, role: &str, out: &mut BytesMut) {
        if self.told.contains_key(&choice) {
            return;
        }
        self.told.insert(choice, Told::default());
        if self.operation == Operation::Chat {
            self.delta(choice, json!({"role": role, "content": ""}), out);
        }
    }

    /// Writes what an event says about a choice. `delta` is what its text is called.
    fn choice(&mut self, choice: u32, event: Event, out: &mut BytesMut) {
        let role = match &event {
            Event::Role { role, .. } => role.as_str(),
            _ => "assistant",
        };
        self.introduce(choice, role, out);
        let Some(told) = self.told.get_mut(&choice).filter(|told| told.is_open()) else {
            return;
        };
        let delta = match event {
            Event::Noted { name, text, .. } => return told.notes.push((name, text)),
            Event::Finished { reason, .. } => {
                told.finish();
                let said = Said {
                    choice,
                    delta: self.silence(),
                    logprobs: Value::Null,
                    finish: Some(&reason),
                };
                return self.say(said, out);
            }
            Event::Logprobs { logprobs, .. } => {
                let said = Said {
                    choice,
                    delta: self.silence(),
                    logprobs,
                    finish: None,
                };
                return self.say(said, out);
            }
            event if self.operation == Operation::Completions => text(event),
            event => delta(event, told),
        };
        if let Some(delta) = delta {
            self.delta(choice, delta, out);
        }
    }

    /// A chunk's content that adds nothing.
    fn silence(&self) -> Value {
        if self.operation == Operation::Chat {
            json!({})
        } else {
            json!("")
        }
    }
}

/// Returns the text of a completion's chunk.
fn text(event: Event) -> Option<Value> {
    match event {
        Event::Text { text, .. } if !text.is_empty() => Some(text.into()),
        _ => None,
    }
}

/// Returns the delta of a chat's chunk, if the event says anything.
fn delta(event: Event, told: &mut Told) -> Option<Value> {
    Some(match event {
        Event::Text { text, .. } if !text.is_empty() => json!({"content": text}),
        Event::Refusal { text, .. } if !text.is_empty() => json!({"refusal": text}),
        Event::Reasoning { text, .. } if !text.is_empty() => {
            told.think(&text);
            json!({ words::REASONING: text })
        }
        Event::Signature { of, signature, .. } if told.has(of) => match of {
            Signed::Reasoning => json!({ words::BLOCKS: [words::block(&told.sign(signature))] }),
            Signed::Text => json!({ words::EXTRA: words::extra_content(&signature) }),
            Signed::Call(index) => {
                let extra = words::extra_content(&signature);
                json!({"tool_calls": [{"index": index, words::EXTRA: extra}]})
            }
        },
        Event::Redacted { data, .. } => {
            json!({ words::BLOCKS: [words::block(&Thought::Redacted(data))] })
        }
        Event::ToolCall {
            index, id, name, ..
        } if told.begin(index) => {
            let begun = ToolCall {
                id,
                name,
                ..ToolCall::default()
            };
            let mut call = words::call(&begun);
            call.shift_insert(0, "index".to_owned(), index.into());
            json!({"tool_calls": [call]})
        }
        Event::ToolArguments {
            index, json: piece, ..
        } if told.knows(index) && !piece.is_empty() => {
            let call = json!({"index": index, "function": {"arguments": piece}});
            json!({"tool_calls": [call]})
        }
        Event::Member { name, value, .. } => json!({ name: value }),
        _ => return None,
    })
}

impl Encoder for OpenAiEncoder {
    fn events(&mut self, batch: Vec<Event>, out: &mut BytesMut) {
        for event in batch {
            match event {
                // All chunks have one name.
                Event::Started { .. } | Event::Named { .. } if !self.told.is_empty() => {}
                Event::Started { id, model, created } => {
                    self.id = id
                        .filter(|id| !id.is_empty())
                        .unwrap_or(std::mem::take(&mut self.id));
                    self.model = model.or(self.model.take());
                    self.created = created.unwrap_or(self.created);
                }
                Event::Named { id } => self.id = id,
                Event::Usage(usage) => self.usage = Some(usage),
                event => {
                    if let Some(choice) = event.choice() {
                        self.choice(choice, event, out);
                    }
                }
            }
        }
    }

    fn end(mut self: Box<Self>, outcome: Result<(), &StreamError>, out: &mut BytesMut) {
        if let Err(error) = outcome {
            error.write_event(out);
            return;
        }
        if let Some(usage) = self.usage.take().filter(|_| self.include_usage) {
            self.chunk(json!([]), Some(&usage), out);
        }
        out.extend_from_slice(DONE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes the events of a chat and returns the choices and deltas of its chunks.
    fn deltas(events: Vec<Event>) -> Vec<(u64, Value)> {
        let context = Context {
            now: 0,
            model: None,
            id: "a".to_owned(),
        };
        let mut encoder = OpenAiEncoder::new(Operation::Chat, false, context);
        let mut out = BytesMut::new();
        encoder.events(events, &mut out);
        let text = std::str::from_utf8(&out).unwrap();
        let chunks = text.lines().filter_map(|line| line.strip_prefix("data: "));
        chunks
            .map(|chunk| {
                let chunk: Value = serde_json::from_str(chunk).unwrap();
                let choice = &chunk["choices"][0];
                (choice["index"].as_u64().unwrap(), choice["delta"].clone())
            })
            .collect()
    }

    #[test]
    fn every_choice_has_one_speaker() {
        let role = |choice| Event::Role {
            choice,
            role: "tool".to_owned(),
        };
        let said = |choice| Event::Text {
            choice,
            text: "a".to_owned(),
        };
        let finished = |choice| Event::Finished {
            choice,
            reason: "stop".to_owned(),
        };
        let assistant = json!({"role": "assistant", "content": ""});
        let other = json!({"role": "tool", "content": ""});
        let text = json!({"content": "a"});
        for (events, want) in [
            (vec![Event::nameless()], vec![]),
            (
                vec![said(1), said(0), said(1), role(1)],
                vec![
                    (1, &assistant),
                    (1, &text),
                    (0, &assistant),
                    (0, &text),
                    (1, &text),
                ],
            ),
            (
                vec![role(0), role(0), said(0)],
                vec![(0, &other), (0, &text)],
            ),
            (vec![finished(0)], vec![(0, &assistant), (0, &json!({}))]),
        ] {
            let told = deltas(events);
            let told: Vec<_> = told
                .iter()
                .map(|(choice, delta)| (*choice, delta))
                .collect();
            assert_eq!(told, want);
        }
    }
}
