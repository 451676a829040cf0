//! Extra parameters of a request that are not for the provider, and shapes that it needs.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::provider::CallHead;

/// Members of the OpenAI API that say how the answer is to be written. The gateway writes it, so they are obeyed there.
const FOR_THE_DOOR: [&str; 2] = ["encoding_format", "stream_options"];

/// Returns the extras that go to a provider which does not speak the OpenAI API.
pub(crate) fn of_the_provider(
    call: CallHead,
    extra: &Map<String, Value>,
) -> Cow<'_, Map<String, Value>> {
    let mine = |name: &String| FOR_THE_DOOR.contains(&name.as_str());
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
