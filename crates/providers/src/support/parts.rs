//! Pieces of a conversation, for providers with an API of their own.

use tidegate_wire::conversation::{Content, Part, Source};

use crate::carriage::Kind;

/// How it is told that a call failed, of providers that know no such results.
pub(crate) const FAILED: &str = "tool_result.is_error";

/// Returns what a piece holds besides text, for [`crate::Carriage::admit`]; nothing for words, calls, results and thought.
pub(crate) fn kind(content: &Content) -> Option<Kind> {
    Some(match content {
        Content::Image(image) => match image.source {
            Source::Inline { .. } => Kind::InlineImage,
            Source::Url(_) | Source::Id(_) => Kind::LinkedImage,
        },
        Content::File(file) => match file.source {
            Source::Inline { .. } => Kind::InlineFile,
            Source::Url(_) | Source::Id(_) => Kind::LinkedFile,
        },
        Content::Audio { .. } => Kind::Audio,
        Content::Own(_) => Kind::Own,
        Content::Text(_)
        | Content::Refusal(_)
        | Content::Call(_)
        | Content::Result(_)
        | Content::Reasoning(_)
        | Content::Redacted(_) => return None,
    })
}

/// Returns the words of the pieces, put together.
pub(crate) fn text(parts: &[Part]) -> String {
    let words = parts.iter().filter_map(|part| match &part.content {
        Content::Text(text) | Content::Refusal(text) => Some(text.as_str()),
        _ => None,
    });
    words.collect()
}

/// Returns what the model thought, stretch by stretch.
pub(crate) fn thoughts(parts: &[Part]) -> Vec<&str> {
    let thoughts = parts.iter().filter_map(|part| match &part.content {
        Content::Reasoning(text) => Some(text.as_str()),
        _ => None,
    });
    thoughts.collect()
}
