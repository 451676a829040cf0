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
            members.insert("content".to_owned(), content(choice).into());
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

/// Writes the blocks. Signatures that have no place of their own stand in an envelope before what they sign.
fn content(choice: &Choice) -> Vec<Value> {
    let mut blocks: Vec<Value> = choice.thoughts.iter().filter_map(thought).collect();
    if let Some(signature) = &choice.signature {
        blocks.push(words::thinking("", &seal_text(signature)));
    }
    let said = [&choice.text, &choice.refusal].into_iter().flatten();
    let said = said.filter(|text| !text.is_empty());
    blocks.extend(said.map(|text| words::text(text)));
    for call in &choice.tool_calls {
        if call.name.is_empty() {
            continue;
        }
        if let Some(signature) = &call.signature {
            blocks.push(words::thinking("", &seal_call(&call.id, signature)));
        }
        blocks.push(words::call(&call.id, &call.name, words::input(call)));
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
