//! What the OpenAI API can ask and providers with another API cannot be told. The OpenAI door alters nothing in silence:
//! what is left out there and asks for something, is told. Other doors pass all, as MLflow does.

use std::borrow::Cow;

use serde_json::{Map, Value};
use tidegate_wire::{ChatRequest, Operation, Sampling, Translation};

use crate::call::CallHead;

/// A member's name, and whether a value of it asks for nothing.
pub(crate) type Member = (&'static str, fn(&Value) -> bool);

/// Members of completions that other APIs do not know (OpenAI's API reference).
const COMPLETIONS_ONLY: [Member; 4] = [
    ("echo", is_off),
    ("suffix", Value::is_null),
    ("logprobs", is_off),
    ("best_of", |value| {
        value.is_null() || value.as_u64() == Some(1)
    }),
];

/// Members of chat that other APIs do not know.
const CHAT_ONLY: [Member; 1] = [("logprobs", is_off)];

/// Members that ask nothing of a provider: the first two say how the answer is written, which the gateway does itself; the
/// others name the client's user to OpenAI.
const FOR_OTHERS: [&str; 4] = [
    "encoding_format",
    STREAM_OPTIONS,
    "user",
    "safety_identifier",
];

/// How OpenAI's streams are written.
const STREAM_OPTIONS: &str = "stream_options";

/// OpenAI's newer name of `max_tokens` in chats.
pub(crate) const MAX_COMPLETION_TOKENS: &str = "max_completion_tokens";

fn is_off(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false))
}

/// Returns the extras that go to a provider without OpenAI's API, which cannot be told the members `also` either. What is
/// left out and asked for something, [`report`] tells.
pub(crate) fn of_the_provider<'a>(
    call: CallHead,
    extra: &'a Map<String, Value>,
    also: &[Member],
) -> Cow<'a, Map<String, Value>> {
    if !call.faithful {
        return Cow::Borrowed(extra);
    }
    let mut kept = extra.clone();
    kept.retain(|name, _| {
        let idle = name == MAX_COMPLETION_TOKENS || FOR_OTHERS.contains(&name.as_str());
        !idle && unknown(call.operation, name, also).is_none()
    });
    Cow::Owned(kept)
}

/// Tells what of the extras asks for something that a provider without OpenAI's API cannot be told.
pub(crate) fn report(call: CallHead, extra: &Map<String, Value>, also: &[Member]) -> Translation {
    let mut report = Translation::default();
    for (name, value) in extra.iter().filter(|_| call.faithful) {
        let idle = unknown(call.operation, name, also);
        if idle.is_some_and(|asks_nothing| !asks_nothing(value)) {
            report.dropped(name);
        }
    }
    report
}

/// True when a member asks for something that only OpenAI's API can do.
pub(crate) fn asks(call: CallHead, extra: &Map<String, Value>, name: &str) -> bool {
    let idle = unknown(call.operation, name, &[]);
    let sent = extra.get(name).filter(|_| call.faithful);
    sent.zip(idle)
        .is_some_and(|(value, asks_nothing)| !asks_nothing(value))
}

/// Returns the test for values that ask for nothing, of a member that is not known.
fn unknown(operation: Operation, name: &str, also: &[Member]) -> Option<fn(&Value) -> bool> {
    let of_the_api: &[Member] = match operation {
        Operation::Completions => &COMPLETIONS_ONLY,
        Operation::Chat => &CHAT_ONLY,
        Operation::Embeddings => &[],
    };
    let mut members = of_the_api.iter().chain(also);
    members.find(|(known, _)| *known == name).map(|(_, it)| *it)
}

/// Returns the extras of a completions request that OpenAI's chat API is asked.
pub(crate) fn of_the_chat_api(
    call: CallHead,
    extra: &Map<String, Value>,
) -> Cow<'_, Map<String, Value>> {
    if !call.faithful {
        return Cow::Borrowed(extra);
    }
    let mut kept = extra.clone();
    kept.retain(|name, _| unknown(Operation::Completions, name, &[]).is_none());
    Cow::Owned(kept)
}

/// Drops what says nothing to providers that refuse names they do not know: nulls, and how OpenAI's streams are written,
/// which the gateway does itself.
pub(crate) fn drop_idle(members: &mut Map<String, Value>) {
    members.retain(|name, value| !value.is_null() && name != STREAM_OPTIONS);
}

/// Returns how a chat's answer is to be generated: on the OpenAI door `max_tokens` has two names.
pub(crate) fn of_the_chat(call: CallHead, request: &ChatRequest) -> Sampling {
    if call.faithful {
        with_newer_name(request)
    } else {
        request.sampling.clone()
    }
}

/// Returns how a chat's answer is to be generated, by either name of `max_tokens`.
pub(crate) fn with_newer_name(request: &ChatRequest) -> Sampling {
    let mut sampling = request.sampling.clone();
    let newer = request.extra.get(MAX_COMPLETION_TOKENS);
    if let (None, Some(Value::Number(most))) = (&sampling.max_tokens, newer) {
        sampling.max_tokens = Some(most.clone());
    }
    sampling
}
