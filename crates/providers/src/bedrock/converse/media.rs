//! Media types, as the Converse API names them.

/// A media type: the block that holds it, and its name there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Medium {
    pub(super) block: &'static str,
    pub(super) format: &'static str,
}

/// Media types, blocks, formats. Names tell a format by the first row that has it.
const TYPES: [(&str, &str, &str); 34] = [
    ("image/png", "image", "png"),
    ("image/jpeg", "image", "jpeg"),
    ("image/jpg", "image", "jpeg"),
    ("image/gif", "image", "gif"),
    ("image/webp", "image", "webp"),
    ("application/pdf", "document", "pdf"),
    ("text/csv", "document", "csv"),
    ("application/msword", "document", "doc"),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "document",
        "docx",
    ),
    ("application/vnd.ms-excel", "document", "xls"),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "document",
        "xlsx",
    ),
    ("text/html", "document", "html"),
    ("text/plain", "document", "txt"),
    ("text/markdown", "document", "md"),
    ("application/x-pdf", "document", "pdf"),
    ("video/x-matroska", "video", "mkv"),
    ("video/quicktime", "video", "mov"),
    ("video/mp4", "video", "mp4"),
    ("video/webm", "video", "webm"),
    ("video/x-flv", "video", "flv"),
    ("video/mpeg", "video", "mpeg"),
    ("video/x-ms-wmv", "video", "wmv"),
    ("video/3gpp", "video", "three_gp"),
    ("audio/mpeg", "audio", "mp3"),
    ("audio/mp3", "audio", "mp3"),
    ("audio/wav", "audio", "wav"),
    ("audio/x-wav", "audio", "wav"),
    ("audio/ogg", "audio", "ogg"),
    ("audio/opus", "audio", "opus"),
    ("audio/flac", "audio", "flac"),
    ("audio/aac", "audio", "aac"),
    ("audio/mp4", "audio", "mp4"),
    ("audio/x-m4a", "audio", "m4a"),
    ("audio/webm", "audio", "webm"),
];

/// Endings of names that differ from the format's name.
const ENDINGS: [(&str, &str); 5] = [
    ("jpg", "jpeg"),
    ("htm", "html"),
    ("markdown", "md"),
    ("text", "txt"),
    ("3gp", "three_gp"),
];

impl Medium {
    /// Finds the medium of bytes by their media type, or by the ending of their name where the type says nothing.
    pub(super) fn find(media_type: &str, name: Option<&str>) -> Option<Self> {
        let medium = |(_, block, format): &(_, &'static str, &'static str)| Self { block, format };
        let mut types = TYPES.iter();
        let by_type = types.find(|(known, ..)| known.eq_ignore_ascii_case(media_type));
        if by_type.is_some() || !matches!(media_type, "" | "application/octet-stream") {
            return by_type.map(medium);
        }
        let (_, ending) = name?.rsplit_once('.')?;
        let ending = ending.to_ascii_lowercase();
        let mut endings = ENDINGS.iter();
        let other = endings.find(|(known, _)| *known == ending);
        let format = other.map_or(ending.as_str(), |(_, format)| format);
        let by_name = TYPES.iter().find(|(_, _, known)| *known == format);
        by_name.map(medium)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_a_medium() {
        for (media_type, name, want) in [
            ("image/jpg", None, Some(("image", "jpeg"))),
            ("Application/PDF", Some("a.txt"), Some(("document", "pdf"))),
            ("", Some("Report.2026.PDF"), Some(("document", "pdf"))),
            (
                "application/octet-stream",
                Some("a.jpg"),
                Some(("image", "jpeg")),
            ),
            ("", Some("a.markdown"), Some(("document", "md"))),
            ("video/mp4", None, Some(("video", "mp4"))),
            ("", Some("clip.mp4"), Some(("video", "mp4"))),
            ("image/svg+xml", Some("a.png"), None),
            ("", Some("pdf"), None),
            ("", None, None),
        ] {
            let found = Medium::find(media_type, name).map(|it| (it.block, it.format));
            assert_eq!(found, want, "{media_type} {name:?}");
        }
    }
}
