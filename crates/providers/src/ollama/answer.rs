//! Answers of `/api/chat` and `/api/generate`, whole and as lines of JSON, which look the same.

use serde::Deserialize;
use serde_json::{Number, Value};
use tidegate_wire::Counts;
use tidegate_wire::event::{DecodeError, Decoder, Event, ReportedError};
use tidegate_wire::frame::Frame;

use super::call::Call;
use super::logprobs;
use crate::support::decode::{count, index, parse};

/// The server's words for why an answer ends, and OpenAI's. It has others for loading a model, which is no answer.
const REASONS: [(&str, &str); 2] = [("stop", STOP), ("length", "length")];
const STOP: &str = "stop";

/// Reads one answer.
#[derive(Default)]
pub(super) struct AnswerDecoder {
    started: bool,
    /// True once something was said, thought or called.
    spoke: bool,
    done: bool,
    calls: usize,
}

/// A whole answer, or a line of one.
#[derive(Deserialize)]
struct Part {
    model: Option<String>,
    created_at: Option<String>,
    /// Of a chat.
    message: Option<Message>,
    /// The text of a completion.
    response: Option<String>,
    /// What was thought before a completion.
    thinking: Option<String>,
    logprobs: Option<Vec<Value>>,
    done: Option<bool>,
    done_reason: Option<String>,
    prompt_eval_count: Option<Number>,
    eval_count: Option<Number>,
    error: Option<Value>,
}

#[derive(Default, Deserialize)]
struct Message {
    role: Option<String>,
    content: Option<String>,
    thinking: Option<String>,
    tool_calls: Option<Vec<Call>>,
}

impl Part {
    /// Returns the costs, which the last line tells. The server leaves out counts of 0, e.g. of a prompt that it had read
    /// before.
    fn counts(&mut self) -> Counts {
        let counts = [self.prompt_eval_count.take(), self.eval_count.take()];
        let told = counts.iter().any(Option::is_some);
        let [prompt, completion] = counts.map(|it| told.then(|| count(it).unwrap_or(0)));
        Counts {
            prompt,
            completion,
            ..Counts::default()
        }
    }
}

impl AnswerDecoder {
    fn part(&mut self, json: &[u8], whole: bool, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        let mut part: Part = parse(json)?;
        if let Some(error) = &part.error {
            return Err(DecodeError::Reported(ReportedError::read(error)));
        }
        if part.message.is_none() && part.response.is_none() {
            let text = "it has neither `message` nor `response`";
            return Err(DecodeError::Shape(text.to_owned()));
        }
        if whole && part.done == Some(false) {
            return Err(DecodeError::Unfinished);
        }
        let message = part.message.take().unwrap_or_default();
        if !self.started {
            self.started = true;
            out.push(Event::Started {
                id: None,
                model: part.model.take(),
                created: None,
            });
            out.extend(message.role.map(|role| Event::Role { choice: 0, role }));
        }
        let said = |text: &String| !text.is_empty();
        let before = out.len();
        for text in [message.thinking, part.thinking.take()] {
            let text = text.filter(said);
            out.extend(text.map(|text| Event::Reasoning { choice: 0, text }));
        }
        for text in [message.content, part.response.take()] {
            let text = text.filter(said);
            out.extend(text.map(|text| Event::Text { choice: 0, text }));
        }
        for call in message.tool_calls.into_iter().flatten() {
            call.tell(index(self.calls), part.created_at.as_deref(), out);
            self.calls += 1;
        }
        self.spoke |= out.len() > before;
        out.extend(logprobs::told(part.logprobs.take().unwrap_or_default()));
        if whole || part.done == Some(true) {
            self.finish(part, out);
        }
        Ok(())
    }

    fn finish(&mut self, mut part: Part, out: &mut Vec<Event>) {
        self.done = true;
        if !self.spoke {
            let text = String::new();
            out.push(Event::Text { choice: 0, text });
        }
        let counts = part.counts();
        // Older servers do not say why.
        let word = part.done_reason.filter(|word| !word.is_empty());
        let word = word.unwrap_or_else(|| STOP.to_owned());
        let known = REASONS.iter().find(|(known, _)| *known == word);
        let reason = match known.map_or(STOP, |(_, reason)| *reason) {
            STOP if self.calls > 0 => "tool_calls",
            reason => reason,
        };
        out.push(Event::Noted {
            choice: 0,
            name: Event::NATIVE_REASON,
            text: word,
        });
        out.push(Event::Finished {
            choice: 0,
            reason: reason.to_owned(),
        });
        out.extend(counts.usage().map(Event::Usage));
    }
}

impl Decoder for AnswerDecoder {
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        if self.done {
            return Ok(());
        }
        self.part(frame.bytes(), frame.is_whole(), out)
    }

    fn complete(&self) -> bool {
        self.done
    }
}
