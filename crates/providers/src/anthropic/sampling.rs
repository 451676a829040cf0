//! Checks and forms of parameters that completions and chat share.

use serde_json::{Map, Value};
use tidegate_wire::Sampling;
use tidegate_wire::dialect::Fault;

/// The refusal of more than one answer.
pub(super) const ONE_ANSWER: &str =
    "'{name}' must be '1' for the Anthropic provider. Received value: '{value}'.";

/// The largest `max_tokens` that MLflow lets pass (spec, providers/anthropic.md).
const MOST_TOKENS: u64 = 1_000_000;

/// Refuses a number of tokens that no model generates.
pub(super) fn check_max_tokens(sampling: &Sampling) -> Result<(), Fault> {
    let tokens = sampling.max_tokens.clone().map(Value::Number);
    if tokens.is_none_or(|tokens| !exceeds(&tokens, MOST_TOKENS)) {
        return Ok(());
    }
    let text = format!("Invalid value for max_tokens: cannot exceed {MOST_TOKENS}.");
    Err(Fault::invalid(422, text).with_param("max_tokens"))
}

/// True for a number above a bound.
pub(super) fn exceeds(number: &Value, bound: u64) -> bool {
    #[expect(
        clippy::cast_precision_loss,
        reason = "bounds are far below the first whole number that a double cannot hold"
    )]
    let bound = bound as f64;
    number.as_f64().is_some_and(|number| number > bound)
}

/// True when the client names a `top_p`; null names none.
pub(super) fn sends_top_p(extra: &Map<String, Value>) -> bool {
    extra.get("top_p").is_some_and(|value| !value.is_null())
}
