//! Conversations for providers that speak the OpenAI API.

use tidegate_wire::conversation::Conversation;
use tidegate_wire::dialect::Fault;

use crate::call::CallHead;
use crate::encoded::Encoded;
use crate::provider::Provider;
use crate::support::fault;

/// Writes a conversation in the words of the OpenAI API, and gives that to the provider as if a client had sent it.
pub(crate) fn in_openai_words<P: Provider + ?Sized>(
    _provider: &P,
    call: &CallHead,
    _asked: Conversation,
) -> Result<Encoded, Fault> {
    Err(fault::not_served(call.operation))
}
