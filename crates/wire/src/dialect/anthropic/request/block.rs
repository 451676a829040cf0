//! Blocks of content as pieces of turns.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::spot::Spot;
use super::report_others;
use crate::Translation;
use crate::conversation::{Call, CallResult, Content, File, Image, Part, Source};
use crate::dialect::Fault;

/// Reads a text, or a list of blocks.
pub(super) fn content(spot: &Spot<'_>, report: &mut Translation) -> Result<Vec<Part>, Fault> {
    if let Some(text) = spot.value.as_str() {
        return Ok(vec![Part::text(text)]);
    }
    if !spot.value.is_array() {
        return Err(spot.refuse("a text or a list of blocks"));
    }
    let mut parts = Vec::new();
    for block in spot.items()? {
        read(&block, &mut parts, report)?;
    }
    Ok(parts)
}

/// Reads a block. One of an unknown kind is kept in its own form.
fn read(block: &Spot<'_>, parts: &mut Vec<Part>, report: &mut Translation) -> Result<(), Fault> {
    block.members()?;
    let kind = block.kind()?;
    let (content, known): (Content, &[&str]) = match kind.as_str() {
        "text" => (Content::Text(block.need_text("text")?), &["text"]),
        "image" => (image(block)?, &["source"]),
        "document" => return document(block, parts, report),
        "search_result" => (found(block, report)?, &["source", "title", "content"]),
        "tool_use" => (call(block)?, &["id", "name", "input"]),
        "tool_result" => (
            result(block, report)?,
            &["tool_use_id", "content", "is_error"],
        ),
        "thinking" => {
            parts.extend(thought(block)?);
            return Ok(());
        }
        "redacted_thinking" => (Content::Redacted(block.need_text("data")?), &["data"]),
        _ => {
            parts.push(Part::new(Content::Own(block.value.clone())));
            return Ok(());
        }
    };
    report_others(block, &kind, &[known, &COMMON].concat(), report);
    parts.push(marked(content, block));
    Ok(())
}

/// Members that many blocks have.
const COMMON: [&str; 2] = ["type", "cache_control"];

fn marked(content: Content, block: &Spot<'_>) -> Part {
    let mut part = Part::new(content);
    part.cache = block.get("cache_control").map(|it| it.value.clone());
    part
}

/// Reads what was thought; nothing where neither words nor a signature are left of it.
fn thought(block: &Spot<'_>) -> Result<Option<Part>, Fault> {
    let text = block.get_text("thinking")?.unwrap_or_default();
    let signature = block.get_text("signature")?.filter(|it| !it.is_empty());
    let silent = text.is_empty() && signature.is_none();
    let mut part = Part::new(Content::Reasoning(text));
    part.signature = signature;
    Ok((!silent).then_some(part))
}

fn image(block: &Spot<'_>) -> Result<Content, Fault> {
    let source = block.need("source")?;
    let source = match source.kind()?.as_str() {
        "base64" => inline(&source)?,
        "url" => Source::Url(source.need_text("url")?),
        "file" => Source::Id(source.need_text("file_id")?),
        _ => return Err(source.refuse("of the `type` `base64`, `url` or `file`")),
    };
    Ok(Content::Image(Image {
        source,
        detail: None,
    }))
}

fn inline(source: &Spot<'_>) -> Result<Source, Fault> {
    Ok(Source::Inline {
        media_type: source.need_text("media_type")?,
        data: source.need_text("data")?,
    })
}

/// Reads a document. One that is made of blocks is the text of them, or where there are pictures among them, the blocks.
fn document(
    block: &Spot<'_>,
    parts: &mut Vec<Part>,
    report: &mut Translation,
) -> Result<(), Fault> {
    let known = ["source", "title", COMMON[0], COMMON[1]];
    report_others(block, "document", &known, report);
    let written = block.need("source")?;
    let source = match written.kind()?.as_str() {
        "base64" => inline(&written)?,
        "text" => plain(&written.need_text("data")?),
        "url" => Source::Url(written.need_text("url")?),
        "file" => Source::Id(written.need_text("file_id")?),
        "content" => {
            let list = written.need("content")?;
            let mut pieces = content(&list, report)?;
            if !pieces.iter().all(is_shown) {
                return Err(list.refuse("a text or a list of texts and images"));
            }
            let Some(text) = texts(&pieces) else {
                if block.get("title").is_some() {
                    report.dropped("document.title");
                }
                if let Some(last) = pieces.last_mut() {
                    last.cache = block.get("cache_control").map(|it| it.value.clone());
                }
                parts.append(&mut pieces);
                return Ok(());
            };
            plain(&text)
        }
        _ => {
            let want = "of the `type` `base64`, `text`, `content`, `url` or `file`";
            return Err(written.refuse(want));
        }
    };
    let name = block.get_text("title")?;
    parts.push(marked(Content::File(File { source, name }), block));
    Ok(())
}

/// Returns a text as a file.
fn plain(text: &str) -> Source {
    Source::Inline {
        media_type: "text/plain".to_owned(),
        data: STANDARD.encode(text),
    }
}

/// Returns pieces that are all texts as one, a line for each.
fn texts(parts: &[Part]) -> Option<String> {
    let texts = parts.iter().map(|part| match &part.content {
        Content::Text(text) => Some(text.as_str()),
        _ => None,
    });
    Some(texts.collect::<Option<Vec<_>>>()?.join("\n"))
}

/// Reads what a search found. No other dialect has a word for it: its title, its source and its texts are told as a text.
fn found(block: &Spot<'_>, report: &mut Translation) -> Result<Content, Fault> {
    let (title, source) = (block.need_text("title")?, block.need_text("source")?);
    let list = block.need("content")?;
    let said = texts(&content(&list, report)?);
    let said = said.ok_or_else(|| list.refuse("a list of blocks of text"))?;
    report.emulated("search_result");
    Ok(Content::Text(format!("{title}\n{source}\n{said}")))
}

fn call(block: &Spot<'_>) -> Result<Content, Fault> {
    Ok(Content::Call(Call {
        id: block.need_text("id")?,
        name: block.need_text("name")?,
        arguments: block.need("input")?.members()?.clone(),
    }))
}

/// True for what can be shown inside of a block; calls and thought stand in messages only.
const fn is_shown(part: &Part) -> bool {
    !matches!(
        part.content,
        Content::Call(_) | Content::Result(_) | Content::Reasoning(_) | Content::Redacted(_)
    )
}

/// Reads what a call gave.
fn result(block: &Spot<'_>, report: &mut Translation) -> Result<Content, Fault> {
    let given = block.get("content");
    let content = given.map(|it| content(&it, report)).transpose()?;
    if let (Some(parts), Some(given)) = (&content, given)
        && !parts.iter().all(is_shown)
    {
        return Err(given.refuse("a text or a list of texts, images and documents"));
    }
    let failed = block.get("is_error").map(|it| it.truth()).transpose()?;
    Ok(Content::Result(CallResult {
        call_id: block.need_text("tool_use_id")?,
        name: None,
        content: content.unwrap_or_default(),
        failed: failed.unwrap_or(false),
    }))
}
