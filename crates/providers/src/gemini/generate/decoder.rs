//! Reads answers, whole and streamed. Nothing but the end of the body ends a stream; what comes before must say of each
//! candidate why it ended.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tidegate_wire::event::{DecodeError, Decoder, Event, ReportedError, Signed};
use tidegate_wire::frame::Frame;
use tidegate_wire::{Endings, Operation};

use super::answer::{Candidate, Chunk, Feedback, Part};
use super::reason;
use crate::call::CallHead;
use crate::support::decode::{Mapped, index, parse, unnamed_model};

/// What the provider says of the end, beside the reason.
const FINISH_MESSAGE: &str = "native_finish_message";

/// Parts in the provider's own form.
const OWN_PARTS: &str = "native_parts";

/// Where the model has what it says.
const SOURCES: &str = "native_sources";

/// Pictures that the model made, in the form in which `OpenRouter` and `LiteLLM` give them.
const IMAGES: &str = "images";

/// Returns the reader of a call's answer. What MLflow's doors have no words for is kept from them, the model's name among
/// it: they show the configured one.
pub(crate) fn reader(call: CallHead) -> Box<dyn Decoder> {
    let decoder = GenerateDecoder::default();
    match (call.faithful, call.operation) {
        (false, _) => Box::new(Mapped::new(decoder, for_mlflow)),
        (true, Operation::Chat) => Box::new(decoder),
        (true, _) => Box::new(Mapped::new(decoder, for_completions)),
    }
}

fn for_mlflow(event: Event) -> Option<Event> {
    match event {
        Event::Noted { .. } => None,
        other => Some(unnamed_model(other)),
    }
}

/// Completions have log probabilities in another form.
fn for_completions(event: Event) -> Option<Event> {
    match event {
        Event::Logprobs { .. } => None,
        other => Some(other),
    }
}

/// Reads one answer.
#[derive(Default)]
struct GenerateDecoder {
    started: bool,
    /// True once tokens were counted.
    counted: bool,
    done: bool,
    /// The answer's id, from which ids of calls are made.
    id: Option<String>,
    candidates: BTreeMap<u32, Known>,
    endings: Endings,
}

/// What is known of one candidate.
#[derive(Default)]
struct Known {
    calls: usize,
    /// The last signature under its text, told at the end: a whole one in one piece.
    signature: Option<String>,
    /// True after a part that asks for what the provider itself has yet to give: a result of code, or of its own tool.
    awaits: bool,
    finished: bool,
}

impl Decoder for GenerateDecoder {
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        let bytes = frame.bytes();
        let from = out.len();
        if frame.is_whole() {
            self.done = true;
            self.whole(bytes, out)?;
        } else if bytes.trim_ascii() == b"[DONE]" {
            self.done = true;
        } else {
            self.chunk(parse(bytes)?, out)?;
        }
        let told = out.get(from..).unwrap_or_default();
        for event in told {
            self.endings.hear(event);
        }
        Ok(())
    }

    fn complete(&self) -> bool {
        self.done
    }

    fn end(self: Box<Self>) -> Result<(), DecodeError> {
        if self.done || self.endings.all() {
            Ok(())
        } else {
            Err(DecodeError::CutOff)
        }
    }
}

impl GenerateDecoder {
    /// Reads a whole answer, or a stream that came as one list.
    fn whole(&mut self, bytes: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
        if bytes.trim_ascii_start().starts_with(b"[") {
            for chunk in parse::<Vec<Chunk>>(bytes)? {
                self.chunk(chunk, out)?;
            }
        } else {
            self.chunk(parse(bytes)?, out)?;
        }
        if self.candidates.is_empty() {
            return Err(DecodeError::Shape("it has no `candidates`".to_owned()));
        }
        Ok(())
    }

    fn chunk(&mut self, chunk: Chunk, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        if let Some(error) = &chunk.error {
            return Err(reported(error));
        }
        if !self.started {
            self.started = true;
            self.id.clone_from(&chunk.response_id);
            out.push(Event::Started {
                id: chunk.response_id,
                model: chunk.model_version,
                created: None,
            });
        }
        let from = out.len();
        let candidates = chunk.candidates.unwrap_or_default();
        let blocked = chunk.prompt_feedback.filter(|_| candidates.is_empty());
        for (position, candidate) in candidates.into_iter().enumerate() {
            self.candidate(candidate.index.unwrap_or(index(position)), candidate, out)?;
        }
        if let Some(feedback) = blocked {
            self.blocked(feedback, out);
        }
        if out.len() == from {
            out.push(Event::Silence { choice: None });
        }
        if let Some(told) = chunk.usage_metadata {
            let first = !std::mem::replace(&mut self.counted, true);
            out.extend(told.read(first).map(Event::Usage));
        }
        Ok(())
    }

    fn candidate(
        &mut self,
        choice: u32,
        mut candidate: Candidate,
        out: &mut Vec<Event>,
    ) -> Result<(), DecodeError> {
        let known = self.candidates.entry(choice).or_default();
        if known.finished {
            return Ok(());
        }
        let from = out.len();
        let sources = candidate.sources();
        let parts = candidate.content.and_then(|content| content.parts);
        for part in parts.unwrap_or_default() {
            known.part(choice, self.id.as_deref(), part, out)?;
        }
        let member = |value: Value| member(choice, SOURCES, value);
        out.extend(sources.map(member));
        if let Some(told) = candidate.logprobs_result {
            let logprobs = told.write();
            out.push(Event::Logprobs { choice, logprobs });
        }
        let native = reason::native(candidate.finish_reason);
        // Streams say STOP also where code of the provider is about to run, and go on with what it gave.
        let goes_on = known.awaits && !self.done;
        if let Some(native) = native.filter(|native| !(goes_on && native == reason::STOP)) {
            let word = reason::word(&native, known.calls > 0);
            // It says of a stop only what is seen anyway.
            let message = candidate.finish_message.filter(|_| native != reason::STOP);
            known.finish(choice, (native, word), message, out);
        }
        if out.len() == from {
            let choice = Some(choice);
            out.push(Event::Silence { choice });
        }
        Ok(())
    }

    /// Tells that a prompt was refused: one choice without a word says so.
    fn blocked(&mut self, feedback: Feedback, out: &mut Vec<Event>) {
        let Some(native) = reason::native(feedback.block_reason) else {
            return;
        };
        let known = self.candidates.entry(0).or_default();
        if !known.finished {
            let reason = (native, "content_filter");
            known.finish(0, reason, feedback.block_reason_message, out);
        }
    }
}

impl Known {
    fn part(
        &mut self,
        choice: u32,
        answer: Option<&str>,
        part: Part,
        out: &mut Vec<Event>,
    ) -> Result<(), DecodeError> {
        if part.says_something() {
            self.awaits = part.awaits();
        }
        if let Some(call) = part.call() {
            return self.call(choice, answer, call, part.signature(), out);
        }
        if let (Some(url), false) = (part.picture(), part.is_thought()) {
            out.push(member(choice, IMAGES, picture(url, part.signature())));
            return Ok(());
        }
        if part.is_own() {
            let own = json!([part.0]);
            out.push(member(choice, OWN_PARTS, own));
            return Ok(());
        }
        if let Some(signature) = part.signature() {
            self.signature = Some(signature.to_owned());
        }
        let text = part.text("text").filter(|text| !text.is_empty());
        out.extend(text.map(|text| {
            let text = text.to_owned();
            if part.is_thought() {
                Event::Reasoning { choice, text }
            } else {
                Event::Text { choice, text }
            }
        }));
        Ok(())
    }

    /// Reads a call, which comes whole.
    fn call(
        &mut self,
        choice: u32,
        answer: Option<&str>,
        call: &Map<String, Value>,
        signature: Option<&str>,
        out: &mut Vec<Event>,
    ) -> Result<(), DecodeError> {
        if call.contains_key("partialArgs") || call.contains_key("willContinue") {
            let words = "a call comes in pieces, which was not asked for";
            return Err(DecodeError::Shape(words.to_owned()));
        }
        let text = |name: &str| call.get(name).and_then(Value::as_str);
        let name = text("name").unwrap_or_default();
        let index = index(self.calls);
        self.calls += 1;
        let own = text("id").filter(|id| !id.is_empty());
        let id = own.map_or_else(|| id(answer.unwrap_or(name), choice, index), str::to_owned);
        out.push(Event::ToolCall {
            choice,
            index,
            id,
            name: name.to_owned(),
        });
        let arguments = call.get("args").filter(|args| args.is_object());
        out.push(Event::ToolArguments {
            choice,
            index,
            json: arguments.map_or_else(|| "{}".to_owned(), Value::to_string),
        });
        out.extend(signature.map(|signature| Event::Signature {
            choice,
            of: Signed::Call(index),
            signature: signature.to_owned(),
        }));
        Ok(())
    }

    fn finish(
        &mut self,
        choice: u32,
        (native, word): (String, &str),
        message: Option<String>,
        out: &mut Vec<Event>,
    ) {
        self.finished = true;
        out.extend(self.signature.take().map(|signature| Event::Signature {
            choice,
            of: Signed::Text,
            signature,
        }));
        out.push(noted(choice, Event::NATIVE_REASON, native));
        out.extend(message.map(|message| noted(choice, FINISH_MESSAGE, message)));
        let reason = word.to_owned();
        out.push(Event::Finished { choice, reason });
    }
}

/// Makes the id of a call that has none. The answer's id is in it, so that calls of other turns have others; an answer
/// without an id lends the function's name.
fn id(answer: &str, choice: u32, index: u32) -> String {
    if choice == 0 {
        format!("call_{answer}_{index}")
    } else {
        format!("call_{answer}_{choice}_{index}")
    }
}

fn member(choice: u32, name: &str, value: Value) -> Event {
    let name = name.to_owned();
    Event::Member {
        choice,
        name,
        value,
    }
}

fn noted(choice: u32, name: &'static str, text: String) -> Event {
    Event::Noted { choice, name, text }
}

/// Writes a picture with its signature.
fn picture(url: String, signature: Option<&str>) -> Value {
    let mut image = json!({"type": "image_url", "image_url": {"url": url}});
    if let (Some(signature), Some(members)) = (signature, image.as_object_mut()) {
        let extra = json!({"google": {"thought_signature": signature}});
        members.insert("extra_content".to_owned(), extra);
    }
    json!([image])
}

/// Reads an error inside a stream: its code is the status, its status the type.
fn reported(error: &Value) -> DecodeError {
    let status = error.get("code").and_then(Value::as_u64);
    let kind = error.get("status").and_then(Value::as_str);
    DecodeError::Reported(ReportedError {
        kind: kind.map(str::to_owned),
        status: status.and_then(|code| u16::try_from(code).ok()),
        ..ReportedError::read(error)
    })
}
