//! Extra parameters of a request that are not for the provider, and shapes that it needs.

use std::borrow::Cow;

use serde_json::{Map, Value};
use tidegate_wire::Sampling;

use crate::provider::CallHead;

/// Members of the OpenAI API that say how the answer is to be written. The gateway writes it, so they are obeyed there.
const FOR_THE_DOOR: [&str; 2] = ["encoding_format", "stream_options"];

/// OpenAI's newer name of `max_tokens` in chats.
const MAX_COMPLETION_TOKENS: &str = "max_completion_tokens";

/// Returns how a chat's answer is to be generated: on the OpenAI door `max_tokens` has two names.
pub(crate) fn of_the_chat(
    call: CallHead,
    sampling: &Sampling,
    extra: &Map<String, Value>,
) -> Sampling {
    let mut sampling = sampling.clone();
    if let (true, None, Some(Value::Number(most))) = (
        call.faithful,
        &sampling.max_tokens,
        extra.get(MAX_COMPLETION_TOKENS),
    ) {
        sampling.max_tokens = Some(most.clone());
    }
    sampling
}

/// Returns the extras that go to a provider which does not speak the OpenAI API.
pub(crate) fn of_the_provider(
    call: CallHead,
    extra: &Map<String, Value>,
) -> Cow<'_, Map<String, Value>> {
    let mine = |name: &String| name == MAX_COMPLETION_TOKENS || FOR_THE_DOOR.contains(&&**name);
    if !call.faithful || !extra.keys().any(mine) {
        return Cow::Borrowed(extra);
    }
    let others = extra.iter().filter(|(name, _)| !mine(name));
    Cow::Owned(
        others
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    )
}

/// Makes a list of a member that holds one text: the OpenAI door takes both where providers take lists only.
pub(crate) fn listed(body: &mut Map<String, Value>, name: &str) {
    if let Some(member) = body.get_mut(name)
        && member.is_string()
    {
        *member = Value::Array(vec![member.take()]);
    }
}
