//! What a call cost, in tokens.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Token counts as the provider reported them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the request.
    #[serde(default)]
    pub prompt_tokens: Option<u64>,
    /// Tokens of the answer; providers give none for embeddings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_tokens: Option<u64>,
    /// Their sum, as reported.
    #[serde(default)]
    pub total_tokens: Option<u64>,
    /// Further counts under the provider's names (cached, reasoning, audio).
    #[serde(flatten)]
    pub details: Map<String, Value>,
}
