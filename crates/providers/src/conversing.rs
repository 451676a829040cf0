//! Conversations for providers that speak the OpenAI API, and what those know of them.

use http::HeaderMap;
use serde_json::{Map, Value, json};
use tidegate_wire::conversation::{Content, Conversation, Part};
use tidegate_wire::dialect::Fault;
use tidegate_wire::dialect::openai::{chat_request, conversation_body};
use tidegate_wire::{Operation, Request, Translation};

use crate::call::CallHead;
use crate::encoded::Encoded;
use crate::provider::{ModelEdit, Native, Provider};
use crate::support::paring;

/// What a provider that is asked in the words of the OpenAI API knows of conversations that came in another dialect. What
/// it does not know is said otherwise where that means the same, else left out and reported, else refused.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact about the provider by itself"
)]
pub struct Known {
    /// True for OpenAI's own API: texts in several pieces, refusals and a choice among some of the tools are known.
    pub whole_api: bool,
    /// What a model may be told of its earlier thoughts.
    pub thoughts: Recall,
    /// True where Google's signatures under words and calls go back (`extra_content`).
    pub signatures: bool,
    /// True where the mark is known that the prompt up to here is worth caching (`cache_control`).
    pub marks: bool,
    /// True where documents may be at an address.
    pub linked_files: bool,
    /// True where a stream tells token counts only if it is asked to (`stream_options`).
    pub usage_on_demand: bool,
    /// Members beside OpenAI's.
    pub members: &'static [&'static str],
}

/// How a model's earlier thoughts go back to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recall {
    /// Not at all.
    No,
    /// As text (`reasoning_content`).
    Text,
    /// With signatures and what is sealed, too (`thinking_blocks`).
    Blocks,
}

impl Known {
    /// No more than what all look-alikes of the API know.
    pub(crate) const COMMON: Self = Self {
        whole_api: false,
        thoughts: Recall::No,
        signatures: false,
        marks: false,
        linked_files: false,
        usage_on_demand: true,
        members: &[],
    };
}

/// Writes a conversation in the words of the OpenAI API, and gives that to the provider as if a client had sent it.
pub(crate) fn in_openai_words<P: Provider + ?Sized>(
    provider: &P,
    call: CallHead,
    mut asked: Conversation,
) -> Result<Encoded, Fault> {
    let known = provider.known();
    let mut report = Translation::default();
    paring::pare(&mut asked, known, &mut report)?;
    let (mut body, unsaid) = conversation_body(&asked)?;
    report.add(unsaid);
    if asked.stream == Some(true) && known.usage_on_demand {
        let options = json!({"include_usage": true});
        body.insert("stream_options".to_owned(), options);
    }
    let mut encoded = if provider.speaks(Operation::Chat, Native::OpenAi) {
        let call = CallHead {
            native: Some(Native::OpenAi),
            ..call
        };
        let body = with_model(body, provider.model_edit(&call));
        provider.adapt(&call, body, &HeaderMap::new())?
    } else {
        let request = chat_request(body)?;
        provider.encode(&call, &Request::Chat(request))?
    };
    report.add(std::mem::take(&mut encoded.report));
    encoded.report = report;
    Ok(encoded)
}

/// Refuses pieces in the form of the client's API that no words are for: a provider that is told a conversation in an API of
/// its own would take them for its own.
///
/// # Errors
///
/// A 400 that names the type of the first such piece.
pub fn refuse_foreign(asked: &Conversation) -> Result<(), Fault> {
    let said = asked.turns.iter().flat_map(|turn| &turn.parts);
    let mut parts = asked.instructions.iter().chain(said);
    let own = |part: &Part| match &part.content {
        Content::Own(own) => Some(paring::foreign("messages", own)),
        Content::Result(result) => result.content.iter().find_map(|part| match &part.content {
            Content::Own(own) => Some(paring::foreign("messages", own)),
            _ => None,
        }),
        _ => None,
    };
    parts.find_map(own).map_or(Ok(()), Err)
}

fn with_model(body: Map<String, Value>, edit: ModelEdit) -> Map<String, Value> {
    let ModelEdit::Replace(text) = edit else {
        return body;
    };
    let model: Value = serde_json::from_slice(&text).unwrap_or_default();
    let first = ("model".to_owned(), model);
    std::iter::once(first).chain(body).collect()
}
