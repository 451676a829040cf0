//! Pictures, recordings and documents.

use serde_json::{Value, json};
use tidegate_wire::conversation::{File, Image, Source};
use tidegate_wire::dialect::Fault;

use super::CHAT_CARRIED;
use crate::carriage::Kind;
use crate::support::fault::unsupported;

/// Media types by the endings of names and addresses: what Gemini takes (its pages on images, documents, audio and video).
const TYPES: [(&str, &str); 25] = [
    ("aac", "audio/aac"),
    ("aiff", "audio/aiff"),
    ("css", "text/css"),
    ("csv", "text/csv"),
    ("flac", "audio/flac"),
    ("gif", "image/gif"),
    ("heic", "image/heic"),
    ("heif", "image/heif"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("md", "text/md"),
    ("mov", "video/mov"),
    ("mp3", "audio/mp3"),
    ("mp4", "video/mp4"),
    ("ogg", "audio/ogg"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("txt", "text/plain"),
    ("wav", "audio/wav"),
    ("webm", "video/webm"),
    ("webp", "image/webp"),
    ("xml", "text/xml"),
];

/// How the base64 of every PDF begins.
const PDF: &str = "JVBERi";

/// Writes a picture.
pub(super) fn image(image: &Image) -> Result<Value, Fault> {
    match &image.source {
        Source::Inline { media_type, data } => {
            CHAT_CARRIED.admit(Kind::InlineImage)?;
            inline(media_type, None, data)
        }
        Source::Url(address) | Source::Id(address) => {
            CHAT_CARRIED.admit(Kind::LinkedImage)?;
            Ok(linked(address, None))
        }
    }
}

/// Writes a document.
pub(super) fn file(file: &File) -> Result<Value, Fault> {
    let name = file.name.as_deref();
    match &file.source {
        Source::Inline { media_type, data } => {
            CHAT_CARRIED.admit(Kind::InlineFile)?;
            inline(media_type, name, data)
        }
        Source::Url(address) | Source::Id(address) => {
            CHAT_CARRIED.admit(Kind::LinkedFile)?;
            Ok(linked(address, name))
        }
    }
}

/// Writes a recording.
pub(super) fn audio(format: &str, data: &str) -> Result<Value, Fault> {
    CHAT_CARRIED.admit(Kind::Audio)?;
    inline(&format!("audio/{format}"), None, data)
}

fn inline(media_type: &str, name: Option<&str>, data: &str) -> Result<Value, Fault> {
    let told = Some(media_type).filter(|told| !told.is_empty());
    let seen = || data.starts_with(PDF).then_some("application/pdf");
    let media_type = told.or_else(|| by_ending(name?)).or_else(seen);
    let Some(media_type) = media_type else {
        let text = "Gemini must be told what a file is: write its data as a data URL with a media type, or give it a name with an ending.";
        return Err(unsupported("messages", text));
    };
    Ok(json!({"inlineData": {"mimeType": media_type, "data": data}}))
}

/// Writes what is somewhere else. Without an ending, the provider must find out what it is.
fn linked(address: &str, name: Option<&str>) -> Value {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    match by_ending(path).or_else(|| by_ending(name?)) {
        Some(media_type) => {
            json!({"fileData": {"mimeType": media_type, "fileUri": address}})
        }
        None => json!({"fileData": {"fileUri": address}}),
    }
}

fn by_ending(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    let mut types = TYPES.iter();
    let found = types.find(|(known, _)| known.eq_ignore_ascii_case(ending));
    found.map(|(_, media_type)| *media_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_say_what_they_are() {
        let url = |url: &str| Source::Url(url.to_owned());
        let data = |media_type: &str, data: &str| Source::Inline {
            media_type: media_type.to_owned(),
            data: data.to_owned(),
        };
        for (source, name, want) in [
            (
                data("image/png", "iVBO"),
                None,
                Some(json!({"inlineData": {"mimeType": "image/png", "data": "iVBO"}})),
            ),
            (
                data("", "QQ=="),
                Some("a.TXT"),
                Some(json!({"inlineData": {"mimeType": "text/plain", "data": "QQ=="}})),
            ),
            (
                data("", "JVBERi0x"),
                None,
                Some(json!({"inlineData": {"mimeType": "application/pdf", "data": "JVBERi0x"}})),
            ),
            (data("", "QQ=="), Some("a"), None),
            (
                url("gs://b/a.pdf"),
                None,
                Some(
                    json!({"fileData": {"mimeType": "application/pdf", "fileUri": "gs://b/a.pdf"}}),
                ),
            ),
            (
                url("https://h/a.jpg?b.png"),
                None,
                Some(
                    json!({"fileData": {"mimeType": "image/jpeg", "fileUri": "https://h/a.jpg?b.png"}}),
                ),
            ),
            (
                Source::Id("https://h/v1beta/files/x".to_owned()),
                Some("a.md"),
                Some(
                    json!({"fileData": {"mimeType": "text/md", "fileUri": "https://h/v1beta/files/x"}}),
                ),
            ),
            (
                url("https://youtu.be/x"),
                None,
                Some(json!({"fileData": {"fileUri": "https://youtu.be/x"}})),
            ),
        ] {
            let name = name.map(str::to_owned);
            let file = File { source, name };
            assert_eq!(super::file(&file).ok(), want, "{file:?}");
        }
    }
}
