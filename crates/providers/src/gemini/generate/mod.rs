//! The API `generateContent`: what becomes of a conversation, and of its answer. Vertex AI speaks it too.
//!
//! Source: Gemini's API reference, `models.generateContent`, and Vertex AI's, as sampled in November 2026.

mod answer;
mod content;
mod decoder;
mod format;
mod logprobs;
mod media;
mod model;
mod own;
mod reason;
mod thinking;
mod tools;
mod turns;
mod usage;

use std::borrow::Cow;

use serde_json::{Map, Value};
use tidegate_wire::conversation::Conversation;
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::conversation;
use tidegate_wire::{ChatRequest, CompletionsRequest, Message, Operation, Translation};

use crate::call::CallHead;
use crate::carriage::{Carriage, Carried, Kind, Others};
use crate::emulation::emulate;
use crate::encoded::Encoded;
use crate::parameters::{Extra, Fate, NOTHING, Parameters, Standard};
use crate::support::extras;
use crate::support::fault::at_the_door;
use crate::support::prompt;
use crate::support::temperature::Scale;

pub(crate) use decoder::reader;
pub(crate) use model::Model;

/// Where parameters stand in a body.
const CONFIG: &str = "generationConfig";

/// Where it stands what the model may and must call.
const TOOL_CONFIG: &str = "toolConfig";

/// The range of temperatures, which the doors' own ranges are stretched to.
const HOTTEST: f64 = 2.0;
const TEMPERATURE: Scale = Scale::to(HOTTEST);

/// Parameters that are spelled differently. The provider's own spelling wins where both are sent (decision N4).
const SPELLINGS: [Extra; 4] = [
    spelled("top_k", "topK"),
    spelled("top_p", "topP"),
    spelled("frequency_penalty", "frequencyPenalty"),
    spelled("presence_penalty", "presencePenalty"),
];

const fn spelled(name: &'static str, native: &'static str) -> Extra {
    Extra {
        name,
        native,
        member: None,
    }
}

/// What becomes of the standard parameters of chat on MLflow's doors, before the table below is applied.
pub(crate) static CHAT: Parameters = Parameters {
    operation: Operation::Chat,
    temperature: Fate::Scaled("generationConfig.temperature", TEMPERATURE),
    count: Fate::As("generationConfig.candidateCount"),
    max_tokens: Fate::As("generationConfig.maxOutputTokens"),
    stop: Fate::Listed("generationConfig.stopSequences"),
    reserved: &[
        ("stopSequences", Standard::Stop),
        ("candidateCount", Standard::Count),
        ("maxOutputTokens", Standard::MaxTokens),
    ],
    extras: &SPELLINGS,
    ..NOTHING
};

/// The same of completions: a prompt is one turn of the user.
pub(crate) static COMPLETIONS: Parameters = Parameters {
    operation: Operation::Completions,
    ..CHAT
};

/// What becomes of a chat's members.
pub(crate) static CHAT_CARRIED: Carriage = Carriage {
    operation: Operation::Chat,
    only: None,
    members: &[
        (
            "temperature",
            Carried::Within("generationConfig.temperature", 0.0, HOTTEST),
        ),
        ("top_p", Carried::As("generationConfig.topP")),
        ("topP", Carried::As("generationConfig.topP")),
        ("top_k", Carried::As("generationConfig.topK")),
        ("topK", Carried::As("generationConfig.topK")),
        (
            "max_tokens",
            Carried::As("generationConfig.maxOutputTokens"),
        ),
        ("n", Carried::As("generationConfig.candidateCount")),
        ("stop", Carried::List("generationConfig.stopSequences", 5)),
        ("seed", Carried::As("generationConfig.seed")),
        (
            "frequency_penalty",
            Carried::As("generationConfig.frequencyPenalty"),
        ),
        (
            "frequencyPenalty",
            Carried::As("generationConfig.frequencyPenalty"),
        ),
        (
            "presence_penalty",
            Carried::As("generationConfig.presencePenalty"),
        ),
        (
            "presencePenalty",
            Carried::As("generationConfig.presencePenalty"),
        ),
        (
            "logprobs",
            Carried::Apart("`generationConfig.responseLogprobs`"),
        ),
        (
            "top_logprobs",
            Carried::Apart("`generationConfig.logprobs`"),
        ),
        (
            "modalities",
            Carried::Apart("`generationConfig.responseModalities`"),
        ),
        (
            "reasoning_effort",
            Carried::Apart(
                "`generationConfig.thinkingConfig`: a level, or a budget of tokens for Gemini 2.5",
            ),
        ),
        (
            "response_format",
            Carried::Apart(
                "`generationConfig.responseMimeType` and `responseJsonSchema`; emulated where an older model is given functions too",
            ),
        ),
        (
            "tools",
            Carried::Apart("`tools`: functions with `parametersJsonSchema`, others as they are"),
        ),
        (
            "tool_choice",
            Carried::Apart("`toolConfig.functionCallingConfig`"),
        ),
        ("stream", Carried::Here),
        ("stream_options", Carried::Here),
        (CONFIG, Carried::Apart("the same; its members win")),
        (TOOL_CONFIG, Carried::Apart("the same; its members win")),
        (
            "extra_body",
            Carried::Apart(
                "of its `google`: `thinking_config`, `cached_content`, `safety_settings`",
            ),
        ),
        (
            "responseModalities",
            Carried::As("generationConfig.responseModalities"),
        ),
        (
            "mediaResolution",
            Carried::As("generationConfig.mediaResolution"),
        ),
        ("speechConfig", Carried::As("generationConfig.speechConfig")),
        ("imageConfig", Carried::As("generationConfig.imageConfig")),
        (
            "thinkingConfig",
            Carried::As("generationConfig.thinkingConfig"),
        ),
    ],
    contents: &[
        (Kind::InlineImage, "`inlineData`"),
        (Kind::LinkedImage, "`fileData`"),
        (Kind::Audio, "`inlineData`"),
        (Kind::InlineFile, "`inlineData`"),
        (Kind::LinkedFile, "`fileData`: an id is the file's address"),
        (Kind::Own, "as they are"),
    ],
    others: Others::Body,
};

/// Writes a chat.
pub(crate) fn chat(call: CallHead, model: &Model, request: &ChatRequest) -> Result<Encoded, Fault> {
    write(call, &CHAT, model, request).map_err(|fault| at_the_door(call, fault))
}

/// Writes a prompt: one turn of the user.
pub(crate) fn completions(
    call: CallHead,
    model: &Model,
    request: &CompletionsRequest,
) -> Result<Encoded, Fault> {
    let text = prompt::text(&request.prompt)?;
    let extra = extras::of_the_provider(call, &request.extra, &[]);
    let chat = ChatRequest {
        messages: vec![Message::new("user", text.into())],
        sampling: request.sampling.clone(),
        extra: extra.into_owned(),
    };
    let written = write(call, &COMPLETIONS, model, &chat);
    let mut encoded = written.map_err(|fault| at_the_door(call, fault))?;
    encoded
        .report
        .add(extras::report(call, &request.extra, &[]));
    Ok(encoded)
}

fn write(
    call: CallHead,
    parameters: &Parameters,
    model: &Model,
    request: &ChatRequest,
) -> Result<Encoded, Fault> {
    let request = if call.faithful {
        Cow::Borrowed(request)
    } else {
        parameters.check(call, &request.sampling, &request.extra)?;
        Cow::Owned(TEMPERATURE.of_the_chat(request))
    };
    converse(model, conversation(&request)?)
}

/// Writes a conversation.
pub(crate) fn converse(model: &Model, mut asked: Conversation) -> Result<Encoded, Fault> {
    for Extra { name, native, .. } in SPELLINGS {
        if asked.members.contains_key(native) {
            asked.members.shift_remove(name);
        }
    }
    let mut encoded = Encoded::default();
    if format::must_be_emulated(&asked, model) {
        emulate(&mut asked, &mut encoded.report);
        encoded.emulates_schema = true;
    }
    encoded.body = body(&asked, model, &mut encoded.report)?;
    Ok(encoded)
}

fn body(
    asked: &Conversation,
    model: &Model,
    report: &mut Translation,
) -> Result<Map<String, Value>, Fault> {
    let mut body = Map::new();
    CHAT_CARRIED.report_apart(asked, report);
    if asked.is_marked() {
        report.dropped("cache_control");
    }
    turns::write(asked, model, &mut body, report)?;
    tools::write(asked, &mut body, report);
    CHAT_CARRIED.write(&asked.members, &mut body, report);
    format::write(asked, model, &mut body, report);
    logprobs::ask(asked, &mut body);
    thinking::ask(asked, model, &mut body, report);
    own::merge(asked, &mut body, report);
    Ok(body)
}
