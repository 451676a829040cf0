//! Canonical requests as bodies of Mistral's API.

use std::borrow::Cow;

use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{ChatRequest, CompletionsRequest, Message, Operation, Request, Words};

use crate::call::CallHead;
use crate::parameters::{Fate, NOTHING, Parameters};
use crate::quirks::{Quirk, Quirks, Thoughts};
use crate::support::extras::of_the_provider;
use crate::support::temperature::Scale;
use crate::support::{openai, prompt};

/// Completions: MLflow takes Mistral's temperatures to run from 0 to 1.
pub(super) static COMPLETIONS: Parameters = Parameters {
    operation: Operation::Completions,
    temperature: Fate::Scaled("temperature", Scale::to(1.0)),
    count: Fate::As("n"),
    max_tokens: Fate::As("max_tokens"),
    stop: Fate::As("stop"),
    ..NOTHING
};

/// Completions as MLflow 2.15 asks for them, to the letter: today's API knows `n` and `stop`, that release sends neither.
static IMITATION: Parameters = Parameters {
    count: Fate::Left,
    stop: Fate::Left,
    ..COMPLETIONS
};

/// Chat: temperatures pass, as MLflow's chat adapter of 2.20 and newer lets them; so does the seed's scale.
pub(super) static CHAT: Parameters = Parameters {
    operation: Operation::Chat,
    temperature: Fate::Scaled("temperature", Scale::SAME),
    ..COMPLETIONS
};

/// Where the API differs from OpenAI's: it refuses members that it does not know.
pub(super) static QUIRKS: Quirks = Quirks {
    operation: Operation::Chat,
    members: Cow::Borrowed(&[
        ("max_completion_tokens", Quirk::As("max_tokens")),
        ("seed", Quirk::As("random_seed")),
        ("temperature", Quirk::Within(0.0, 1.5)),
        ("stream_options", Quirk::Unknown),
        ("user", Quirk::Unknown),
        ("safety_identifier", Quirk::Unknown),
        ("logit_bias", Quirk::Unknown),
        ("store", Quirk::Unknown),
        ("verbosity", Quirk::Unknown),
        ("modalities", Quirk::Unknown),
        ("audio", Quirk::Unknown),
        ("service_tier", Quirk::Unknown),
        ("web_search_options", Quirk::Unknown),
        ("prompt_cache_key", Quirk::Unknown),
        ("prompt_cache_retention", Quirk::Unknown),
        ("functions", Quirk::Unknown),
        ("function_call", Quirk::Unknown),
    ]),
    no_developer: true,
    thoughts: Thoughts::Thinking,
};

/// Writes the body.
pub(super) fn encode(
    call: CallHead,
    request: &Request,
    model: Option<&str>,
) -> Result<Map<String, Value>, Fault> {
    Ok(match request {
        Request::Chat(ChatRequest {
            messages,
            sampling,
            extra,
        }) => {
            let body = openai::begin(model, &CHAT, call, sampling, extra);
            openai::with_messages(body, messages.clone())
        }
        Request::Completions(CompletionsRequest {
            prompt,
            sampling,
            extra,
        }) => {
            let message = Message::new("user", prompt::text(prompt)?.into());
            let extra = of_the_provider(call, extra, &[]);
            let table = if call.words == Words::Mlflow215 {
                &IMITATION
            } else {
                &COMPLETIONS
            };
            let body = openai::begin(model, table, call, sampling, &extra);
            openai::with_messages(body, vec![message])
        }
        Request::Embeddings(request) => openai::embeddings(model, request),
    })
}
