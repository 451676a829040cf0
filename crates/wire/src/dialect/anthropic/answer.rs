//! Writes whole answers: what was thought, what was said, what is called. An answer has one choice here; log probabilities and
//! members of OpenAI's messages have no place.

use bytes::Bytes;
use serde_json::{Value, json};

use super::stream::MessageEncoder;
use super::words::{self, Ending};
use crate::dialect::envelope::{seal_call, seal_text};
use crate::dialect::{Context, Encoder, Voice, to_json};
use crate::event::Event;
use crate::fold::{Answer, Choice, Thought};

/// How a request of the Messages API wants to be answered.
pub(super) struct AnthropicVoice;

impl Voice for AnthropicVoice {
    fn plain(&self, answer: Answer, context: &Context) -> Bytes {
        let nobody = Choice::default();
        let choice = answer.choices.first().unwrap_or(&nobody);
        let id = answer.id.as_deref().filter(|id| !id.is_empty());
        let id = id.map_or_else(|| words::id_of(context), str::to_owned);
        let model = answer.model.as_deref().or(context.model.as_deref());
        let mut message = words::message(&id, model, answer.usage.as_ref());
        if let Some(members) = message.as_object_mut() {
            members.insert("content".to_owned(), content(choice, &id).into());
            let reason = json!(ending(choice).stop_reason());
            members.insert("stop_reason".to_owned(), reason);
        }
        to_json(&message)
    }

    fn stream(self: Box<Self>, context: Context) -> Box<dyn Encoder> {
        Box::new(MessageEncoder::new(context))
    }
}

fn ending(choice: &Choice) -> Ending<'_> {
    let mut notes = choice.notes.iter();
    let native = notes.find(|(name, _)| *name == Event::NATIVE_REASON);
    Ending {
        reason: choice.finish_reason.as_deref(),
        native: native.map(|(_, word)| word.as_str()),
        calls: choice.tool_calls.iter().any(|call| !call.name.is_empty()),
        refuses: choice.refusal.as_deref().is_some_and(|it| !it.is_empty()),
    }
}

/// Writes the blocks of a message. Signatures that have no place of their own stand in an envelope before what they sign.
fn content(choice: &Choice, message: &str) -> Vec<Value> {
    let mut blocks: Vec<Value> = choice.thoughts.iter().filter_map(thought).collect();
    if let Some(signature) = &choice.signature {
        blocks.push(words::thinking("", &seal_text(signature)));
    }
    let said = [&choice.text, &choice.refusal].into_iter().flatten();
    let said = said.filter(|text| !text.is_empty());
    blocks.extend(said.map(|text| words::text(text)));
    for (index, call) in (0..).zip(&choice.tool_calls) {
        if call.name.is_empty() {
            continue;
        }
        let id = words::call_id(&call.id, message, index);
        if let Some(signature) = &call.signature {
            blocks.push(words::thinking("", &seal_call(&id, signature)));
        }
        blocks.push(words::call(&id, &call.name, words::input(call)));
    }
    blocks
}

fn thought(thought: &Thought) -> Option<Value> {
    match thought {
        Thought::Said { text, signature } => {
            let signature = signature.as_deref().unwrap_or_default();
            let silent = text.is_empty() && signature.is_empty();
            (!silent).then(|| words::thinking(text, signature))
        }
        Thought::Redacted(data) => Some(words::redacted(data)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Signed;

    fn plain(events: Vec<Event>) -> Value {
        let context = Context {
            now: 0,
            model: Some("m".to_owned()),
            id: "1".to_owned(),
        };
        let written = AnthropicVoice.plain(events.into_iter().collect(), &context);
        serde_json::from_slice(&written).unwrap()
    }

    #[test]
    fn an_answer_that_says_nothing_is_a_message() {
        let want = json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [],
            "stop_reason": "end_turn", "stop_sequence": null,
            "usage": {"input_tokens": 0, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 0},
        });
        assert_eq!(plain(vec![]), want);
    }

    #[test]
    fn all_is_said_in_its_block() {
        let choice = 0;
        let text = |text: &str| text.to_owned();
        let signature = |of, signature: &str| Event::Signature {
            choice,
            of,
            signature: text(signature),
        };
        let call = |index: u32, id: &str, json: &str| {
            let (id, name, json) = (text(id), text("f"), text(json));
            [
                Event::ToolCall {
                    choice,
                    index,
                    id,
                    name,
                },
                Event::ToolArguments {
                    choice,
                    index,
                    json,
                },
            ]
        };
        let mut events = vec![
            Event::Reasoning {
                choice,
                text: text("t"),
            },
            signature(Signed::Reasoning, "s"),
            Event::Redacted {
                choice,
                data: text("r"),
            },
            Event::Text {
                choice,
                text: text("a"),
            },
            signature(Signed::Text, "u"),
            Event::Refusal {
                choice,
                text: text("no"),
            },
        ];
        events.extend(call(0, "a", "{\"x\":1.50}"));
        events.extend(call(1, "b", ""));
        events.extend(call(2, "c", "[1]"));
        events.extend(call(3, "", ""));
        events.push(signature(Signed::Call(1), "v"));
        events.push(signature(Signed::Call(3), "w"));
        let want = json!([
            {"type": "thinking", "thinking": "t", "signature": "s"},
            {"type": "redacted_thinking", "data": "r"},
            {"type": "thinking", "thinking": "", "signature": "tidegate.text.u"},
            {"type": "text", "text": "a"},
            {"type": "text", "text": "no"},
            {"type": "tool_use", "id": "a", "name": "f", "input": {"x": serde_json::from_str::<Value>("1.50").unwrap()}},
            {"type": "thinking", "thinking": "", "signature": "tidegate.call.Yg.v"},
            {"type": "tool_use", "id": "b", "name": "f", "input": {}},
            {"type": "tool_use", "id": "c", "name": "f", "input": {"_raw": "[1]"}},
            {"type": "thinking", "thinking": "", "signature": "tidegate.call.dG9vbHVfMV8z.w"},
            {"type": "tool_use", "id": "toolu_1_3", "name": "f", "input": {}},
        ]);
        assert_eq!(plain(events)["content"], want);
    }

    #[test]
    fn reasons_to_stop() {
        for (reason, native, refusal, calls, want) in [
            ("stop", None, "", false, "end_turn"),
            ("length", None, "", true, "max_tokens"),
            ("tool_calls", None, "", false, "tool_use"),
            ("stop", None, "", true, "tool_use"),
            ("content_filter", None, "", false, "refusal"),
            ("stop", None, "no", false, "refusal"),
            ("stop", Some("stop_sequence"), "", false, "stop_sequence"),
            ("stop", Some("tool_use"), "", false, "end_turn"),
            ("stop", Some("tool_use"), "", true, "tool_use"),
            (
                "length",
                Some("model_context_window_exceeded"),
                "",
                false,
                "model_context_window_exceeded",
            ),
            ("length", Some("MAX_TOKENS"), "", false, "max_tokens"),
            ("odd", None, "", false, "end_turn"),
        ] {
            let choice = 0;
            let mut events = vec![Event::Refusal {
                choice,
                text: refusal.to_owned(),
            }];
            events.extend(native.map(|word| Event::Noted {
                choice,
                name: Event::NATIVE_REASON,
                text: word.to_owned(),
            }));
            events.extend(calls.then(|| Event::ToolCall {
                choice,
                index: 0,
                id: String::new(),
                name: "f".to_owned(),
            }));
            events.push(Event::Finished {
                choice,
                reason: reason.to_owned(),
            });
            assert_eq!(
                plain(events)["stop_reason"],
                want,
                "{reason} {native:?} {refusal} {calls}"
            );
        }
    }
}
