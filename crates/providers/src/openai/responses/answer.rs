//! Reads items and ends of answers, whole or at the end of a stream.

use serde_json::{Map, Value, json};
use tidegate_wire::Counts;
use tidegate_wire::event::{DecodeError, Event, Signed};

use super::error;
use super::tools::INPUT;
use crate::support::decode::{count, index};

/// The one choice of every answer.
const CHOICE: u32 = 0;

/// What must be known of an answer between its items.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// True for a door that is told all ([`crate::CallHead`]).
    faithful: bool,
    /// How many calls have begun.
    calls: usize,
    /// Where the last thought stood that is not signed.
    thought: Option<Place>,
}

/// Where a piece of thought stands: its item, whether in the summary, and which part.
pub(super) type Place = (u64, bool, u64);

/// What a stream has told of an item before its end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told {
    /// The index of the call that it is.
    pub(super) call: Option<u32>,
    /// True when its words or arguments have come.
    pub(super) said: bool,
}

impl Reading {
    /// Begins to read for a door.
    pub(super) fn new(faithful: bool) -> Self {
        Self {
            faithful,
            ..Self::default()
        }
    }

    /// Reads a whole answer.
    pub(super) fn whole(
        &mut self,
        response: &Value,
        out: &mut Vec<Event>,
    ) -> Result<(), DecodeError> {
        check(response)?;
        let Some(Value::Array(items)) = response.get("output") else {
            return Err(DecodeError::Shape("it has no `output`".to_owned()));
        };
        out.push(started(response));
        for (place, item) in (0..).zip(items) {
            self.item(item, place, Told::default(), out);
        }
        self.finished(response, "", out)
    }

    /// Reads an item but for what was told of it.
    pub(super) fn item(&mut self, item: &Value, place: u64, told: Told, out: &mut Vec<Event>) {
        match kind(item) {
            "message" => {
                if !told.said {
                    words(item, out);
                }
                beside(item, out);
            }
            "reasoning" => {
                if !told.said {
                    self.thoughts(item, place, out);
                }
                self.signed(item, out);
            }
            "function_call" | "custom_tool_call" => {
                let call = told.call.unwrap_or_else(|| self.call(item, out));
                if !told.said {
                    out.push(Event::ToolArguments {
                        choice: CHOICE,
                        index: call,
                        json: arguments(item),
                    });
                }
            }
            // What the provider's own tools do, and what is yet to be invented.
            _ => {}
        }
    }

    /// Begins a call and returns its index.
    pub(super) fn call(&mut self, item: &Value, out: &mut Vec<Event>) -> u32 {
        let index = index(self.calls);
        self.calls += 1;
        let id = text(item, "call_id").or_else(|| text(item, "id"));
        out.push(Event::ToolCall {
            choice: CHOICE,
            index,
            id: id.unwrap_or_default().to_owned(),
            name: text(item, "name").unwrap_or_default().to_owned(),
        });
        index
    }

    /// Reads a piece of thought. Parts are paragraphs.
    pub(super) fn think(&mut self, place: Place, piece: &str, out: &mut Vec<Event>) {
        if piece.is_empty() || !self.faithful {
            return;
        }
        let begins = self.thought.is_some_and(|before| before != place);
        self.thought = Some(place);
        out.push(Event::Reasoning {
            choice: CHOICE,
            text: if begins {
                format!("\n\n{piece}")
            } else {
                piece.to_owned()
            },
        });
    }

    fn thoughts(&mut self, item: &Value, place: u64, out: &mut Vec<Event>) {
        for (list, in_summary) in [("summary", true), ("content", false)] {
            for (part, it) in (0..).zip(parts(item, list)) {
                let piece = text(it, "text").unwrap_or_default();
                self.think((place, in_summary, part), piece, out);
            }
        }
    }

    fn signed(&mut self, item: &Value, out: &mut Vec<Event>) {
        let sealed = text(item, "encrypted_content");
        let sealed = sealed.filter(|it| !it.is_empty() && self.faithful);
        if let Some(sealed) = sealed {
            if self.thought.take().is_none() {
                // A thought of which nothing is told is one of its own.
                out.push(Event::Reasoning {
                    choice: CHOICE,
                    text: String::new(),
                });
            }
            out.push(Event::Signature {
                choice: CHOICE,
                of: Signed::Reasoning,
                signature: sealed.to_owned(),
            });
        }
    }

    /// Reads why an answer ended, and what it cost; `word` is its status where it tells none.
    pub(super) fn finished(
        &mut self,
        response: &Value,
        word: &str,
        out: &mut Vec<Event>,
    ) -> Result<(), DecodeError> {
        check(response)?;
        let status = text(response, "status").unwrap_or(word);
        let details = response.get("incomplete_details");
        let (native, reason) = match status {
            "incomplete" => {
                let own = details.and_then(|it| text(it, "reason"));
                let reason = match own {
                    Some("content_filter") => "content_filter",
                    _ => "length",
                };
                (own.unwrap_or(status), reason)
            }
            "queued" | "in_progress" => return Err(DecodeError::Unfinished),
            "failed" | "cancelled" => return Err(error::unanswered(status)),
            _ if self.calls > 0 => (status, "tool_calls"),
            _ => (status, "stop"),
        };
        if self.faithful && !native.is_empty() {
            out.push(Event::Noted {
                choice: CHOICE,
                name: Event::NATIVE_REASON,
                text: native.to_owned(),
            });
        }
        out.push(Event::Finished {
            choice: CHOICE,
            reason: reason.to_owned(),
        });
        out.extend(usage(response).map(Event::Usage));
        Ok(())
    }
}

/// Refuses an answer that holds an error.
fn check(response: &Value) -> Result<(), DecodeError> {
    match response.get("error").filter(|error| !error.is_null()) {
        Some(error) => Err(error::reported(error)),
        None => Ok(()),
    }
}

/// Reads the beginning of an answer.
pub(super) fn started(response: &Value) -> Event {
    let owned = |name: &str| text(response, name).map(str::to_owned);
    let created = response.get("created_at").and_then(Value::as_number);
    Event::Started {
        id: owned("id"),
        model: owned("model"),
        created: count(created.cloned()),
    }
}

/// A piece of text.
pub(super) fn said(text: &str) -> Event {
    Event::Text {
        choice: CHOICE,
        text: text.to_owned(),
    }
}

/// A piece of a refusal.
pub(super) fn refused(text: &str) -> Event {
    Event::Refusal {
        choice: CHOICE,
        text: text.to_owned(),
    }
}

/// A piece of a call's arguments.
pub(super) fn argued(index: u32, json: &str) -> Event {
    Event::ToolArguments {
        choice: CHOICE,
        index,
        json: json.to_owned(),
    }
}

/// Returns an item's type.
pub(super) fn kind(item: &Value) -> &str {
    text(item, "type").unwrap_or_default()
}

/// Returns a member that is a text.
pub(super) fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

fn parts<'a>(item: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    let list = item.get(list).and_then(Value::as_array);
    list.into_iter().flatten()
}

fn words(item: &Value, out: &mut Vec<Event>) {
    for part in parts(item, "content") {
        match kind(part) {
            "output_text" => out.extend(text(part, "text").map(said)),
            "refusal" => out.extend(text(part, "refusal").map(refused)),
            _ => {}
        }
    }
}

/// Reads what a message says beside its words. A stream repeats it whole at the message's end.
fn beside(item: &Value, out: &mut Vec<Event>) {
    for part in parts(item, "content") {
        let annotations: Vec<Value> = parts(part, "annotations").map(annotation).collect();
        if !annotations.is_empty() {
            out.push(Event::Member {
                choice: CHOICE,
                name: "annotations".to_owned(),
                value: annotations.into(),
            });
        }
        let tokens: Vec<Value> = parts(part, "logprobs").cloned().collect();
        if !tokens.is_empty() {
            out.push(Event::Logprobs {
                choice: CHOICE,
                logprobs: json!({"content": tokens, "refusal": null}),
            });
        }
    }
}

/// Writes a citation as chats do: in an object of its own.
fn annotation(flat: &Value) -> Value {
    const CITATION: &str = "url_citation";
    let Some(members) = flat.as_object().filter(|_| kind(flat) == CITATION) else {
        return flat.clone();
    };
    let mut inner = members.clone();
    inner.shift_remove("type");
    json!({"type": CITATION, CITATION: inner})
}

/// Returns a call's arguments as JSON text; the text that a custom tool gets is one of them.
fn arguments(item: &Value) -> String {
    if kind(item) == "custom_tool_call" {
        let input = text(item, "input").unwrap_or_default();
        let arguments = Map::from_iter([(INPUT.to_owned(), input.into())]);
        return Value::Object(arguments).to_string();
    }
    let written = text(item, "arguments").filter(|it| !it.trim().is_empty());
    written.unwrap_or("{}").to_owned()
}

fn usage(response: &Value) -> Option<tidegate_wire::Usage> {
    let usage = response.get("usage")?;
    let tokens = |path: &str| {
        let number = usage.pointer(path).and_then(Value::as_number);
        count(number.cloned())
    };
    Counts {
        prompt: tokens("/input_tokens"),
        completion: tokens("/output_tokens"),
        total: tokens("/total_tokens"),
        cached: tokens("/input_tokens_details/cached_tokens"),
        cache_write: tokens("/input_tokens_details/cache_write_tokens"),
        reasoning: tokens("/output_tokens_details/reasoning_tokens"),
        ..Counts::default()
    }
    .usage()
}
