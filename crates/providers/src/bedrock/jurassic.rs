//! AI21's Jurassic-2 models: the names of AI21's own API, whose answers they share.
//!
//! Source: spec, providers/bedrock.md.

use serde_json::{Map, Value};
use tidegate_wire::CompletionsRequest;
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::{Decoder, Event};

use super::request::{not_implemented, reduced};
use crate::ai21labs;
use crate::call::CallHead;
use crate::parameters::Parameters;
use crate::support::decode::{Mapped, Plain};
use crate::support::prompt;

/// As at AI21 itself, but the API's own names may be sent too: MLflow looks for no conflicts here.
pub(super) static COMPLETIONS: Parameters = Parameters {
    only: Some("AI21 Jurassic-2"),
    reserved: &[],
    ..ai21labs::COMPLETIONS
};

/// Writes a request. These models do not stream.
pub(super) fn write(
    call: CallHead,
    request: &CompletionsRequest,
) -> Result<Map<String, Value>, Fault> {
    if call.streams {
        return Err(not_implemented(call.operation, true));
    }
    let request = reduced(call, request);
    let mut body = COMPLETIONS.write(call, &request.sampling, &request.extra);
    body.insert("prompt".to_owned(), prompt::text(&request.prompt)?.into());
    Ok(body)
}

/// Returns the reader of an answer. As in MLflow, its reasons to finish are not passed on.
pub(super) fn decoder() -> impl Decoder {
    Mapped::new(Plain::new(ai21labs::read), |event| {
        (!matches!(event, Event::Finished { .. })).then_some(event)
    })
}
