//! Chats in the Responses API: what becomes of a conversation, and of its answer.
//!
//! Source: OpenAI's API reference, "Responses", as sampled in November 2026. Nothing is stored with the provider: what the
//! model thought comes sealed, and clients send it back.

mod answer;
mod error;
mod input;
mod members;
mod stream;
#[cfg(test)]
mod tests;
mod tools;

use serde_json::{Map, Number, Value};
use tidegate_wire::conversation::Conversation;
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::conversation;
use tidegate_wire::{ChatRequest, Operation, Request, Translation};

use super::{models, request};
use crate::call::CallHead;
use crate::carriage::{Carriage, Carried, Kind, LATER_SYSTEM, Others, asks_nothing};
use crate::encoded::Encoded;
use crate::support::fault::{at_the_door, not_served, refused};
use crate::support::openai::named;

pub(super) use stream::ResponsesDecoder;

/// What becomes of a request.
pub(crate) static CARRIED: Carriage = Carriage {
    operation: Operation::Chat,
    only: Some("Responses API"),
    members: &[
        (
            LATER_SYSTEM,
            Carried::Apart("first ones as `instructions`, later ones where they stand"),
        ),
        (
            "max_tokens",
            Carried::Apart("`max_output_tokens`, at least 16"),
        ),
        (
            "temperature",
            Carried::Apart("the same; dropped for models that reason"),
        ),
        (
            "top_p",
            Carried::Apart("the same; dropped for models that reason"),
        ),
        (
            "logprobs",
            Carried::Apart("`include`: `message.output_text.logprobs`"),
        ),
        ("top_logprobs", Carried::As("top_logprobs")),
        (
            "reasoning_effort",
            Carried::Apart("`reasoning.effort`; what was thought is asked for too"),
        ),
        ("verbosity", Carried::As("text.verbosity")),
        ("response_format", Carried::Apart("`text.format`")),
        ("tools", Carried::Apart("`tools`, flat; others as they are")),
        ("tool_choice", Carried::Apart("the same, flat")),
        ("parallel_tool_calls", Carried::Apart("the same")),
        ("store", Carried::Apart("the same; else `false`")),
        ("metadata", Carried::As("metadata")),
        ("moderation", Carried::As("moderation")),
        ("prompt_cache_key", Carried::As("prompt_cache_key")),
        ("prompt_cache_options", Carried::As("prompt_cache_options")),
        (
            "prompt_cache_retention",
            Carried::As("prompt_cache_retention"),
        ),
        ("safety_identifier", Carried::As("safety_identifier")),
        ("service_tier", Carried::As("service_tier")),
        ("user", Carried::As("user")),
        ("stream", Carried::Here),
        ("stream_options", Carried::Here),
        (
            "include",
            Carried::Apart("the same, beside what is asked for anyway"),
        ),
        ("reasoning", Carried::Apart("the same; its members win")),
        ("text", Carried::Apart("the same; its members win")),
    ],
    contents: &[
        (Kind::InlineImage, "an `input_image`"),
        (Kind::LinkedImage, "an `input_image`"),
        (Kind::InlineFile, "an `input_file`"),
        (Kind::LinkedFile, "an `input_file`"),
        (Kind::Own, "the part as it is"),
    ],
    others: Others::Body,
};

/// A model, and how the API is told it.
pub(super) struct ResponsesModel {
    /// Its own name, which tells what it can do.
    pub(super) name: Option<String>,
    /// The deployment's name, which the API wants in place of the model's at Azure.
    pub(super) address: Option<String>,
}

/// Writes a chat, or a completion as one.
pub(super) fn encode(
    call: CallHead,
    request: &Request,
    model: &ResponsesModel,
) -> Result<Encoded, Fault> {
    request::check_count(call, request)?;
    match request {
        Request::Chat(chat) => self::chat(call, chat, model),
        Request::Completions(asked) => {
            let mut encoded = self::chat(call, &request::chat_of(call, asked)?, model)?;
            let older = Encoded::of_older_api(call, request, Map::new(), &[]);
            encoded.report.add(older.report);
            Ok(encoded)
        }
        Request::Embeddings(_) => Err(not_served(call.operation)),
    }
}

fn chat(call: CallHead, chat: &ChatRequest, model: &ResponsesModel) -> Result<Encoded, Fault> {
    let mut chat = request::TEMPERATURE.of_the_chat(chat);
    if !call.faithful {
        check_count(call, chat.sampling.n.as_ref())?;
        // A door's default gives way where the model takes none.
        let gives_way = models::reasons(model.name.as_deref());
        let sampled = chat.sampling.temperature.take();
        chat.sampling.temperature = sampled.filter(|it| it.sent || !gives_way);
    }
    let written = conversation(&chat).and_then(|asked| converse(call, &asked, model));
    written.map_err(|fault| at_the_door(call, fault))
}

/// Refuses more than one answer on doors that cannot tell what was left out.
fn check_count(call: CallHead, count: Option<&Number>) -> Result<(), Fault> {
    let several = |count: &&Number| !asks_nothing("n", &Value::Number((*count).clone()));
    let Some(count) = count.filter(several) else {
        return Ok(());
    };
    let name = call.words.count();
    let text =
        format!("'{name}' must be '1' for this endpoint's model. Received value: '{count}'.");
    Err(refused(call, text, name))
}

/// Writes a conversation.
pub(super) fn converse(
    call: CallHead,
    asked: &Conversation,
    model: &ResponsesModel,
) -> Result<Encoded, Fault> {
    let mut report = Translation::default();
    let mut body = named(model.address.as_deref().or(model.name.as_deref()));
    CARRIED.report_apart(asked, &mut report);
    if asked.is_marked() {
        report.dropped("cache_control");
    }
    input::write(asked, &mut body, &mut report)?;
    tools::write(asked, &mut body);
    CARRIED.write(&asked.members, &mut body, &mut report);
    let tells_thoughts = call.faithful && call.operation == Operation::Chat;
    let name = model.name.as_deref();
    members::write(asked, name, tells_thoughts, &mut body, &mut report);
    if let Some(stream) = asked.stream {
        body.insert("stream".to_owned(), stream.into());
    }
    Ok(Encoded {
        body,
        report,
        ..Encoded::default()
    })
}
