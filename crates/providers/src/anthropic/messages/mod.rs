//! The Messages API: what becomes of a chat request, and of its answer.

mod answer;
mod argument;
mod block;
mod conversation;
mod stream;
mod tool;
mod usage;

use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{ChatRequest, Operation, Sampling};

use super::sampling;
use crate::call::CallHead;
use crate::parameters::{Fate, NOTHING, Parameters};
use crate::support::extras::{self, MAX_COMPLETION_TOKENS};
use crate::support::temperature::Scale;

pub(super) use stream::MessagesDecoder;

/// What becomes of the standard parameters of chat.
pub(super) static CHAT: Parameters = Parameters {
    operation: Operation::Chat,
    temperature: Fate::Scaled("temperature", Scale::to(1.0)),
    count: Fate::One(sampling::ONE_ANSWER),
    max_tokens: Fate::As(MAX_TOKENS),
    stop: Fate::Listed("stop_sequences"),
    ..NOTHING
};

const MAX_TOKENS: &str = "max_tokens";

/// Beginnings of the names of models that generate at most 4096 tokens, and what is sent when the client names no number:
/// to these, and to all others (decision B17).
const SHORT_MODELS: [&str; 2] = ["claude-2", "claude-3"];
const SHORT_DEFAULT: u64 = 4096;
const DEFAULT: u64 = 8192;

/// Checks a request and writes its body, without `model` and `stream`.
pub(super) fn body(
    call: CallHead,
    request: &ChatRequest,
    model: Option<&str>,
) -> Result<Map<String, Value>, Fault> {
    let sampling = readied(request)?;
    sampling::check_max_tokens(&sampling)?;
    CHAT.check(call, &sampling, &request.extra)?;
    let (system, turns) = conversation::convert(call, &request.messages)?;
    let extra = extras::of_the_provider(call, &request.extra, &[])?;
    let mut body = CHAT.write(call, &sampling, &extra);
    extras::drop_idle(&mut body);
    if body
        .get(MAX_COMPLETION_TOKENS)
        .is_some_and(Value::is_number)
    {
        body.shift_remove(MAX_COMPLETION_TOKENS);
    }
    body.entry(MAX_TOKENS)
        .or_insert_with(|| default_tokens(model).into());
    tool::convert(&mut body);
    body.insert("messages".to_owned(), turns.into());
    if let Some(system) = system {
        body.insert("system".to_owned(), system.into());
    }
    Ok(body)
}

/// Returns the standard parameters as they are to be sent. Either of `temperature` and `top_p` may be chosen, not both; a
/// door's default temperature gives way.
fn readied(request: &ChatRequest) -> Result<Sampling, Fault> {
    let mut sampling = extras::with_newer_name(request);
    let gives_way = |sampling: &mut Sampling| sampling.temperature.take().is_none_or(|it| !it.sent);
    if sampling::sends_top_p(&request.extra) && !gives_way(&mut sampling) {
        let text = "Cannot set both 'temperature' and 'top_p' parameters.";
        return Err(Fault::invalid(422, text).with_param("top_p"));
    }
    Ok(sampling)
}

fn default_tokens(model: Option<&str>) -> u64 {
    let is_short = |model: &str| SHORT_MODELS.iter().any(|begin| model.starts_with(begin));
    if model.is_some_and(is_short) {
        SHORT_DEFAULT
    } else {
        DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::default_tokens;

    #[test]
    fn old_models_generate_less() {
        for (model, want) in [
            (Some("claude-2.1"), 4096),
            (Some("claude-2"), 4096),
            (Some("claude-3-haiku-20240307"), 4096),
            (Some("claude-3-5-sonnet-latest"), 4096),
            (Some("claude-sonnet-4-5"), 8192),
            (Some("claude-instant-1.2"), 8192),
            (Some("my-model"), 8192),
            (None, 8192),
        ] {
            assert_eq!(default_tokens(model), want, "{model:?}");
        }
    }
}
