//! What the completions API can ask and many providers cannot be told.

use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;

use crate::provider::CallHead;
use crate::support::extras::of_the_provider;

/// A member's name, and whether a value of it asks for nothing.
pub(crate) type Idle = (&'static str, fn(&Value) -> bool);

/// Members that providers without this API do not know (OpenAI's API reference, completions).
const COMPLETIONS_ONLY: [Idle; 4] = [
    ("echo", |value| {
        matches!(value, Value::Null | Value::Bool(false))
    }),
    ("suffix", Value::is_null),
    ("logprobs", |value| {
        matches!(value, Value::Null | Value::Bool(false))
    }),
    ("best_of", |value| {
        value.is_null() || value.as_u64() == Some(1)
    }),
];

/// Returns a completions request's further parameters for a provider that has no such API. On a door that is faithful
/// what the provider cannot be told, these members and `also`, is refused where it asks for something and left out
/// where it asks for nothing. Other doors pass all, as MLflow does.
pub(crate) fn extras(
    call: CallHead,
    extra: &Map<String, Value>,
    also: &[Idle],
) -> Result<Map<String, Value>, Fault> {
    let mut extra = of_the_provider(call, extra).into_owned();
    if !call.faithful {
        return Ok(extra);
    }
    for (name, idle) in COMPLETIONS_ONLY.iter().chain(also) {
        if extra.shift_remove(*name).is_some_and(|value| !idle(&value)) {
            let message = format!(
                "This endpoint's provider cannot take `{name}`. Leave it out, or use an endpoint whose provider has the completions API."
            );
            return Err(Fault::invalid(400, message)
                .with_code("unsupported_parameter")
                .with_param(name));
        }
    }
    Ok(extra)
}
