//! Parts of OpenAI's messages as blocks of Anthropic's.

use serde_json::{Value, json};

use crate::support::content::{InlineImage, image_url};

/// Returns a list of blocks.
pub(super) fn from_parts(parts: &[Value]) -> Value {
    parts.iter().map(from_part).collect()
}

/// Returns a part as a block: images get Anthropic's form; texts have it, and so has what is Anthropic's own.
pub(super) fn from_part(part: &Value) -> Value {
    let is_image = part.get("type").is_some_and(|kind| kind == "image_url");
    let Some(url) = image_url(part).filter(|_| is_image) else {
        return part.clone();
    };
    let mut block = part.clone();
    if let Some(members) = block.as_object_mut() {
        members.shift_remove("image_url");
        members.insert("type".to_owned(), "image".into());
        members.insert("source".to_owned(), source(url));
    }
    block
}

/// Returns where an image is: in a base64 data URL itself, else at the address.
fn source(url: &str) -> Value {
    match InlineImage::read(url) {
        Some(InlineImage { media_type, data }) => {
            json!({"type": "base64", "media_type": media_type, "data": data})
        }
        None => json!({"type": "url", "url": url}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_get_another_form() {
        let url = |url: &str| json!({"type": "image_url", "image_url": {"url": url}});
        let image = |source: Value| json!({"type": "image", "source": source});
        for (part, want) in [
            (
                url("data:image/png;base64,iVBO"),
                image(json!({"type": "base64", "media_type": "image/png", "data": "iVBO"})),
            ),
            (
                url("data:image/gif;name=a.gif;base64,R0lG"),
                image(json!({"type": "base64", "media_type": "image/gif", "data": "R0lG"})),
            ),
            (
                url("https://h/a.png"),
                image(json!({"type": "url", "url": "https://h/a.png"})),
            ),
            (
                json!({"type": "image_url", "image_url": "https://h/a.png"}),
                image(json!({"type": "url", "url": "https://h/a.png"})),
            ),
        ] {
            assert_eq!(from_part(&part), want);
        }
        for untouched in [
            json!({"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}),
            image(json!({"type": "file", "file_id": "f"})),
            json!({"type": "image_url", "image_url": 3}),
            json!({"type": "image_url"}),
            json!("text"),
            Value::Null,
        ] {
            assert_eq!(from_part(&untouched), untouched);
        }
    }
}
