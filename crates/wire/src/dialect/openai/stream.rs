//! Writes streamed answers of the OpenAI API.

use std::collections::HashSet;

use bytes::BytesMut;
use serde_json::{Value, json};

use crate::Operation;
use crate::dialect::{Context, DONE, Encoder, StreamError, write_data};
use crate::event::Event;
use crate::usage::Usage;

/// Writes chunks: each choice begins with who speaks, one finish per choice, usage once if asked for, `[DONE]` last.
pub(super) struct OpenAiEncoder {
    operation: Operation,
    include_usage: bool,
    usage: Option<Usage>,
    /// The choices whose speaker is told.
    introduced: HashSet<u32>,
    id: Option<String>,
    model: Option<String>,
    created: u64,
}

impl OpenAiEncoder {
    pub(super) fn new(operation: Operation, include_usage: bool, context: Context) -> Self {
        Self {
            operation,
            include_usage,
            usage: None,
            introduced: HashSet::new(),
            id: None,
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

    fn text(&self, choice: u32, text: &str, finish: Option<&str>, out: &mut BytesMut) {
        let choice =
            json!({"text": text, "index": choice, "logprobs": null, "finish_reason": finish});
        self.chunk(json!([choice]), None, out);
    }

    fn delta(&self, choice: u32, delta: Value, finish: Option<&str>, out: &mut BytesMut) {
        let choice =
            json!({"index": choice, "delta": delta, "logprobs": null, "finish_reason": finish});
        self.chunk(json!([choice]), None, out);
    }

    fn completion(&self, event: Event, out: &mut BytesMut) {
        match event {
            Event::Text { choice, text } if !text.is_empty() => self.text(choice, &text, None, out),
            Event::Finished { choice, reason } => self.text(choice, "", Some(&reason), out),
            _ => {}
        }
    }

    /// Tells who speaks in a choice, once. Providers whose models have but one voice do not say.
    fn introduce(&mut self, choice: u32, role: &str, out: &mut BytesMut) {
        if self.introduced.insert(choice) {
            self.delta(choice, json!({"role": role, "content": ""}), None, out);
        }
    }

    fn chat(&mut self, event: Event, out: &mut BytesMut) {
        match &event {
            Event::Text { choice, .. }
            | Event::Refusal { choice, .. }
            | Event::ToolCall { choice, .. }
            | Event::ToolArguments { choice, .. }
            | Event::Finished { choice, .. } => self.introduce(*choice, "assistant", out),
            _ => {}
        }
        match event {
            Event::Role { choice, role } => self.introduce(choice, &role, out),
            Event::Text { choice, text } if !text.is_empty() => {
                self.delta(choice, json!({"content": text}), None, out);
            }
            Event::Refusal { choice, text } => {
                self.delta(choice, json!({"refusal": text}), None, out);
            }
            Event::ToolCall {
                choice,
                index,
                id,
                name,
            } => {
                let call = json!({"index": index, "id": id, "type": "function",
                                  "function": {"name": name, "arguments": ""}});
                self.delta(choice, json!({"tool_calls": [call]}), None, out);
            }
            Event::ToolArguments {
                choice,
                index,
                json: piece,
            } => {
                let call = json!({"index": index, "function": {"arguments": piece}});
                self.delta(choice, json!({"tool_calls": [call]}), None, out);
            }
            Event::Finished { choice, reason } => {
                self.delta(choice, json!({}), Some(&reason), out);
            }
            _ => {}
        }
    }
}

impl Encoder for OpenAiEncoder {
    fn events(&mut self, batch: Vec<Event>, out: &mut BytesMut) {
        for event in batch {
            match event {
                Event::Started { id, model, created } => {
                    self.id = id;
                    self.model = model.or(self.model.take());
                    self.created = created.unwrap_or(self.created);
                }
                Event::Named { id } => self.id = Some(id),
                Event::Usage(usage) => self.usage = Some(usage),
                event if self.operation == Operation::Chat => self.chat(event, out),
                event => self.completion(event, out),
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
