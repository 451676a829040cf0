//! Writes streams of the Responses API: the response begins, its items grow one after the other, and it ends once.

use bytes::BytesMut;
use serde_json::{Map, Value, json};

use super::output::Output;
use super::response::{Response, Status, lack};
use super::tool::Names;
use crate::Usage;
use crate::dialect::{Encoder, StreamError, write_event};
use crate::event::Event;

/// Writes one stream.
pub(super) struct ResponsesEncoder {
    response: Response,
    names: Names,
    output: Output,
    usage: Option<Usage>,
    begun: bool,
    sequence: u64,
}

impl ResponsesEncoder {
    pub(super) fn new(response: Response, names: Names) -> Self {
        Self {
            response,
            names,
            output: Output::default(),
            usage: None,
            begun: false,
            sequence: 0,
        }
    }

    fn write(&mut self, name: &str, members: Value, out: &mut BytesMut) {
        write(name, self.sequence, members, out);
        self.sequence += 1;
    }

    fn begin(&mut self, out: &mut BytesMut) {
        if self.begun {
            return;
        }
        self.begun = true;
        let response = self.response.write(&Status::InProgress, json!([]), None);
        for name in ["response.created", "response.in_progress"] {
            self.write(name, json!({"response": response}), out);
        }
    }

    /// Takes what an event says of the whole answer; false for an event that says something of a choice.
    fn note(&mut self, event: &Event) -> bool {
        match event {
            // A stream has one name from its beginning.
            Event::Started { id, model, created } if !self.begun => {
                self.response.start(id.as_deref(), model.clone(), *created);
            }
            Event::Named { id } if !self.begun => self.response.start(Some(id), None, None),
            Event::Usage(usage) => self.usage = Some(usage.clone()),
            event => return event.choice().is_some(),
        }
        false
    }
}

/// Writes an event with its type and number.
pub(super) fn write(name: &str, sequence: u64, members: Value, out: &mut BytesMut) {
    let mut event = Map::from_iter([
        ("type".to_owned(), json!(name)),
        ("sequence_number".to_owned(), json!(sequence)),
    ]);
    if let Value::Object(members) = members {
        event.extend(members);
    }
    write_event(out, name, &event);
}

/// Returns the API's code for an error of a provider. Clients decide by it whether to ask again.
pub(super) fn code(error: &StreamError) -> &str {
    let words = [error.code.as_deref(), Some(error.kind.as_str())];
    for word in words.into_iter().flatten() {
        let known = [
            "context_length_exceeded",
            "insufficient_quota",
            "invalid_prompt",
            "rate_limit_exceeded",
        ];
        if known.contains(&word) {
            return word;
        }
        let word = word.to_ascii_lowercase();
        if word == "429"
            || ["rate_limit", "throttl", "exhausted"]
                .iter()
                .any(|it| word.contains(it))
        {
            return "rate_limit_exceeded";
        }
    }
    "server_error"
}

impl Encoder for ResponsesEncoder {
    fn events(&mut self, batch: Vec<Event>, out: &mut BytesMut) {
        let starts = batch
            .iter()
            .any(|event| matches!(event, Event::Started { .. }));
        let mut said = Vec::with_capacity(batch.len());
        for event in batch {
            if self.note(&event) {
                said.push(event);
            }
        }
        if starts || !said.is_empty() {
            self.begin(out);
        }
        let told = self.output.add(said, self.response.suffix(), &self.names);
        for (name, members) in told {
            self.write(name, members, out);
        }
    }

    fn kept(&self) -> usize {
        self.output.size()
    }

    fn end(mut self: Box<Self>, outcome: Result<(), &StreamError>, out: &mut BytesMut) {
        self.begin(out);
        if outcome.is_ok() {
            for (name, members) in self.output.finish() {
                self.write(name, members, out);
            }
        }
        let reason = self.output.reason();
        let (name, status) = match outcome {
            Err(error) => {
                let (code, message) = (code(error), error.message.as_str());
                ("response.failed", Status::Failed { code, message })
            }
            Ok(()) if lack(reason).is_some() => ("response.incomplete", Status::Over(reason)),
            Ok(()) => ("response.completed", Status::Over(reason)),
        };
        let items = self.output.items().collect();
        let response = self.response.write(&status, items, self.usage.as_ref());
        write(name, self.sequence, json!({"response": response}), out);
    }
}
