//! Conversations that whoever answers would have to keep: the client sends what is new, and names the rest.
//!
//! Source: Anthropic's SDK for Python 2.14, whose tool runner asks for one unless it is told that there are none.

use serde_json::{Map, Value};

use crate::dialect::Fault;

/// The member that asks for one.
const THREAD: &str = "thread";

/// The code by which clients know that they must send all messages themselves.
pub(super) const UNSUPPORTED: &str = "thread_unsupported_request";

/// Refuses a request of the Messages API whose conversation is to be kept, where nobody keeps any. Clients that can do
/// without then send all messages.
pub fn refuse_threads(body: &Map<String, Value>) -> Result<(), Fault> {
    if body.get(THREAD).is_none_or(Value::is_null) {
        return Ok(());
    }
    let text = "`thread`: this endpoint keeps no conversations. Send all messages in each request, without `thread`.";
    Err(Fault::invalid(400, text).with_code(UNSUPPORTED))
}
