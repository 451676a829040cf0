//! Instructions and turns as items.

use std::collections::HashSet;

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{
    Call, CallResult, Content, Conversation, File, Format, Image, Part, Said, Source, Speaker, Turn,
};
use tidegate_wire::dialect::Fault;

use super::{CARRIED, tools};
use crate::support::parts;

/// Writes `instructions` and `input`.
pub(super) fn write(
    asked: &Conversation,
    body: &mut Map<String, Value>,
    report: &mut Translation,
) -> Result<(), Fault> {
    let mut said = asked.in_place();
    let first = instructions(asked, &said);
    said.drain(..first.len());
    if first.iter().any(|text| !text.is_empty()) {
        body.insert("instructions".to_owned(), first.join("\n\n").into());
    }
    let mut items = Items {
        list: Vec::new(),
        custom: tools::custom_names(asked),
        custom_calls: HashSet::new(),
        report,
    };
    for said in said {
        match said {
            Said::Instructions(parts) => items.message("developer", pieces(parts, INPUT)?),
            Said::Turn(turn) => items.turn(turn)?,
        }
    }
    body.insert("input".to_owned(), items.list.into());
    Ok(())
}

/// Returns the messages of the instructions that stand before all else, as far as they are texts. The API looks for the
/// word JSON in `input` only, so that none of them leaves it where some JSON is asked for.
fn instructions(asked: &Conversation, said: &[Said<'_>]) -> Vec<String> {
    if asked.format == Some(Format::Json) {
        return Vec::new();
    }
    let texts = said.iter().map_while(|said| match said {
        Said::Instructions(parts) => texts(parts),
        Said::Turn(_) => None,
    });
    texts.collect()
}

/// Returns the texts of pieces put together, if they are texts only.
fn texts(parts: &[Part]) -> Option<String> {
    let texts = parts.iter().map(|part| match &part.content {
        Content::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let texts: Option<Vec<&str>> = texts.collect();
    texts.map(|texts| texts.join("\n\n"))
}

/// The items so far.
struct Items<'a> {
    list: Vec<Value>,
    /// Names of tools that take a text.
    custom: HashSet<&'a str>,
    /// Ids of their calls.
    custom_calls: HashSet<&'a str>,
    report: &'a mut Translation,
}

impl<'a> Items<'a> {
    /// Adds a message, unless it says nothing.
    fn message(&mut self, role: &str, content: Vec<Value>) {
        if !content.is_empty() {
            let content = plain(content);
            self.list
                .push(json!({"type": "message", "role": role, "content": content}));
        }
    }

    /// Adds what somebody said: words are messages, and what stands between them are items of their own.
    fn turn(&mut self, turn: &'a Turn) -> Result<(), Fault> {
        let (role, words) = match turn.speaker {
            Speaker::User => ("user", INPUT),
            Speaker::Assistant => ("assistant", OUTPUT),
        };
        let mut message = Vec::new();
        for part in &turn.parts {
            match piece(part, words)? {
                Some(piece) => message.push(piece),
                None => {
                    if let Some(item) = self.item(part)? {
                        self.message(role, std::mem::take(&mut message));
                        self.list.push(item);
                    }
                }
            }
        }
        self.message(role, message);
        Ok(())
    }

    /// Writes what is no piece of a message.
    fn item(&mut self, part: &'a Part) -> Result<Option<Value>, Fault> {
        Ok(match &part.content {
            Content::Call(call) => Some(self.call(call)),
            Content::Result(result) => Some(self.result(result)?),
            Content::Reasoning(text) => {
                let sealed = part.signature.as_deref();
                if sealed.is_none() {
                    self.report.dropped("reasoning_content");
                }
                sealed.map(|sealed| reasoning(text, sealed))
            }
            Content::Redacted(_) => {
                self.report.dropped("thinking_blocks");
                None
            }
            _ => None,
        })
    }

    fn call(&mut self, call: &'a Call) -> Value {
        let Call {
            id,
            name,
            arguments,
        } = call;
        let input = arguments.get(tools::INPUT).and_then(Value::as_str);
        if let Some(input) = input.filter(|_| self.custom.contains(name.as_str())) {
            self.custom_calls.insert(id);
            return json!({"type": "custom_tool_call", "call_id": id, "name": name, "input": input});
        }
        let arguments = Value::Object(arguments.clone()).to_string();
        json!({"type": "function_call", "call_id": id, "name": name, "arguments": arguments})
    }

    fn result(&mut self, result: &CallResult) -> Result<Value, Fault> {
        if result.failed {
            self.report.dropped("tool_result.is_error");
        }
        let kind = if self.custom_calls.contains(result.call_id.as_str()) {
            "custom_tool_call_output"
        } else {
            "function_call_output"
        };
        let output = plain(pieces(&result.content, INPUT)?);
        Ok(json!({"type": kind, "call_id": result.call_id, "output": output}))
    }
}

/// Writes what the model thought, as it was sealed.
fn reasoning(text: &str, sealed: &str) -> Value {
    let summary = if text.is_empty() {
        json!([])
    } else {
        json!([{"type": "summary_text", "text": text}])
    };
    json!({"type": "reasoning", "summary": summary, "encrypted_content": sealed})
}

/// The types of texts that a model reads, and of those that it wrote.
const INPUT: &str = "input_text";
const OUTPUT: &str = "output_text";

/// Writes the pieces that have a place in messages.
fn pieces(parts: &[Part], words: &str) -> Result<Vec<Value>, Fault> {
    let written = parts.iter().map(|part| piece(part, words).transpose());
    written.flatten().collect()
}

fn piece(part: &Part, words: &str) -> Result<Option<Value>, Fault> {
    if let Some(kind) = parts::kind(&part.content) {
        CARRIED.admit(kind)?;
    }
    Ok(match &part.content {
        Content::Refusal(text) if words == OUTPUT => {
            Some(json!({"type": "refusal", "refusal": text}))
        }
        Content::Text(text) | Content::Refusal(text) => Some(json!({"type": words, "text": text})),
        Content::Image(it) => Some(image(it)),
        Content::File(it) => Some(file(it)),
        Content::Own(own) => Some(own.clone()),
        _ => None,
    })
}

fn image(image: &Image) -> Value {
    let (name, place) = match &image.source {
        Source::Inline { media_type, data } => ("image_url", inline(media_type, data)),
        Source::Url(url) => ("image_url", url.clone()),
        Source::Id(id) => ("file_id", id.clone()),
    };
    let detail = image.detail.as_deref().unwrap_or("auto");
    json!({"type": "input_image", name: place, "detail": detail})
}

fn file(file: &File) -> Value {
    let mut written = Map::from_iter([("type".to_owned(), json!("input_file"))]);
    let (name, place) = match &file.source {
        Source::Inline { media_type, data } => {
            // The API wants a type, and a name.
            let media_type = match media_type.as_str() {
                "" => "application/pdf",
                named => named,
            };
            let ending = if media_type.starts_with("text/") {
                "txt"
            } else {
                "pdf"
            };
            let called = file.name.clone();
            let called = called.unwrap_or_else(|| format!("document.{ending}"));
            written.insert("filename".to_owned(), called.into());
            ("file_data", inline(media_type, data))
        }
        Source::Url(url) => ("file_url", url.clone()),
        Source::Id(id) => ("file_id", id.clone()),
    };
    written.insert(name.to_owned(), place.into());
    Value::Object(written)
}

/// Returns bytes as an address (RFC 2397).
fn inline(media_type: &str, data: &str) -> String {
    format!("data:{media_type};base64,{data}")
}

/// Writes a lone text, or nothing at all, without a list around it.
fn plain(mut pieces: Vec<Value>) -> Value {
    match pieces.as_mut_slice() {
        [] => json!(""),
        [lone] if lone["type"] == INPUT || lone["type"] == OUTPUT => lone["text"].take(),
        _ => pieces.into(),
    }
}
