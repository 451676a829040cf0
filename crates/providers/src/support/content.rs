//! What messages of the OpenAI API hold besides text: images, tools and calls of them.

use serde_json::{Value, json};

/// An image that comes with the request, in a base64 data URL (RFC 2397).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct InlineImage<'a> {
    /// Its media type without parameters.
    pub(crate) media_type: &'a str,
    /// Its bytes in base64.
    pub(crate) data: &'a str,
}

impl<'a> InlineImage<'a> {
    /// Reads an address; nothing where the image is somewhere else.
    pub(crate) fn read(url: &'a str) -> Option<Self> {
        let (kind, data) = url.strip_prefix("data:")?.split_once(";base64,")?;
        let media_type = kind.split(';').next().unwrap_or_default();
        Some(Self { media_type, data })
    }
}

/// Returns the address of an image; some clients write it without the object around it.
pub(crate) fn image_url(part: &Value) -> Option<&str> {
    let image = part.get("image_url")?;
    image.get("url").unwrap_or(image).as_str()
}

/// Returns what a function takes, as a JSON Schema. One without parameters takes an empty object.
pub(crate) fn schema(parameters: Option<Value>) -> Value {
    parameters
        .filter(|schema| !schema.is_null())
        .unwrap_or_else(|| json!({"type": "object", "properties": {}}))
}

/// Reads the arguments of a call: JSON text of an object, or the object itself; nothing stands for no arguments.
pub(crate) fn arguments(written: Option<&Value>) -> Option<Value> {
    let read = match written {
        None | Some(Value::Null) => json!({}),
        Some(Value::String(text)) if text.trim().is_empty() => json!({}),
        Some(Value::String(text)) => serde_json::from_str(text).ok()?,
        Some(other) => other.clone(),
    };
    read.is_object().then_some(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_objects() {
        for (written, want) in [
            (json!(r#"{"a": 1.50}"#), Some(r#"{"a":1.50}"#)),
            (json!({"a": 1}), Some(r#"{"a":1}"#)),
            (json!(" "), Some("{}")),
            (Value::Null, Some("{}")),
            (json!("[1]"), None),
            (json!("{"), None),
            (json!(3), None),
        ] {
            let read = arguments(Some(&written)).map(|read| read.to_string());
            assert_eq!(read.as_deref(), want, "{written}");
        }
    }

    #[test]
    fn images_come_with_the_request_or_not() {
        let image = |media_type, data| Some(InlineImage { media_type, data });
        for (url, want) in [
            ("data:image/png;base64,iVBO", image("image/png", "iVBO")),
            (
                "data:image/gif;name=a.gif;base64,R0lG",
                image("image/gif", "R0lG"),
            ),
            ("data:;base64,", image("", "")),
            ("data:image/svg+xml,<svg/>", None),
            ("https://h/a.png", None),
        ] {
            assert_eq!(InlineImage::read(url), want, "{url}");
        }
    }
}
