//! What the encoders of all formats share.

use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{CompletionsRequest, Operation, Sampling};

use crate::call::CallHead;
use crate::support::extras::{drop_idle, of_the_provider};

/// Returns a request as its model's format is to say it: without what is the gateway's own business, and without
/// parameters that equal their default.
pub(super) fn reduced(call: CallHead, request: &CompletionsRequest) -> CompletionsRequest {
    CompletionsRequest {
        prompt: request.prompt.clone(),
        sampling: sampling(call, &request.sampling),
        extra: extra(call, &request.extra),
    }
}

/// Returns the further parameters that the model gets.
pub(super) fn extra(call: CallHead, given: &Map<String, Value>) -> Map<String, Value> {
    let mut kept = of_the_provider(call, given, &[]).into_owned();
    drop_idle(&mut kept);
    kept
}

/// Returns the parameters that are sent. MLflow's gateway drops those that equal their default, even when the client sent
/// them (spec, providers/bedrock, "Model families"); the OpenAI door drops nothing.
pub(super) fn sampling(call: CallHead, sampling: &Sampling) -> Sampling {
    let mut kept = sampling.clone();
    if !call.faithful {
        kept.temperature = kept
            .temperature
            .filter(|temperature| temperature.value.as_f64() != Some(0.0));
        kept.n = kept.n.filter(|count| count.as_f64() != Some(1.0));
    }
    kept
}

/// Refuses an operation that the model lacks, in the words for a provider that lacks it.
pub(super) fn not_implemented(operation: Operation, streams: bool) -> Fault {
    let streaming = if streams { " streaming" } else { "" };
    let text =
        format!("The {operation}{streaming} route is not implemented for Amazon Bedrock models.");
    Fault::gateway(501, "not_implemented_error", text).with_code("not_implemented")
}
