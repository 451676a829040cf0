//! Prompts for providers that take one text.

use serde_json::Value;
use tidegate_wire::dialect::Fault;

/// Returns the prompt as one text: a text, or a list that holds one (the OpenAI door allows it).
pub(crate) fn text(prompt: &Value) -> Result<&str, Fault> {
    let only = match prompt {
        Value::Array(list) => match list.as_slice() {
            [only] => only,
            _ => prompt,
        },
        _ => prompt,
    };
    only.as_str().ok_or_else(|| {
        let message = "This endpoint's provider takes one text as `prompt`, not several and no tokens. Send one request for each.";
        Fault::invalid(400, message)
            .with_code("unsupported_parameter")
            .with_param("prompt")
    })
}
