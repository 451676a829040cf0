//! What the OpenAI API can ask and providers with another API cannot be told. The OpenAI door alters nothing in silence:
//! what asks for something is refused there, what asks for nothing is left out. Other doors pass all, as MLflow does.

use std::borrow::Cow;

use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{ChatRequest, Operation, Sampling};

use crate::call::CallHead;
use crate::support::fault::unsupported;

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
/// third names the client's user to OpenAI.
const FOR_OTHERS: [&str; 3] = ["encoding_format", STREAM_OPTIONS, "user"];

/// How OpenAI's streams are written.
const STREAM_OPTIONS: &str = "stream_options";

/// OpenAI's newer name of `max_tokens` in chats.
pub(crate) const MAX_COMPLETION_TOKENS: &str = "max_completion_tokens";

fn is_off(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false))
}

/// Returns the extras that go to a provider without OpenAI's API, which cannot be told the members `also` either.
pub(crate) fn of_the_provider<'a>(
    call: CallHead,
    extra: &'a Map<String, Value>,
    also: &[Member],
) -> Result<Cow<'a, Map<String, Value>>, Fault> {
    if !call.faithful {
        return Ok(Cow::Borrowed(extra));
    }
    let (known, api): (&[Member], _) = match call.operation {
        Operation::Completions => (&COMPLETIONS_ONLY, "the completions API"),
        Operation::Chat => (&CHAT_ONLY, "OpenAI's chat API"),
        Operation::Embeddings => (&[], "OpenAI's embeddings API"),
    };
    let mut kept = extra.clone();
    kept.retain(|name, _| name != MAX_COMPLETION_TOKENS && !FOR_OTHERS.contains(&name.as_str()));
    for members in [known, also] {
        take_out(&mut kept, members).map_err(|name| {
            let message = format!(
                "This endpoint's provider cannot take `{name}`. Leave it out, or use an endpoint whose provider has {api}."
            );
            unsupported(name, message)
        })?;
    }
    Ok(Cow::Owned(kept))
}

/// Returns the extras of a completions request that OpenAI's chat API is asked, or the name of one that chat cannot say.
pub(crate) fn of_the_chat_api(
    call: CallHead,
    extra: &Map<String, Value>,
) -> Result<Cow<'_, Map<String, Value>>, &'static str> {
    if !call.faithful {
        return Ok(Cow::Borrowed(extra));
    }
    let mut kept = extra.clone();
    take_out(&mut kept, &COMPLETIONS_ONLY)?;
    Ok(Cow::Owned(kept))
}

/// Drops what says nothing to providers that refuse names they do not know: nulls, and how OpenAI's streams are written,
/// which the gateway does itself.
pub(crate) fn drop_idle(members: &mut Map<String, Value>) {
    members.retain(|name, value| !value.is_null() && name != STREAM_OPTIONS);
}

/// Takes members out; an error names the first that asks for something.
fn take_out(extra: &mut Map<String, Value>, members: &[Member]) -> Result<(), &'static str> {
    for (name, asks_nothing) in members {
        let member = extra.shift_remove(*name);
        if member.is_some_and(|value| !asks_nothing(&value)) {
            return Err(name);
        }
    }
    Ok(())
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
