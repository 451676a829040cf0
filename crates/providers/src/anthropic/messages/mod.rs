//! The Messages API from MLflow's chats, as MLflow asks it, and its answers for all doors.

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

use super::chat::model;
use super::sampling;
use crate::call::CallHead;
use crate::parameters::{Fate, NOTHING, Parameters};
use crate::support::extras::{self, MAX_COMPLETION_TOKENS};
use crate::support::temperature::Scale;

pub(crate) use stream::MessagesDecoder;

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
    let mut body = CHAT.write(call, &sampling, &request.extra);
    extras::drop_idle(&mut body);
    if body
        .get(MAX_COMPLETION_TOKENS)
        .is_some_and(Value::is_number)
    {
        body.shift_remove(MAX_COMPLETION_TOKENS);
    }
    body.entry(MAX_TOKENS)
        .or_insert_with(|| model::default_tokens(model).into());
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
