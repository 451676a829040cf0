//! Streamed answers: one frame per upstream chunk, as MLflow 2.15 to 2.22 sends them, plus tool calls, usage and a
//! terminator (decision N9).

use bytes::BytesMut;
use serde::Serialize;
use serde_json::{Value, json};

use crate::dialect::{Context, DONE, Encoder, StreamError, write_data};
use crate::event::Event;
use crate::{Operation, Usage};

/// Writes frames.
pub(super) struct MlflowEncoder {
    operation: Operation,
    id: Option<String>,
    model: Option<String>,
    created: u64,
    /// True once a choice has ended.
    finished: bool,
    /// Token counts that came before the end, as some providers send with every chunk: the last are told.
    counted: Option<Usage>,
}

/// What one upstream chunk said about one choice.
#[derive(Default)]
struct Delta {
    role: Option<String>,
    text: Option<String>,
    calls: Vec<Value>,
    finish: Option<String>,
}

/// A frame as it is written.
#[derive(Serialize)]
struct WrittenFrame<'a> {
    id: Option<&'a str>,
    object: &'static str,
    created: u64,
    model: Option<&'a str>,
    choices: Vec<WrittenChoice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
}

/// A choice of a frame. Completion frames carry `text` and `delta`, for clients of all releases.
#[derive(Serialize)]
struct WrittenChoice<'a> {
    index: u32,
    finish_reason: Option<&'a str>,
    #[expect(
        clippy::option_option,
        reason = "absent in chat frames, null in completion frames that say nothing"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Option<&'a str>>,
    delta: WrittenDelta<'a>,
}

#[derive(Serialize)]
struct WrittenDelta<'a> {
    role: Option<&'a str>,
    content: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Value]>::is_empty")]
    tool_calls: &'a [Value],
}

impl MlflowEncoder {
    pub(super) fn new(operation: Operation, context: Context) -> Self {
        Self {
            operation,
            id: None,
            model: context.model,
            created: context.now,
            finished: false,
            counted: None,
        }
    }

    fn frame<'a>(&'a self, deltas: &'a [(u32, Delta)], usage: Option<Usage>) -> WrittenFrame<'a> {
        let chat = self.operation == Operation::Chat;
        WrittenFrame {
            id: self.id.as_deref(),
            object: if chat {
                "chat.completion.chunk"
            } else {
                "text_completion_chunk"
            },
            created: self.created,
            model: self.model.as_deref(),
            choices: deltas
                .iter()
                .map(|(index, delta)| delta.write(*index, chat))
                .collect(),
            usage,
        }
    }
}

impl Encoder for MlflowEncoder {
    fn events(&mut self, batch: Vec<Event>, out: &mut BytesMut) {
        let mut deltas: Vec<(u32, Delta)> = Vec::new();
        let (mut usage, mut spoken) = (None, false);
        for event in batch {
            spoken |= !matches!(
                event,
                Event::Started { .. } | Event::Named { .. } | Event::Noted { .. }
            );
            match event {
                Event::Started { id, model, created } => {
                    self.id = id;
                    self.model = model.or(self.model.take());
                    self.created = created.unwrap_or(self.created);
                }
                Event::Named { id } => self.id = Some(id),
                Event::Usage(counts) => usage = Some(counts),
                Event::Silence { choice: None } | Event::Embedding { .. } | Event::Noted { .. } => {
                }
                Event::Silence {
                    choice: Some(choice),
                }
                | Event::Refusal { choice, .. }
                | Event::Reasoning { choice, .. }
                | Event::Signature { choice, .. }
                | Event::Redacted { choice, .. }
                | Event::Member { choice, .. }
                | Event::Logprobs { choice, .. } => {
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
                    self.finished = true;
                    delta(&mut deltas, choice).finish = Some(reason);
                }
            }
        }
        self.counted = usage.or(self.counted.take());
        let usage = if self.finished {
            self.counted.take()
        } else {
            None
        };
        if spoken {
            write_data(out, &self.frame(&deltas, usage));
        }
    }

    fn end(mut self: Box<Self>, outcome: Result<(), &StreamError>, out: &mut BytesMut) {
        match outcome {
            Ok(()) => {
                if let Some(usage) = self.counted.take() {
                    write_data(out, &self.frame(&[], Some(usage)));
                }
                out.extend_from_slice(DONE);
            }
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

    fn write(&self, index: u32, chat: bool) -> WrittenChoice<'_> {
        WrittenChoice {
            index,
            finish_reason: self.finish.as_deref(),
            text: (!chat).then_some(self.text.as_deref()),
            delta: WrittenDelta {
                // A completion's delta never names a role.
                role: self.role.as_deref().filter(|_| chat),
                content: self.text.as_deref(),
                tool_calls: &self.calls,
            },
        }
    }
}
