//! Tells how many tokens a request has.

use bytes::Bytes;
use serde_json::json;

use super::stream::MessageEncoder;
use crate::dialect::{Context, Encoder, Voice, to_json};
use crate::fold::Answer;

/// How a request for a count wants to be answered.
pub(super) struct CountVoice;

impl Voice for CountVoice {
    fn plain(&self, answer: Answer, _: &Context) -> Bytes {
        let counted = answer.usage.and_then(|usage| usage.prompt_tokens);
        to_json(&json!({"input_tokens": counted.unwrap_or(0)}))
    }

    /// A count is never streamed; were it, the stream would be that of a message.
    fn stream(self: Box<Self>, context: Context) -> Box<dyn Encoder> {
        Box::new(MessageEncoder::new(context))
    }
}
