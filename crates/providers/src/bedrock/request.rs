//! What the encoders of all formats share.

use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{Operation, Sampling};

use crate::CallHead;

/// Returns the parameters that are sent. MLflow's gateway drops those that equal their default, even when the client sent
/// them (spec, providers/bedrock, "Model families"); the OpenAI door drops nothing. One text to stop at becomes a list.
pub(super) fn sampling(call: CallHead, sampling: &Sampling) -> Sampling {
    let mut kept = sampling.clone();
    if let Some(Value::String(_)) = kept.stop {
        kept.stop = kept.stop.map(|stop| Value::Array(vec![stop]));
    }
    if call.faithful {
        return kept;
    }
    kept.temperature = kept
        .temperature
        .filter(|temperature| temperature.value.as_f64() != Some(0.0));
    kept.n = kept.n.filter(|count| count.as_f64() != Some(1.0));
    kept
}

/// Returns the further parameters without those of the OpenAI API that the gateway itself obeys.
pub(super) fn extra(call: CallHead, extra: &Map<String, Value>) -> Map<String, Value> {
    let mut kept = extra.clone();
    if call.faithful {
        kept.shift_remove("stream_options");
    }
    kept
}

/// Refuses what cannot be said in the model's format, with the status of the client's door.
pub(super) fn refused(call: CallHead, text: impl Into<String>, param: &'static str) -> Fault {
    let status = if call.faithful { 400 } else { 422 };
    Fault::invalid(status, text).with_param(param)
}

/// Refuses an operation that the model lacks, in the words for a provider that lacks it.
pub(super) fn not_implemented(operation: Operation, streams: bool) -> Fault {
    let streaming = if streams { " streaming" } else { "" };
    let text =
        format!("The {operation}{streaming} route is not implemented for Amazon Bedrock models.");
    Fault::gateway(501, "not_implemented_error", text).with_code("not_implemented")
}
