//! Streamed answers: one frame per upstream chunk, as MLflow 2.15 to 2.22 sends them, plus tool calls, usage and a
//! terminator (decision N9).

use bytes::BytesMut;
use serde_json::{Map, Value, json};

use crate::Operation;
use crate::dialect::{Context, DONE, Encoder, StreamError, write_data};
use crate::event::Event;

/// Writes frames.
pub(super) struct MlflowEncoder {
    operation: Operation,
    id: Option<String>,
    model: Option<String>,
    created: u64,
}

/// What one upstream chunk said about one choice.
#[derive(Default)]
struct Delta {
    role: Option<String>,
    text: Option<String>,
    calls: Vec<Value>,
    finish: Option<String>,
}

impl MlflowEncoder {
    pub(super) fn new(operation: Operation, context: Context) -> Self {
        Self {
            operation,
            id: None,
            model: context.model,
            created: context.now,
        }
    }

    fn frame(&self, deltas: Vec<(u32, Delta)>, usage: Option<Value>) -> Value {
        let chat = self.operation == Operation::Chat;
        let choices: Vec<Value> = deltas
            .into_iter()
            .map(|(index, delta)| delta.write(index, chat))
            .collect();
        let mut frame = json!({
            "id": self.id,
            "object": if chat { "chat.completion.chunk" } else { "text_completion_chunk" },
            "created": self.created,
            "model": self.model,
            "choices": choices,
        });
        if let (Some(usage), Some(members)) = (usage, frame.as_object_mut()) {
            members.insert("usage".to_owned(), usage);
        }
        frame
    }
}

impl Encoder for MlflowEncoder {
    fn events(&mut self, batch: Vec<Event>, out: &mut BytesMut) {
        let mut deltas: Vec<(u32, Delta)> = Vec::new();
        let (mut usage, mut spoken) = (None, false);
        for event in batch {
            spoken |= !matches!(event, Event::Started { .. });
            match event {
                Event::Started { id, model, created } => {
                    self.id = id;
                    self.model = model.or(self.model.take());
                    self.created = created.unwrap_or(self.created);
                }
                Event::Usage(counts) => usage = serde_json::to_value(counts).ok(),
                Event::Silence { choice: None } | Event::Embedding { .. } => {}
                Event::Silence {
                    choice: Some(choice),
                }
                | Event::Refusal { choice, .. } => {
                    delta(&mut deltas, choice);
                }
                Event::Role { choice, role } => delta(&mut deltas, choice).role = Some(role),
                Event::Text { choice, text } => {
                    delta(&mut deltas, choice)
                        .text
                        .get_or_insert_default()
                        .push_str(&text);
                }
                Event::ToolCall {
                    choice,
                    index,
                    id,
                    name,
                } => {
                    delta(&mut deltas, choice).calls.push(json!({
                        "index": index, "id": id, "type": "function",
                        "function": {"name": name, "arguments": ""},
                    }));
                }
                Event::ToolArguments {
                    choice,
                    index,
                    json: piece,
                } => {
                    delta(&mut deltas, choice).arguments(index, &piece);
                }
                Event::Finished { choice, reason } => {
                    delta(&mut deltas, choice).finish = Some(reason);
                }
            }
        }
        if spoken {
            write_data(out, &self.frame(deltas, usage));
        }
    }

    fn end(self: Box<Self>, outcome: Result<(), &StreamError>, out: &mut BytesMut) {
        match outcome {
            Ok(()) => out.extend_from_slice(DONE),
            Err(error) => error.write_event(out),
        }
    }
}

fn delta(deltas: &mut Vec<(u32, Delta)>, choice: u32) -> &mut Delta {
    let position = deltas
        .iter()
        .position(|(index, _)| *index == choice)
        .unwrap_or_else(|| {
            deltas.push((choice, Delta::default()));
            deltas.len() - 1
        });
    #[expect(
        clippy::indexing_slicing,
        reason = "the position was found or made just above"
    )]
    &mut deltas[position].1
}

impl Delta {
    /// Adds a piece of arguments to the call that this chunk began, or as a piece of its own.
    fn arguments(&mut self, index: u32, piece: &str) {
        let begun = self.calls.iter_mut().find(|call| call["index"] == index);
        match begun.and_then(|call| call.pointer_mut("/function/arguments")) {
            Some(Value::String(arguments)) => arguments.push_str(piece),
            _ => self
                .calls
                .push(json!({"index": index, "function": {"arguments": piece}})),
        }
    }

    /// Writes the choice of a frame. Completion frames carry `text` and `delta`, for clients of all releases.
    fn write(self, index: u32, chat: bool) -> Value {
        let mut choice = Map::new();
        choice.insert("index".to_owned(), json!(index));
        choice.insert("finish_reason".to_owned(), json!(self.finish));
        if !chat {
            choice.insert("text".to_owned(), json!(self.text));
        }
        // A completion's delta never names a role.
        let role = self.role.filter(|_| chat);
        let mut delta = json!({"role": role, "content": self.text});
        if let (false, Some(members)) = (self.calls.is_empty(), delta.as_object_mut()) {
            members.insert("tool_calls".to_owned(), self.calls.into());
        }
        choice.insert("delta".to_owned(), delta);
        choice.into()
    }
}
