//! Pieces of what is said, as parts of a message's content.

use serde_json::{Map, Value, json};

use super::super::words;
use super::said;
use crate::conversation::{Content, File, Image, Part, Source};
use crate::dialect::Fault;
use crate::fold::Thought;

/// Writes content: a lone text as it is, all else as a list.
pub(super) fn content(parts: &[&Part]) -> Result<Value, Fault> {
    if let [lone] = parts
        && let Content::Text(text) = &lone.content
        && lone.cache.is_none()
    {
        return Ok(json!(text));
    }
    parts.iter().map(|part| write(part)).collect()
}

fn write(part: &Part) -> Result<Value, Fault> {
    let written = match &part.content {
        Content::Text(text) => json!({"type": "text", "text": text}),
        Content::Refusal(text) => json!({"type": "refusal", "refusal": text}),
        Content::Image(image) => self::image(image)?,
        Content::Audio { format, data } => {
            json!({"type": "input_audio", "input_audio": {"format": format, "data": data}})
        }
        Content::File(file) => json!({"type": "file", "file": self::file(file)}),
        Content::Own(own) => return Ok(own.clone()),
        Content::Reasoning(_) | Content::Redacted(_) | Content::Call(_) | Content::Result(_) => {
            return Err(refused("A call, its result or a thought"));
        }
    };
    Ok(marked(written, part))
}

/// Adds the mark that the prompt up to here is worth caching.
fn marked(mut written: Value, part: &Part) -> Value {
    if let (Some(mark), Some(members)) = (&part.cache, written.as_object_mut()) {
        members.insert("cache_control".to_owned(), mark.clone());
    }
    written
}

fn image(image: &Image) -> Result<Value, Fault> {
    let url = match &image.source {
        Source::Inline { media_type, data } => inline(media_type, data),
        Source::Url(url) => url.clone(),
        Source::Id(_) => return Err(refused("An image that is given by its id")),
    };
    let image = said([
        ("url", Some(json!(url))),
        ("detail", image.detail.as_ref().map(|it| json!(it))),
    ]);
    Ok(json!({"type": "image_url", "image_url": image}))
}

fn file(file: &File) -> Map<String, Value> {
    let (place, value) = match &file.source {
        Source::Inline { media_type, data } if media_type.is_empty() => ("file_data", data.clone()),
        Source::Inline { media_type, data } => ("file_data", inline(media_type, data)),
        Source::Url(url) => ("file_data", url.clone()),
        Source::Id(id) => ("file_id", id.clone()),
    };
    said([
        (place, Some(json!(value))),
        ("filename", file.name.as_ref().map(|it| json!(it))),
    ])
}

/// Returns bytes that come with the request as an address (base64 data URL, RFC 2397).
fn inline(media_type: &str, data: &str) -> String {
    format!("data:{media_type};base64,{data}")
}

/// Returns a stretch of thought; nothing for other pieces.
pub(super) fn thought(part: &Part) -> Option<Thought> {
    match &part.content {
        Content::Reasoning(text) => Some(Thought::Said {
            text: text.clone(),
            signature: part.signature.clone(),
        }),
        Content::Redacted(data) => Some(Thought::Redacted(data.clone())),
        _ => None,
    }
}

/// Writes what was thought into a message: as one text, and as blocks too where that text does not say it all.
pub(super) fn think(thoughts: &[Thought], message: &mut Map<String, Value>) {
    let texts = thoughts.iter().filter_map(|thought| match thought {
        Thought::Said { text, .. } => Some(text.as_str()),
        Thought::Redacted(_) => None,
    });
    let text: String = texts.collect();
    let is_all = match thoughts {
        [Thought::Said { text, signature }] => signature.is_none() && !text.is_empty(),
        others => others.is_empty(),
    };
    if !text.is_empty() {
        message.insert(words::REASONING.to_owned(), json!(text));
    }
    if !is_all {
        let blocks = thoughts.iter().map(words::block).collect();
        message.insert(words::BLOCKS.to_owned(), blocks);
    }
}

/// Refuses a piece that has no form there.
pub(super) fn refused(what: &str) -> Fault {
    let text = format!(
        "{what} has no form in OpenAI's chat API, in which this endpoint's provider is asked. Leave it out of `messages`, or send it in another form."
    );
    Fault::invalid(400, text)
        .with_code("unsupported_content")
        .with_param("messages")
}
