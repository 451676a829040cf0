//! Reads answers of both text APIs, whole and as lines of JSON.
//!
//! Source: spec, providers/cohere.md, "Streaming"; the events `stream-start`, `text-generation`, `stream-error` and
//! `stream-end` of Cohere's API, version 1.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use tidegate_wire::Usage;
use tidegate_wire::event::{DecodeError, Decoder, Event, ReportedError};
use tidegate_wire::frame::Frame;

use super::usage::{Meta, TokenCount};
use super::{chat, completions, usage};
use crate::support::decode::parse;

/// Which API answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    /// `/generate`.
    Generate,
    /// `/chat`.
    Chat,
}

/// Reads one answer.
pub(crate) struct AnswerDecoder {
    api: Api,
    /// Whether the client is told why a completion ends, in OpenAI's words. MLflow tells it of a stream only, in Cohere's.
    faithful: bool,
    started: bool,
    done: bool,
}

/// One line of a stream.
#[derive(Deserialize)]
struct Part {
    event_type: Option<String>,
    is_finished: Option<bool>,
    index: Option<u32>,
    text: Option<String>,
    /// The id of a chat answer that came whole.
    response_id: Option<IgnoredAny>,
    /// The texts of a completion that came whole.
    generations: Option<IgnoredAny>,
    finish_reason: Option<String>,
    response: Option<Whole>,
    /// The words of an error.
    message: Option<Value>,
    /// The words of a `stream-error`.
    err: Option<Value>,
    /// An error in other APIs' form, as proxies write it.
    error: Option<Value>,
}

/// What the last line says about the whole answer.
#[derive(Deserialize)]
struct Whole {
    /// The id of a completion.
    id: Option<String>,
    /// The id of a chat answer.
    response_id: Option<String>,
    token_count: Option<TokenCount>,
    meta: Option<Meta>,
}

impl Part {
    /// Returns the error that the line reports, if it is one.
    fn error(&self) -> Option<ReportedError> {
        let said = self.text.is_some() || self.is_finished.is_some();
        let failed = match self.event_type.as_deref() {
            Some("stream-end") if self.finish_reason.as_deref() == Some("ERROR") => true,
            Some(event) => event == "stream-error",
            None => !said && (self.message.is_some() || self.error.is_some()),
        };
        let nameless = || Value::from("The provider does not say why.");
        let words = [&self.error, &self.err, &self.message].into_iter();
        failed.then(|| {
            let words = words.flatten().next().cloned();
            ReportedError::read(&words.unwrap_or_else(nameless))
        })
    }

    /// True for an answer that came whole where a stream was asked for.
    fn is_whole(&self) -> bool {
        let streamed = self.event_type.is_some() || self.is_finished.is_some();
        !streamed && (self.response_id.is_some() || self.generations.is_some())
    }

    fn is_last(&self) -> bool {
        self.is_finished == Some(true) || self.event_type.as_deref() == Some("stream-end")
    }
}

impl AnswerDecoder {
    pub(crate) fn new(api: Api, faithful: bool) -> Self {
        Self {
            api,
            faithful,
            started: false,
            done: false,
        }
    }

    /// Reads one part of a stream, a JSON object.
    fn part(&mut self, json: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
        if self.done {
            return Ok(());
        }
        let part: Part = parse(json)?;
        if let Some(error) = part.error() {
            return Err(DecodeError::Reported(error));
        }
        if !self.started && part.is_whole() {
            return self.whole(json, out);
        }
        if !self.started {
            self.started = true;
            out.push(Event::nameless());
        }
        let chat = self.api == Api::Chat;
        if chat && part.event_type.as_deref() == Some("stream-start") {
            return Ok(());
        }
        self.done = part.is_last();
        let choice = part.index.filter(|_| !chat).unwrap_or_default();
        let (id, usage) = part.response.map(|it| self.told(it)).unwrap_or_default();
        out.extend(id.map(|id| Event::Named { id }));
        let before = out.len();
        // The last line of a chat repeats the whole text elsewhere, never here; other events speak of other things.
        let spoken = !chat || part.event_type.as_deref() == Some("text-generation");
        if let Some(text) = part.text.filter(|_| spoken) {
            out.push(Event::Text { choice, text });
        }
        if let Some(reason) = part.finish_reason.filter(|_| self.done) {
            out.push(if self.faithful {
                finished(choice, reason)
            } else {
                Event::Finished { choice, reason }
            });
        }
        if out.len() == before {
            // MLflow writes a frame for this line too.
            let choice = Some(choice);
            out.push(Event::Silence { choice });
        }
        out.extend(usage.map(Event::Usage));
        Ok(())
    }

    /// Returns what is known at the end only: id and costs. As in plain answers, completions have no costs.
    fn told(&self, whole: Whole) -> (Option<String>, Option<Usage>) {
        match self.api {
            Api::Generate => (whole.id, None),
            Api::Chat => {
                let usage = usage::told(whole.token_count, whole.meta);
                (whole.response_id, usage)
            }
        }
    }

    fn whole(&mut self, body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
        match self.api {
            Api::Generate => completions::read(body, self.faithful, out)?,
            Api::Chat => chat::read(body, out)?,
        }
        self.done = true;
        Ok(())
    }
}

/// Tells why a choice ends, in OpenAI's words where it has any.
pub(super) fn finished(choice: u32, reason: String) -> Event {
    let reason = match reason.as_str() {
        "COMPLETE" | "STOP_SEQUENCE" => "stop".to_owned(),
        "MAX_TOKENS" => "length".to_owned(),
        "ERROR_TOXIC" => "content_filter".to_owned(),
        _ => reason,
    };
    Event::Finished { choice, reason }
}

impl Decoder for AnswerDecoder {
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        if frame.is_whole() {
            self.whole(frame.bytes(), out)
        } else {
            self.part(frame.bytes(), out)
        }
    }

    fn complete(&self) -> bool {
        self.done
    }
}
