//! Pieces of conversations as providers know them that are asked in the words of the OpenAI API.

use tidegate_wire::Translation;
use tidegate_wire::conversation::{Content, File, Part, Source};
use tidegate_wire::dialect::Fault;

use super::fault::unsupported;
use super::paring::foreign;
use super::parts;
use crate::conversing::{Known, Recall};

/// The name of a document that has none: the API wants one.
const NAMELESS: &str = "document.pdf";

/// Returns the pieces that the provider knows; others are reported, or refused.
pub(super) fn pare(
    parts: Vec<Part>,
    known: &Known,
    report: &mut Translation,
) -> Result<Vec<Part>, Fault> {
    let mut pared = Vec::new();
    for mut part in parts {
        if !known.marks && part.cache.take().is_some() {
            report.dropped("cache_control");
        }
        pared.extend(piece(part, known, report)?);
    }
    Ok(pared)
}

fn piece(mut part: Part, known: &Known, report: &mut Translation) -> Result<Option<Part>, Fault> {
    if let Content::Reasoning(_) | Content::Redacted(_) = &part.content {
        return Ok(thought(part, known.thoughts, report));
    }
    if !known.signatures {
        // Another provider's, which asks nothing of this one.
        part.signature = None;
    }
    match &mut part.content {
        Content::Refusal(text) if !known.whole_api => {
            part.content = Content::Text(std::mem::take(text));
        }
        Content::Result(result) => {
            let content = std::mem::take(&mut result.content);
            result.content = join(pare(content, known, report)?, known);
        }
        Content::File(file) => match parts::text_file(file) {
            Some(text) => part.content = Content::Text(text),
            None => document(file, known)?,
        },
        Content::Own(own) => return Err(foreign("messages", own)),
        _ => {}
    }
    Ok(Some(part))
}

fn thought(mut part: Part, recall: Recall, report: &mut Translation) -> Option<Part> {
    match &part.content {
        Content::Reasoning(text) if recall == Recall::No => {
            if !text.is_empty() {
                report.dropped("reasoning_content");
            }
            None
        }
        Content::Reasoning(text) => {
            if recall == Recall::Text {
                part.signature = None;
            }
            let says = !text.is_empty() || part.signature.is_some();
            says.then_some(part)
        }
        _ if recall == Recall::Blocks => Some(part),
        _ => {
            report.dropped("thinking_blocks");
            None
        }
    }
}

fn document(file: &mut File, known: &Known) -> Result<(), Fault> {
    match &file.source {
        Source::Url(_) if !known.linked_files => {
            let text = "This endpoint's provider cannot take files by URL in messages. Send the file's bytes in base64.";
            Err(unsupported("messages", text))
        }
        Source::Inline { .. } => {
            file.name.get_or_insert_with(|| NAMELESS.to_owned());
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Puts neighbouring texts together for look-alikes of the API: some take nothing but one text.
pub(super) fn join(parts: Vec<Part>, known: &Known) -> Vec<Part> {
    if known.whole_api {
        return parts;
    }
    let mut joined: Vec<Part> = Vec::new();
    for part in parts {
        if let Some(last) = joined.last_mut()
            && let (Content::Text(before), Content::Text(text)) = (&mut last.content, &part.content)
            && last.cache.is_none()
            && last.signature.is_none()
        {
            if !before.is_empty() && !text.is_empty() {
                before.push('\n');
            }
            before.push_str(text);
            (last.cache, last.signature) = (part.cache, part.signature);
        } else {
            joined.push(part);
        }
    }
    joined
}
