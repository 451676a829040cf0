//! Refusals that several providers need.

use tidegate_wire::Operation;
use tidegate_wire::dialect::Fault;

use crate::call::CallHead;

/// An operation that the provider's row does not claim; the pipeline refuses it before a provider sees it.
pub(crate) fn not_served(operation: Operation) -> Fault {
    Fault::gateway(
        501,
        "not_implemented_error",
        format!("This provider does not serve {operation}."),
    )
    .with_code("not_implemented")
}

/// Refuses what cannot be said to the provider, with the status of the client's door.
pub(crate) fn refused(call: CallHead, text: impl Into<String>, param: &'static str) -> Fault {
    let status = if call.faithful { 400 } else { 422 };
    Fault::invalid(status, text).with_param(param)
}

/// Gives a refusal the status of the client's door: MLflow refuses by 422 what it cannot understand.
pub(crate) fn at_the_door(call: CallHead, refused: Fault) -> Fault {
    match refused.status {
        400 if !call.faithful => Fault {
            status: 422,
            ..refused
        },
        _ => refused,
    }
}

/// Refuses what only the OpenAI door lets through and the provider cannot be told.
pub(crate) fn unsupported(param: &'static str, text: impl Into<String>) -> Fault {
    Fault::invalid(400, text)
        .with_code("unsupported_parameter")
        .with_param(param)
}
