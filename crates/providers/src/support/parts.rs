//! Pieces of a conversation, for providers with an API of their own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tidegate_wire::conversation::{Content, Conversation, File, Part, Source};

use crate::carriage::Kind;

/// How it is told that a call failed, of providers that know no such results.
pub(crate) const FAILED: &str = "tool_result.is_error";

/// Returns what a piece holds besides text, for [`crate::Carriage::admit`]; nothing for words, calls, results and thought.
pub(crate) fn kind(content: &Content) -> Option<Kind> {
    Some(match content {
        Content::Image(image) => match image.source {
            Source::Inline { .. } => Kind::InlineImage,
            Source::Url(_) | Source::Id(_) => Kind::LinkedImage,
        },
        Content::File(file) => match file.source {
            Source::Inline { .. } => Kind::InlineFile,
            Source::Url(_) | Source::Id(_) => Kind::LinkedFile,
        },
        Content::Audio { .. } => Kind::Audio,
        Content::Own(_) => Kind::Own,
        Content::Text(_)
        | Content::Refusal(_)
        | Content::Call(_)
        | Content::Result(_)
        | Content::Reasoning(_)
        | Content::Redacted(_) => return None,
    })
}

/// Returns the words of the pieces, line by line.
pub(crate) fn text(parts: &[Part]) -> String {
    let words = parts.iter().filter_map(|part| match &part.content {
        Content::Text(text) | Content::Refusal(text) => Some(text.as_str()),
        _ => None,
    });
    let words: Vec<&str> = words.filter(|text| !text.is_empty()).collect();
    words.join("\n")
}

/// Returns what a document of plain text in the request says, under its name: APIs that take no such documents are told its
/// words.
pub(crate) fn text_file(file: &File) -> Option<String> {
    let Source::Inline { media_type, data } = &file.source else {
        return None;
    };
    if !media_type.starts_with("text/") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(data).ok()?).ok()?;
    Some(match &file.name {
        Some(name) => format!("{name}:\n\n{text}"),
        None => text,
    })
}

/// Makes texts of all documents of plain text ([`text_file`]), for providers that take no documents.
pub(crate) fn tell_text_files(asked: &mut Conversation) {
    let turns = asked.turns.iter_mut().flat_map(|turn| &mut turn.parts);
    for part in asked.instructions.iter_mut().chain(turns) {
        tell_text_file(part);
        if let Content::Result(result) = &mut part.content {
            result.content.iter_mut().for_each(tell_text_file);
        }
    }
}

fn tell_text_file(part: &mut Part) {
    if let Content::File(file) = &part.content
        && let Some(text) = text_file(file)
    {
        part.content = Content::Text(text);
    }
}

/// Returns what the model thought, stretch by stretch.
pub(crate) fn thoughts(parts: &[Part]) -> Vec<&str> {
    let thoughts = parts.iter().filter_map(|part| match &part.content {
        Content::Reasoning(text) => Some(text.as_str()),
        _ => None,
    });
    thoughts.collect()
}

#[cfg(test)]
mod tests {
    use tidegate_wire::conversation::{CallResult, Speaker, Turn};

    use super::*;

    fn file(media_type: &str, data: &str, name: Option<&str>) -> Content {
        let (media_type, data) = (media_type.to_owned(), data.to_owned());
        Content::File(File {
            source: Source::Inline { media_type, data },
            name: name.map(str::to_owned),
        })
    }

    #[test]
    fn documents_of_plain_text_become_texts_everywhere() {
        let parts = |files: [Content; 4]| files.map(Part::new).to_vec();
        let given = |content| {
            Part::new(Content::Result(CallResult {
                call_id: "c".to_owned(),
                name: None,
                content,
                failed: false,
            }))
        };
        let talk = |inner: [Content; 4]| Conversation {
            instructions: parts(inner.clone()),
            turns: vec![Turn {
                speaker: Speaker::User,
                parts: [parts(inner.clone()), vec![given(parts(inner))]].concat(),
                name: None,
            }],
            ..Conversation::default()
        };
        let (pdf, odd) = (
            file("application/pdf", "JVBE", None),
            file("text/plain", "/w==", None),
        );
        let mut asked = talk([
            file("text/plain", "aGk=", Some("a.txt")),
            file("text/csv", "YSxi", None),
            pdf.clone(),
            odd.clone(),
        ]);
        tell_text_files(&mut asked);
        let text = |text: &str| Content::Text(text.to_owned());
        assert_eq!(asked, talk([text("a.txt:\n\nhi"), text("a,b"), pdf, odd]));
    }

    #[test]
    fn words_stand_line_by_line() {
        for (texts, want) in [(&[][..], ""), (&["a"], "a"), (&["a", "", "b"], "a\nb")] {
            let parts: Vec<Part> = texts.iter().map(|it| Part::text(*it)).collect();
            assert_eq!(text(&parts), want);
        }
    }
}
