//! The Converse API: one format for the conversations of all models.
//!
//! Source: Bedrock's API reference, `Converse` and `ConverseStream`, and the service model of AWS's libraries, as sampled
//! in November 2026.

mod answer;
mod content;
mod effort;
mod format;
mod media;
mod members;
mod schema;
mod shape;
mod tools;
mod turns;
mod usage;

use std::borrow::Cow;

use serde_json::{Map, Value};
use tidegate_wire::conversation::Conversation;
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::conversation;
use tidegate_wire::event::{Decoder, Event};
use tidegate_wire::{ChatRequest, Message, Operation, Request, Translation};

use super::model::Model;
use super::request;
use crate::call::CallHead;
use crate::carriage::{Carriage, Carried, Kind, Others};
use crate::encoded::Encoded;
use crate::parameters::{Fate, NOTHING, Parameters};
use crate::support::decode::Mapped;
use crate::support::fault;
use crate::support::prompt;
use crate::support::temperature::Scale;

use answer::ConverseDecoder;
use usage::Counting;

/// The API's own range of temperatures is 0 to 1, whatever the model's is.
const SCALE: Scale = Scale::to(1.0);

pub(super) static PARAMETERS: Parameters = Parameters {
    operation: Operation::Chat,
    only: Some("the Converse API"),
    within: Some("inferenceConfig"),
    others_within: Some(ADDITIONAL),
    temperature: Fate::Scaled("temperature", SCALE),
    count: Fate::One(
        "'{name}' must be '1' for Amazon Bedrock's Converse API. Received value: '{value}'.",
    ),
    max_tokens: Fate::As("maxTokens"),
    stop: Fate::Listed("stopSequences"),
    ..NOTHING
};

/// What becomes of a conversation.
pub(super) static CARRIED: Carriage = Carriage {
    operation: Operation::Chat,
    only: None,
    members: &[
        (
            "temperature",
            Carried::Within("inferenceConfig.temperature", 0.0, 1.0),
        ),
        ("top_p", Carried::Within("inferenceConfig.topP", 0.0, 1.0)),
        ("max_tokens", Carried::As("inferenceConfig.maxTokens")),
        ("stop", Carried::List("inferenceConfig.stopSequences", 2500)),
        (
            "top_k",
            Carried::Apart("`additionalModelRequestFields`, in the model's own words"),
        ),
        ("tools", Carried::Apart("`toolConfig.tools`")),
        (
            "tool_choice",
            Carried::Apart(
                "`toolConfig.toolChoice`, where the model takes one; `none` leaves the tools out",
            ),
        ),
        (
            "parallel_tool_calls",
            Carried::Apart("`additionalModelRequestFields.tool_choice`, for Claude 4.5 and newer"),
        ),
        (
            "response_format",
            Carried::Apart(
                "a schema as `outputConfig.textFormat`, else emulated by a call; `json_object` is dropped",
            ),
        ),
        (
            "reasoning_effort",
            Carried::Apart("`additionalModelRequestFields`, in the model's own words"),
        ),
        ("metadata", Carried::Apart("`requestMetadata`")),
        ("service_tier", Carried::Apart("`serviceTier.type`")),
        ("stream", Carried::Here),
        ("stream_options", Carried::Here),
    ],
    contents: &[
        (Kind::InlineImage, "`image`"),
        (Kind::Audio, "`audio`"),
        (Kind::InlineFile, "`document`, `image`, `audio` or `video`"),
        (Kind::Own, "as it is, if it has no `type`"),
    ],
    others: Others::Within(ADDITIONAL),
};

/// Where the parameters go that only some models know.
const ADDITIONAL: &str = "additionalModelRequestFields";

/// Writes a request. A prompt becomes one message of the user.
pub(super) fn write(call: CallHead, model: &Model, request: &Request) -> Result<Encoded, Fault> {
    let encoded = asked(call, request).and_then(|asked| converse(model, asked));
    encoded.map_err(|refused| match refused.status {
        // As MLflow refuses what it cannot understand.
        400 if !call.faithful => Fault {
            status: 422,
            ..refused
        },
        _ => refused,
    })
}

/// Reads what the client asks, whatever its door.
fn asked(call: CallHead, request: &Request) -> Result<Conversation, Fault> {
    let (chat, temperature) = match request {
        Request::Chat(chat) => {
            if !call.faithful {
                PARAMETERS.check(call, &chat.sampling, &chat.extra)?;
            }
            // A conversation has no temperature unless the client gives one: MLflow has no default to keep here.
            let given = chat.sampling.temperature.as_ref();
            (Cow::Borrowed(chat), given.filter(|it| it.sent).cloned())
        }
        Request::Completions(request) => {
            let text = prompt::text(&request.prompt)?;
            let chat = ChatRequest {
                messages: vec![Message::new("user", text.into())],
                sampling: request::sampling(call, &request.sampling),
                extra: request::extra(call, &request.extra),
            };
            PARAMETERS.check(call, &chat.sampling, &chat.extra)?;
            let temperature = chat.sampling.temperature.clone();
            (Cow::Owned(chat), temperature)
        }
        Request::Embeddings(_) => return Err(fault::not_served(call.operation)),
    };
    let mut asked = conversation(&chat)?;
    match SCALE.apply(temperature.as_ref()) {
        Some(scaled) => drop(
            asked
                .members
                .insert("temperature".to_owned(), scaled.into()),
        ),
        None => drop(asked.members.shift_remove("temperature")),
    }
    Ok(asked)
}

/// Writes a conversation.
pub(super) fn converse(model: &Model, mut asked: Conversation) -> Result<Encoded, Fault> {
    let able = model.abilities();
    let mut report = Translation::default();
    CARRIED.report_apart(&asked, &mut report);
    let own = members::take_own(&mut asked.members);
    let mut rest = Map::new();
    let emulates_schema = format::write(able, &mut asked, &mut rest, &mut report);
    let must_call = tools::write(model, &asked, &mut rest, &mut report);
    let thinks = effort::write(able, &mut asked, must_call, &mut rest, &mut report);
    members::leave_out(able, thinks, &mut asked.members, &mut report);
    CARRIED.write(&asked.members, &mut rest, &mut report);
    members::write(model, &asked.members, &mut rest, &mut report);
    let mut body = turns::write(able, asked, &mut report)?;
    body.extend(rest);
    for (name, value) in own {
        merge(&mut body, name, value);
    }
    Ok(Encoded {
        body,
        report,
        emulates_schema,
        lone_text: false,
    })
}

/// Returns the reader of an answer.
pub(super) fn decoder(call: CallHead) -> Box<dyn Decoder> {
    let counting = if call.faithful {
        Counting::OpenAi
    } else {
        Counting::Own
    };
    let decoder = ConverseDecoder::new(counting);
    match call.operation {
        Operation::Chat if call.faithful => Box::new(decoder),
        Operation::Chat => Box::new(Mapped::new(decoder, plain)),
        // The answer to a prompt has no speaker.
        _ => Box::new(Mapped::new(decoder, |event| {
            plain(event).filter(|event| !matches!(event, Event::Role { .. }))
        })),
    }
}

/// Leaves out what only chats of the OpenAI door have words for.
fn plain(event: Event) -> Option<Event> {
    let kept = !matches!(
        event,
        Event::Reasoning { .. }
            | Event::Signature { .. }
            | Event::Redacted { .. }
            | Event::Noted { .. }
    );
    kept.then_some(event)
}

/// Puts a member into an object; two objects become one, in which the new members win.
fn merge(object: &mut Map<String, Value>, name: String, value: Value) {
    match (object.get_mut(&name), value) {
        (Some(Value::Object(there)), Value::Object(members)) => there.extend(members),
        (_, value) => drop(object.insert(name, value)),
    }
}
