//! Parts of messages, and of what calls gave.

use serde_json::Value;

use crate::conversation::{Content, File, Image, Part, Source};
use crate::dialect::openai::{bytes, source};

/// Reads a text or a list of parts; an error says what it must be.
pub(super) fn content(written: Option<&Value>) -> Result<Vec<Part>, String> {
    match written {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![Part::text(text.as_str())]),
        Some(Value::Array(parts)) => parts.iter().map(read).collect(),
        Some(_) => Err("a text or a list of parts".to_owned()),
    }
}

fn read(part: &Value) -> Result<Part, String> {
    let text = |name: &str| part.get(name).and_then(Value::as_str).map(str::to_owned);
    let missing = |name: &str| format!("a list of parts of which each `{name}` is given");
    let content = match part.get("type").and_then(Value::as_str) {
        Some("input_text" | "output_text" | "text") => {
            Content::Text(text("text").ok_or_else(|| missing("text"))?)
        }
        Some("refusal") => Content::Refusal(text("refusal").ok_or_else(|| missing("refusal"))?),
        Some("input_image") => {
            Content::Image(image(part).ok_or_else(|| missing("image_url` or `file_id"))?)
        }
        Some("input_file") => {
            Content::File(file(part).ok_or_else(|| missing("file_data`, `file_url` or `file_id"))?)
        }
        Some("input_audio") => {
            audio(part).ok_or_else(|| missing("input_audio.data` and `input_audio.format"))?
        }
        Some(kind) => {
            return Err(format!(
                "of parts that are known here, which `{kind}` is not"
            ));
        }
        None => return Err("a text or a list of parts with their `type`s".to_owned()),
    };
    let mut read = Part::new(content);
    let mark = part.get("cache_control").filter(|mark| !mark.is_null());
    read.cache = mark.cloned();
    Ok(read)
}

fn image(part: &Value) -> Option<Image> {
    let text = |name: &str| part.get(name)?.as_str();
    Some(Image {
        source: match text("image_url") {
            Some(url) => source(url),
            None => Source::Id(text("file_id")?.to_owned()),
        },
        detail: text("detail").map(str::to_owned),
    })
}

fn file(part: &Value) -> Option<File> {
    let text = |name: &str| part.get(name)?.as_str();
    let source = match (text("file_data"), text("file_url")) {
        (Some(data), _) => bytes(data),
        (None, Some(url)) => source(url),
        (None, None) => Source::Id(text("file_id")?.to_owned()),
    };
    Some(File {
        source,
        name: text("filename").map(str::to_owned),
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
