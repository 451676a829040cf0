//! Pieces of turns as blocks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{CallResult, Content, File, Part, Source};
use tidegate_wire::dialect::Fault;

use super::CARRIED;
use crate::carriage::Kind;
use crate::support::fault::unsupported;

/// Writes a piece; nothing for an empty text, which the API refuses, and for thought that it would not know again.
pub(super) fn write(part: &Part, report: &mut Translation) -> Result<Option<Value>, Fault> {
    let block = match &part.content {
        Content::Text(text) | Content::Refusal(text) => {
            if text.is_empty() {
                return Ok(None);
            }
            json!({"type": "text", "text": text})
        }
        Content::Image(image) => {
            if image.looks_closely() {
                report.dropped("image_url.detail");
            }
            json!({"type": "image", "source": image_source(&image.source)?})
        }
        Content::File(file) => document(file)?,
        Content::Audio { .. } => {
            CARRIED.admit(Kind::Audio)?;
            return Ok(None);
        }
        Content::Call(call) => {
            json!({"type": "tool_use", "id": call.id, "name": call.name, "input": call.arguments})
        }
        Content::Result(given) => result(given, report)?,
        Content::Reasoning(text) => {
            let Some(signature) = &part.signature else {
                report.dropped("reasoning_content");
                return Ok(None);
            };
            json!({"type": "thinking", "thinking": text, "signature": signature})
        }
        Content::Redacted(data) => json!({"type": "redacted_thinking", "data": data}),
        Content::Own(own) => own.clone(),
    };
    Ok(Some(marked(block, part.cache.as_ref())))
}

/// Adds the mark that the prompt up to here is worth caching.
fn marked(mut block: Value, mark: Option<&Value>) -> Value {
    if let (Some(mark), Some(members)) = (mark, block.as_object_mut()) {
        members.insert("cache_control".to_owned(), mark.clone());
    }
    block
}

fn image_source(source: &Source) -> Result<Value, Fault> {
    CARRIED.admit(match source {
        Source::Inline { .. } => Kind::InlineImage,
        Source::Url(_) | Source::Id(_) => Kind::LinkedImage,
    })?;
    Ok(match source {
        Source::Inline { media_type, data } => {
            json!({"type": "base64", "media_type": media_type, "data": data})
        }
        Source::Url(url) => json!({"type": "url", "url": url}),
        Source::Id(id) => json!({"type": "file", "file_id": id}),
    })
}

/// Writes a document: PDF as it is, text as text.
fn document(file: &File) -> Result<Value, Fault> {
    let source = match &file.source {
        Source::Url(url) => json!({"type": "url", "url": url}),
        Source::Id(id) => json!({"type": "file", "file_id": id}),
        Source::Inline { media_type, data } => inline(media_type, data, file.name.as_deref())?,
    };
    let mut block = Map::from_iter([
        ("type".to_owned(), json!("document")),
        ("source".to_owned(), source),
    ]);
    if let Some(name) = &file.name {
        block.insert("title".to_owned(), json!(name));
    }
    Ok(Value::Object(block))
}

fn inline(media_type: &str, data: &str, name: Option<&str>) -> Result<Value, Fault> {
    let ends = |ending: &str| name.is_some_and(|name| name.to_lowercase().ends_with(ending));
    if media_type == "application/pdf" || media_type.is_empty() && !ends(".txt") {
        return Ok(json!({"type": "base64", "media_type": "application/pdf", "data": data}));
    }
    let text = STANDARD
        .decode(data)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    match text {
        Some(text) if media_type.is_empty() || media_type.starts_with("text/") => {
            Ok(json!({"type": "text", "media_type": "text/plain", "data": text}))
        }
        _ => Err(unsupported(
            "messages",
            format!("This endpoint's provider takes PDF and text as files, not `{media_type}`."),
        )),
    }
}

fn result(given: &CallResult, report: &mut Translation) -> Result<Value, Fault> {
    let blocks = given
        .content
        .iter()
        .map(|part| write(part, report).transpose());
    let blocks: Vec<Value> = blocks.flatten().collect::<Result<_, _>>()?;
    let content = match given.content.as_slice() {
        [
            Part {
                content: Content::Text(text),
                cache: None,
                ..
            },
        ] => json!(text),
        _ => blocks.into(),
    };
    let mut block =
        json!({"type": "tool_result", "tool_use_id": given.call_id, "content": content});
    if let (true, Some(members)) = (given.failed, block.as_object_mut()) {
        members.insert("is_error".to_owned(), true.into());
    }
    Ok(block)
}
