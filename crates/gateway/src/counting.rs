//! Counting the tokens of a request where its provider cannot: by an estimate, which is told as such.

use bytes::Bytes;
use http::HeaderMap;
use tidegate_providers::Native;
use tidegate_wire::dialect::Context;
use tidegate_wire::fold::Answer;
use tidegate_wire::{Asked, Usage};

use crate::call::{self, Failed, Incoming};
use crate::delivery::{Answered, Content, Written};
use crate::endpoint::Target;
use crate::record::Record;
use crate::{clock, fault, pipeline};

/// What reports call it.
const COUNT_TOKENS: &str = "count_tokens";

/// An estimate, written as the client wants it.
pub(crate) struct Counted(Bytes);

/// True for a call that counts tokens at a target that cannot.
pub(crate) fn is_done_here(incoming: &Incoming, target: &Target) -> bool {
    let counts = incoming.native.as_ref().map(|(native, _)| *native) == Some(Native::CountTokens);
    let operation = incoming.endpoint.operation;
    let provider = target.provider.as_ref();
    counts && !provider.is_some_and(|it| it.speaks(operation, Native::CountTokens))
}

/// Estimates, and tells so. Where strictness is asked for, that is refused.
pub(crate) fn prepare(
    incoming: &Incoming,
    target: &Target,
    record: &mut Record,
) -> Result<Counted, Failed> {
    let decoded = call::decode(incoming)?;
    pipeline::able(target, incoming.endpoint.operation, false)?;
    let Asked::Conversation(asked) = decoded.asked else {
        return Err(fault::not_implemented(COUNT_TOKENS, false, target.spec.display).into());
    };
    let mut report = decoded.report;
    report.emulated(COUNT_TOKENS);
    pipeline::tell(&report, incoming, record)?;
    let usage = Usage {
        prompt_tokens: Some(asked.estimated_tokens()),
        ..Usage::default()
    };
    let answer = Answer {
        usage: Some(usage),
        ..Answer::default()
    };
    let context = Context {
        now: clock::unix_seconds(),
        model: target.model.clone(),
        id: record.id.to_str().unwrap_or_default().to_owned(),
    };
    Ok(Counted(decoded.voice.plain(answer, &context)))
}

impl Counted {
    /// Hands it out. Nothing was spent, so the record tells no tokens.
    pub(crate) fn answered(self) -> Answered {
        Answered {
            headers: HeaderMap::new(),
            content: Content::Plain(Written {
                body: self.0,
                usage: None,
                model: None,
            }),
        }
    }
}
