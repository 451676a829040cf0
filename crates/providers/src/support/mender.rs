//! Answers in OpenAI's dialect with small differences, put right where they occur. What has none passes byte for byte.

use memchr::memmem;
use serde_json::{Map, Value};
use tidegate_wire::event::{DecodeError, Decoder, Event};
use tidegate_wire::frame::Frame;

use crate::provider::Mender;

/// What a provider's answers may need.
#[derive(Debug)]
pub(crate) struct Mends {
    /// Reasons to finish and OpenAI's words for them.
    pub(crate) reasons: &'static [(&'static str, &'static str)],
    /// True where `content` may be a list of pieces, some of them thoughts: OpenAI's is a text.
    pub(crate) split_content: bool,
}

/// Puts answers right.
pub(crate) struct AnswerMender(pub(crate) &'static Mends);

impl Mender for AnswerMender {
    fn mend(&mut self, json: &[u8]) -> Option<Vec<u8>> {
        if !self.may_need(json) {
            return None;
        }
        let mut answer: Value = serde_json::from_slice(json).ok()?;
        let mut mended = false;
        let choices = answer.get_mut("choices").and_then(Value::as_array_mut);
        for choice in choices.into_iter().flatten() {
            mended |= self.reason(choice);
            for name in ["message", "delta"] {
                if let Some(Value::Object(message)) = choice.get_mut(name) {
                    mended |= self.0.split_content && split(message);
                }
            }
        }
        mended.then(|| answer.to_string().into_bytes())
    }
}

impl AnswerMender {
    /// A quick look, so that nothing is parsed in vain.
    fn may_need(&self, json: &[u8]) -> bool {
        let holds = |text: &str| memmem::find(json, text.as_bytes()).is_some();
        let reasons = || {
            let mut reasons = self.0.reasons.iter();
            reasons.any(|(own, _)| holds(own))
        };
        let lists = || ["\"content\":[", "\"content\": ["].into_iter().any(holds);
        self.0.split_content && lists() || reasons()
    }

    fn reason(&self, choice: &mut Value) -> bool {
        let Some(reason) = choice.get_mut("finish_reason") else {
            return false;
        };
        let mut reasons = self.0.reasons.iter();
        let Some((_, known)) = reasons.find(|(own, _)| *reason == *own) else {
            return false;
        };
        *reason = (*known).into();
        true
    }
}

/// Reads answers that are put right first.
pub struct MendedDecoder {
    inner: Box<dyn Decoder>,
    mender: Box<dyn Mender>,
}

impl MendedDecoder {
    /// Wraps the reader of answers as they should be.
    pub fn new(inner: Box<dyn Decoder>, mender: Box<dyn Mender>) -> Self {
        Self { inner, mender }
    }
}

impl Decoder for MendedDecoder {
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        let mended = match frame {
            Frame::Whole(_) | Frame::Sse { .. } => self.mender.mend(frame.bytes()),
            Frame::Line(_) | Frame::Message { .. } => None,
        };
        let Some(mended) = mended else {
            return self.inner.frame(frame, out);
        };
        let data = std::str::from_utf8(&mended);
        let mended = match (frame, data) {
            (Frame::Sse { event, .. }, Ok(data)) => Frame::Sse { event, data },
            _ => Frame::Whole(&mended),
        };
        self.inner.frame(mended, out)
    }

    fn complete(&self) -> bool {
        self.inner.complete()
    }

    fn end(self: Box<Self>) -> Result<(), DecodeError> {
        self.inner.end()
    }
}

/// Splits a list of pieces into a text and what was thought; signatures go beside, as blocks to be sent back.
fn split(message: &mut Map<String, Value>) -> bool {
    let Some(Value::Array(pieces)) = message.get_mut("content") else {
        return false;
    };
    let pieces = std::mem::take(pieces);
    let (mut text, mut thought, mut blocks) = (String::new(), String::new(), Vec::new());
    let mut others = Vec::new();
    for piece in pieces {
        let member = |name: &str| piece.get(name).unwrap_or(&Value::Null);
        match member("type").as_str() {
            Some("text") => text += &said(member("text")),
            Some("thinking") => thought += &said(member("thinking")),
            Some("reasoning") => {
                let words = said(member("summary"));
                if let Some(signature) = piece.pointer("/summary/0/signature") {
                    blocks.push(serde_json::json!({"type": "thinking", "thinking": words,
                                                   "signature": signature}));
                }
                thought += &words;
            }
            _ => others.push(piece),
        }
    }
    message.insert("content".to_owned(), text.into());
    let mut put = |name: &str, value: Value, says: bool| {
        if says {
            message.insert(name.to_owned(), value);
        }
    };
    let (thinks, signs, has_others) = (!thought.is_empty(), !blocks.is_empty(), !others.is_empty());
    put("reasoning_content", thought.into(), thinks);
    put("thinking_blocks", blocks.into(), signs);
    put("content_parts", others.into(), has_others);
    true
}

/// Returns the words of a list of texts, or of a text.
fn said(pieces: &Value) -> String {
    let list = pieces.as_array().into_iter().flatten();
    let texts = list.filter_map(|piece| piece.get("text")?.as_str());
    pieces.as_str().into_iter().chain(texts).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    static MENDS: Mends = Mends {
        reasons: &[("eos", "stop")],
        split_content: true,
    };

    #[test]
    fn only_differences_are_put_right() {
        let answer = |choice: Value| json!({"id": "a", "choices": [choice]});
        for (choice, want) in [
            (
                json!({"message": {"content": "eos"}, "finish_reason": "stop"}),
                None,
            ),
            (
                json!({"delta": {"content": "a"}, "finish_reason": null}),
                None,
            ),
            (
                json!({"delta": {}, "finish_reason": "eos"}),
                Some(json!({"delta": {}, "finish_reason": "stop"})),
            ),
            (
                json!({"message": {"role": "assistant", "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                    {"type": "text", "text": "a"}, {"type": "reference", "reference_ids": [1]},
                    {"type": "text", "text": "b"}]}}),
                Some(
                    json!({"message": {"role": "assistant", "content": "ab", "reasoning_content": "hm",
                    "content_parts": [{"type": "reference", "reference_ids": [1]}]}}),
                ),
            ),
            (
                json!({"delta": {"content": [{"type": "reasoning", "summary": [
                    {"type": "summary_text", "text": "so", "signature": "s"}]}]}}),
                Some(json!({"delta": {"content": "", "reasoning_content": "so",
                    "thinking_blocks": [{"type": "thinking", "thinking": "so", "signature": "s"}]}})),
            ),
        ] {
            let mended = AnswerMender(&MENDS).mend(answer(choice.clone()).to_string().as_bytes());
            let mended = mended.map(|text| serde_json::from_slice::<Value>(&text).unwrap());
            assert_eq!(mended, want.map(answer), "{choice}");
        }
        assert_eq!(AnswerMender(&MENDS).mend(b"\"eos\" {"), None);
    }
}
