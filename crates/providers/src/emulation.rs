//! An answer of a schema from a provider that knows no schemas: the model is made to call a function with the answer, and
//! the call is told as text.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Conversation, Format, Function, Schema, Tool, ToolChoice};
use tidegate_wire::event::{DecodeError, Decoder, Event, Signed};
use tidegate_wire::frame::Frame;

/// The function's name. Long enough that no client has one of this name.
const FUNCTION: &str = "tidegate_answer_in_schema";

/// Makes a conversation that wants an answer of a schema into one whose model must call a function with it, and reports
/// it. A client's own functions stay: then the model chooses, but must call one.
pub(crate) fn emulate(asked: &mut Conversation, report: &mut Translation) {
    let Some(Format::Schema(schema)) = asked.format.take() else {
        return;
    };
    report.emulated("json_schema");
    let answer = || ToolChoice::Named(FUNCTION.to_owned());
    asked.choice = Some(match asked.choice.take() {
        _ if asked.tools.is_empty() => answer(),
        Some(ToolChoice::None) => answer(),
        // The client wants this call before any answer.
        Some(named @ ToolChoice::Named(_)) => named,
        _ => ToolChoice::Required,
    });
    asked.tools.push(Tool::Function(function(schema)));
}

fn function(schema: Schema) -> Function {
    let what = schema
        .description
        .map_or_else(String::new, |it| format!(" {it}"));
    Function {
        name: FUNCTION.to_owned(),
        description: Some(format!(
            "Gives the final answer to the user, `{}`.{what} Call it once, with the whole answer.",
            schema.name
        )),
        parameters: Some(schema.schema),
        strict: None,
        cache: None,
    }
}

/// Tells a call of the function as text.
pub struct EmulatedDecoder {
    inner: Box<dyn Decoder>,
    choices: BTreeMap<u32, Calls>,
}

/// The calls of one choice.
#[derive(Default)]
struct Calls {
    /// The indexes of calls of the function. The first is the answer; it was to be the only one, and others are not told.
    answers: Vec<u32>,
    /// True once another function is called.
    others: bool,
    /// What is said before it is known whether the answer comes: text beside the answer would make it no JSON.
    held: String,
}

impl EmulatedDecoder {
    /// Wraps the reader of the provider's answer.
    pub fn new(inner: Box<dyn Decoder>) -> Self {
        Self {
            inner,
            choices: BTreeMap::new(),
        }
    }

    fn tell(&mut self, mut event: Event, out: &mut Vec<Event>) {
        if let Some(choice) = event.choice() {
            let calls = self.choices.entry(choice).or_default();
            let told = calls.tell(choice, &mut event);
            if calls.others || matches!(event, Event::Finished { .. }) {
                out.extend(calls.release(choice));
            }
            if !told {
                return;
            }
        }
        out.push(event);
    }
}

impl Calls {
    /// Makes an event one that can be told; false where it cannot.
    fn tell(&mut self, choice: u32, event: &mut Event) -> bool {
        match event {
            Event::ToolCall { index, name, .. } if name == FUNCTION => {
                self.answers.push(*index);
                self.held.clear();
                return false;
            }
            Event::ToolArguments { index, json, .. } if self.answers.first() == Some(index) => {
                let text = std::mem::take(json);
                *event = Event::Text { choice, text };
            }
            Event::ToolCall { index, .. }
            | Event::ToolArguments { index, .. }
            | Event::Signature {
                of: Signed::Call(index),
                ..
            } => {
                let Some(moved) = self.moved(*index) else {
                    return false;
                };
                *index = moved;
                self.others = true;
            }
            Event::Text { text, .. } if !self.others => {
                if self.answers.is_empty() {
                    self.held.push_str(text);
                }
                return false;
            }
            Event::Finished { reason, .. } if self.are_the_answer() && reason == "tool_calls" => {
                "stop".clone_into(reason);
            }
            _ => {}
        }
        true
    }

    /// Tells what was held back.
    fn release(&mut self, choice: u32) -> Option<Event> {
        let text = std::mem::take(&mut self.held);
        (!text.is_empty()).then_some(Event::Text { choice, text })
    }

    fn are_the_answer(&self) -> bool {
        !self.answers.is_empty() && !self.others
    }

    /// Returns the index of a call that is told: those behind answers move up, so that none is missing.
    fn moved(&self, index: u32) -> Option<u32> {
        let before = self.answers.iter().filter(|answer| **answer < index);
        let before = u32::try_from(before.count()).unwrap_or(u32::MAX);
        (!self.answers.contains(&index)).then(|| index.saturating_sub(before))
    }
}

impl Decoder for EmulatedDecoder {
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        let mut events = Vec::new();
        self.inner.frame(frame, &mut events)?;
        for event in events {
            self.tell(event, out);
        }
        Ok(())
    }

    fn complete(&self) -> bool {
        self.inner.complete()
    }

    fn end(self: Box<Self>) -> Result<(), DecodeError> {
        self.inner.end()
    }
}

/// Returns what a function takes, as a JSON Schema: one without parameters takes an empty object.
pub(crate) fn parameters(function: &Function) -> Value {
    let empty = || json!({"type": "object", "properties": {}});
    function.parameters.clone().unwrap_or_else(empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives all its events with its only frame.
    struct Told(Vec<Event>);

    impl Decoder for Told {
        fn frame(&mut self, _: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
            out.append(&mut self.0);
            Ok(())
        }

        fn complete(&self) -> bool {
            self.0.is_empty()
        }
    }

    /// Writes events in short: the choice, and what is said of it.
    fn short(event: &Event) -> String {
        match event {
            Event::ToolCall {
                choice,
                index,
                name,
                ..
            } => format!("{choice} {name}@{index}"),
            Event::ToolArguments {
                choice,
                index,
                json,
            } => format!("{choice} {json}@{index}"),
            Event::Signature {
                choice,
                of: Signed::Call(index),
                signature,
            } => format!("{choice} {signature}@{index}"),
            Event::Text { choice, text } => format!("{choice} {text}"),
            Event::Finished { choice, reason } => format!("{choice} .{reason}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn nothing_stands_beside_the_answer() {
        let said = |text: &str| Event::Text {
            choice: 0,
            text: text.to_owned(),
        };
        let called = |name: &str| Event::ToolCall {
            choice: 0,
            index: 0,
            id: "i".to_owned(),
            name: name.to_owned(),
        };
        let gave = Event::ToolArguments {
            choice: 0,
            index: 0,
            json: "{}".to_owned(),
        };
        let finished = Event::Finished {
            choice: 0,
            reason: "stop".to_owned(),
        };
        for (name, want) in [
            (Some(FUNCTION), "0 {}; 0 .stop"),
            (Some("f"), "0 Here: ; 0 f@0; 0 {}@0; 0 after; 0 .stop"),
            (None, "0 Here: after; 0 .stop"),
        ] {
            let mut events = vec![said("Here"), said(": ")];
            events.extend(
                name.into_iter()
                    .flat_map(|name| [called(name), gave.clone()]),
            );
            events.extend([said("after"), finished.clone()]);
            let mut decoder = EmulatedDecoder::new(Box::new(Told(events)));
            let mut out = Vec::new();
            decoder.frame(Frame::Whole(b""), &mut out).unwrap();
            let told: Vec<_> = out.iter().map(short).collect();
            assert_eq!(told.join("; "), want, "{name:?}");
        }
    }

    #[test]
    fn the_answer_is_text_and_the_function_is_never_named() {
        let called = |choice, index, name: &str| {
            let begun = Event::ToolCall {
                choice,
                index,
                id: "i".to_owned(),
                name: name.to_owned(),
            };
            let arguments = Event::ToolArguments {
                choice,
                index,
                json: format!("{{{index}}}"),
            };
            let signed = Event::Signature {
                choice,
                of: Signed::Call(index),
                signature: "s".to_owned(),
            };
            [begun, arguments, signed]
        };
        let finished = |choice| Event::Finished {
            choice,
            reason: "tool_calls".to_owned(),
        };
        for (calls, want) in [
            (vec![], ""),
            (vec![(0, FUNCTION)], "0 {0}; 0 .stop"),
            (vec![(0, FUNCTION), (0, FUNCTION)], "0 {0}; 0 .stop"),
            (
                vec![(0, FUNCTION), (0, "f"), (0, FUNCTION), (0, "g")],
                "0 {0}; 0 f@0; 0 {1}@0; 0 s@0; 0 g@1; 0 {3}@1; 0 s@1; 0 .tool_calls",
            ),
            (vec![(0, "f")], "0 f@0; 0 {0}@0; 0 s@0; 0 .tool_calls"),
            (
                vec![(0, FUNCTION), (1, FUNCTION)],
                "0 {0}; 1 {0}; 0 .stop; 1 .stop",
            ),
        ] {
            let mut events = Vec::new();
            let mut counts = BTreeMap::<u32, u32>::new();
            for (choice, name) in &calls {
                let index = counts.entry(*choice).or_default();
                events.extend(called(*choice, *index, name));
                *index += 1;
            }
            events.extend(counts.keys().copied().map(finished));
            let mut decoder = EmulatedDecoder::new(Box::new(Told(events)));
            let mut out = Vec::new();
            decoder.frame(Frame::Whole(b""), &mut out).unwrap();
            let told: Vec<_> = out.iter().map(short).collect();
            assert_eq!(told.join("; "), want, "{calls:?}");
        }
    }
}
