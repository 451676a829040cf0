//! What a message says, as blocks: texts, and images that come with the request.

use serde_json::{Value, json};
use tidegate_wire::dialect::Fault;

use crate::call::CallHead;
use crate::support::content::{InlineImage, image_url};
use crate::support::fault::refused;

/// Media types of images and Bedrock's names of them.
const FORMATS: [(&str, &str); 5] = [
    ("image/png", "png"),
    ("image/jpeg", "jpeg"),
    ("image/jpg", "jpeg"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
];

/// Returns the blocks of a message. Bedrock refuses empty texts, so they are left out. A part without `type` is a block of
/// Bedrock's own and passes as it is.
pub(super) fn blocks(call: CallHead, content: Option<&Value>) -> Result<Vec<Value>, Fault> {
    match content {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(text_block(text).into_iter().collect()),
        Some(Value::Array(parts)) => {
            let blocks = parts.iter().map(|part| block(call, part).transpose());
            blocks.flatten().collect()
        }
        Some(_) => Err(refused(
            call,
            "A message's `content` must be a text or a list of parts.",
            "messages",
        )),
    }
}

fn text_block(text: &str) -> Option<Value> {
    (!text.is_empty()).then(|| json!({"text": text}))
}

fn block(call: CallHead, part: &Value) -> Result<Option<Value>, Fault> {
    let text = |name| {
        part.get(name)
            .and_then(Value::as_str)
            .map(text_block)
            .ok_or_else(|| {
                refused(
                    call,
                    format!("A part of a message lacks its `{name}`."),
                    "messages",
                )
            })
    };
    match part.get("type").and_then(Value::as_str) {
        Some("text") => text("text"),
        Some("refusal") => text("refusal"),
        Some("image_url") => image(call, part).map(Some),
        None if part.is_object() => Ok(Some(part.clone())),
        None => Err(refused(
            call,
            "A part of a message must be an object.",
            "messages",
        )),
        Some(kind) => {
            let text = format!(
                "Parts of the type `{kind}` cannot be sent to Amazon Bedrock: send `text` or `image_url`."
            );
            Err(refused(call, text, "messages"))
        }
    }
}

/// Writes an image. Bedrock fetches none from the web.
fn image(call: CallHead, part: &Value) -> Result<Value, Fault> {
    let inline = image_url(part).and_then(InlineImage::read);
    let known = inline.and_then(|image| {
        let mut formats = FORMATS.iter();
        let known = formats.find(|(media, _)| media.eq_ignore_ascii_case(image.media_type));
        Some((known?.1, image.data))
    });
    let (format, bytes) = known.ok_or_else(|| {
        let text = "Amazon Bedrock takes images only with the request: write `image_url.url` as `data:image/png;base64,…` (PNG, JPEG, GIF or WebP).";
        refused(call, text, "messages")
    })?;
    Ok(json!({"image": {"format": format, "source": {"bytes": bytes}}}))
}
