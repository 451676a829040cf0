//! An answer of a schema from a provider that knows no schemas: the model is made to call a function with the answer, and
//! the call is told as text.

use serde_json::{Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Conversation, Format, Function, Schema, Tool, ToolChoice};
use tidegate_wire::event::{DecodeError, Decoder, Event};
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
    /// The choice and index of the call that is the answer, once it has begun.
    answer: Option<(u32, u32)>,
    /// True once another call has begun.
    calls: bool,
}

impl EmulatedDecoder {
    /// Wraps the reader of the provider's answer.
    pub fn new(inner: Box<dyn Decoder>) -> Self {
        Self {
            inner,
            answer: None,
            calls: false,
        }
    }

    fn tell(&mut self, event: Event) -> Option<Event> {
        match event {
            Event::ToolCall {
                choice,
                index,
                name,
                ..
            } if name == FUNCTION && self.answer.is_none() => {
                self.answer = Some((choice, index));
                None
            }
            Event::ToolArguments {
                choice,
                index,
                json: text,
            } if self.answer == Some((choice, index)) => Some(Event::Text { choice, text }),
            Event::ToolCall { .. } => {
                self.calls = true;
                Some(self.moved(event))
            }
            Event::Finished { choice, reason }
                if self.answer.is_some() && !self.calls && reason == "tool_calls" =>
            {
                let reason = "stop".to_owned();
                Some(Event::Finished { choice, reason })
            }
            other => Some(self.moved(other)),
        }
    }

    /// Calls behind the answer move up by one, so that no index is missing.
    fn moved(&self, event: Event) -> Event {
        let Some((_, answer)) = self.answer else {
            return event;
        };
        let moved = |index: u32| if index > answer { index - 1 } else { index };
        match event {
            Event::ToolCall {
                choice,
                index,
                id,
                name,
            } => Event::ToolCall {
                choice,
                index: moved(index),
                id,
                name,
            },
            Event::ToolArguments {
                choice,
                index,
                json,
            } => Event::ToolArguments {
                choice,
                index: moved(index),
                json,
            },
            other => other,
        }
    }
}

impl Decoder for EmulatedDecoder {
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        let mut events = Vec::new();
        self.inner.frame(frame, &mut events)?;
        out.extend(events.into_iter().filter_map(|event| self.tell(event)));
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
