//! Parts of messages.

use serde_json::Value;

use super::super::words;
use crate::conversation::{Content, File, Image, Part, Source};
use crate::fold::Thought;

/// Reads a part; an error says what it must be. Parts of unknown kinds are kept in their own form.
pub(super) fn read(part: &Value) -> Result<Part, String> {
    let text = |name: &str| {
        let found = part.get(name).and_then(Value::as_str);
        found.map(str::to_owned)
    };
    let missing = |name: &str| format!("a list of parts of which each `{name}` is given");
    let content = match part.get("type").and_then(Value::as_str) {
        Some("text") => Content::Text(text("text").ok_or_else(|| missing("text"))?),
        Some("refusal") => Content::Refusal(text("refusal").ok_or_else(|| missing("refusal"))?),
        Some("image_url") => Content::Image(image(part).ok_or_else(|| missing("image_url.url"))?),
        Some("input_audio") => {
            audio(part).ok_or_else(|| missing("input_audio.data` and `input_audio.format"))?
        }
        Some("file") => {
            Content::File(file(part).ok_or_else(|| missing("file.file_data` or `file.file_id"))?)
        }
        Some("thinking" | "redacted_thinking") => {
            return thought(part).ok_or_else(|| missing("thinking` or `data"));
        }
        _ if part.is_object() => Content::Own(part.clone()),
        _ => return Err("a text or a list of objects with a `type`".to_owned()),
    };
    let mut read = Part::new(content);
    if !matches!(read.content, Content::Own(_)) {
        read.cache = part
            .get("cache_control")
            .filter(|it| !it.is_null())
            .cloned();
    }
    Ok(read)
}

/// Reads a block of what the model thought, in Anthropic's form.
pub(super) fn thought(block: &Value) -> Option<Part> {
    Some(match words::read_block(block)? {
        Thought::Said { text, signature } => Part {
            signature,
            ..Part::new(Content::Reasoning(text))
        },
        Thought::Redacted(data) => Part::new(Content::Redacted(data)),
    })
}

/// Reads a picture; some clients write its address without the object around it.
fn image(part: &Value) -> Option<Image> {
    let image = part.get("image_url")?;
    let url = image.get("url").unwrap_or(image).as_str()?;
    let detail = image.get("detail").and_then(Value::as_str);
    Some(Image {
        source: source(url),
        detail: detail.map(str::to_owned),
    })
}

fn audio(part: &Value) -> Option<Content> {
    let audio = part.get("input_audio")?;
    let text = |name: &str| audio.get(name)?.as_str().map(str::to_owned);
    Some(Content::Audio {
        format: text("format")?,
        data: text("data")?,
    })
}

fn file(part: &Value) -> Option<File> {
    let file = part.get("file")?;
    let text = |name: &str| file.get(name)?.as_str();
    let source = match (text("file_data"), text("file_id")) {
        (Some(data), _) => bytes(data),
        (None, Some(id)) => Source::Id(id.to_owned()),
        (None, None) => return None,
    };
    Some(File {
        source,
        name: text("filename").map(str::to_owned),
    })
}

/// Reads the bytes of a document: a data URL, or base64 without one around it.
pub(in crate::dialect) fn bytes(data: &str) -> Source {
    match source(data) {
        Source::Url(url) if !url.contains("://") => Source::Inline {
            media_type: String::new(),
            data: url,
        },
        other => other,
    }
}

/// Reads an address: bytes that come with the request stand in it (base64 data URL, RFC 2397).
pub(in crate::dialect) fn source(url: &str) -> Source {
    let inline = url
        .strip_prefix("data:")
        .and_then(|rest| rest.split_once(";base64,"));
    match inline {
        Some((kind, data)) => Source::Inline {
            media_type: kind.split(';').next().unwrap_or_default().to_owned(),
            data: data.to_owned(),
        },
        None => Source::Url(url.to_owned()),
    }
}
