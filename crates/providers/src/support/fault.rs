//! Refusals that several providers need.

use tidegate_wire::Operation;
use tidegate_wire::dialect::Fault;

/// An operation that the provider's row does not claim; the pipeline refuses it before a provider sees it.
pub(crate) fn not_served(operation: Operation) -> Fault {
    Fault::gateway(
        501,
        "not_implemented_error",
        format!("This provider does not serve {operation}."),
    )
    .with_code("not_implemented")
}
