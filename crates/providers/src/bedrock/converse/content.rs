//! Pieces of what is said, as blocks.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Call, CallResult, Content, File, Image, Part, Source};
use tidegate_wire::dialect::Fault;

use super::super::abilities::{Abilities, Caching};
use super::CARRIED;
use super::media::Medium;
use crate::carriage::Kind;

/// The longest name of a document, less what tells it from others of the same name.
const LONGEST: usize = 190;

/// Writes the blocks of one conversation.
pub(super) struct Blocks<'a> {
    able: Abilities,
    report: &'a mut Translation,
    /// The names of the documents so far, and how often each was wanted: no two may have one.
    documents: HashMap<String, usize>,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(able: Abilities, report: &'a mut Translation) -> Self {
        Self {
            able,
            report,
            documents: HashMap::new(),
        }
    }

    /// Returns what can be said of what anybody but a user says: texts of blanks are refused there, and thoughts that are
    /// not signed or that the model does not know.
    pub(super) fn sayable(&mut self, mut parts: Vec<Part>) -> Vec<Part> {
        parts.retain(|part| match &part.content {
            Content::Text(text) | Content::Refusal(text) => !text.trim().is_empty(),
            Content::Reasoning(text) if part.signature.is_none() => {
                if !text.is_empty() {
                    self.report.dropped("reasoning_content");
                }
                false
            }
            Content::Reasoning(_) | Content::Redacted(_) if !self.able.recalls => {
                self.report.dropped("thinking_blocks");
                false
            }
            _ => true,
        });
        parts
    }

    /// Writes what the model is told before anybody speaks: texts, and blocks in Bedrock's own form.
    pub(super) fn instructions(&mut self, parts: Vec<Part>) -> Result<Vec<Value>, Fault> {
        let parts = self.sayable(parts);
        let is_text = |part: &Part| {
            matches!(
                part.content,
                Content::Text(_) | Content::Refusal(_) | Content::Own(_)
            )
        };
        if !parts.iter().all(is_text) {
            let text = "Amazon Bedrock takes only texts in messages of the system. Put images and files into messages of the user.";
            return Err(refused(text));
        }
        self.list(&parts)
    }

    /// Writes pieces that can be said, each with its mark behind it.
    pub(super) fn list(&mut self, parts: &[Part]) -> Result<Vec<Value>, Fault> {
        let mut blocks = Vec::new();
        for part in parts {
            blocks.push(self.block(part)?);
            let mark = part.cache.as_ref();
            blocks.extend(mark.and_then(|mark| cache_point(self.able, mark, self.report)));
        }
        Ok(blocks)
    }

    fn block(&mut self, part: &Part) -> Result<Value, Fault> {
        Ok(match &part.content {
            Content::Text(text) | Content::Refusal(text) => json!({"text": text}),
            Content::Image(image) => self.image(image)?,
            Content::Audio { format, data } => {
                CARRIED.admit(Kind::Audio)?;
                json!({"audio": {"format": format, "source": {"bytes": data}}})
            }
            Content::File(file) => self.file(file)?,
            Content::Call(call) => tool_use(call),
            Content::Result(result) => self.tool_result(result)?,
            Content::Reasoning(text) => {
                let said = json!({"text": text, "signature": part.signature});
                json!({"reasoningContent": {"reasoningText": said}})
            }
            Content::Redacted(data) => json!({"reasoningContent": {"redactedContent": data}}),
            Content::Own(own) => own_block(own)?,
        })
    }

    fn image(&mut self, image: &Image) -> Result<Value, Fault> {
        if image.looks_closely() {
            self.report.dropped("image_url.detail");
        }
        self.bytes(&image.source, None, Kind::InlineImage, Kind::LinkedImage)
    }

    fn file(&mut self, file: &File) -> Result<Value, Fault> {
        let name = file.name.as_deref();
        self.bytes(&file.source, name, Kind::InlineFile, Kind::LinkedFile)
    }

    /// Writes bytes in the block that their medium has.
    fn bytes(
        &mut self,
        source: &Source,
        name: Option<&str>,
        inline: Kind,
        linked: Kind,
    ) -> Result<Value, Fault> {
        let Source::Inline { media_type, data } = source else {
            CARRIED.admit(linked)?;
            return Err(refused("Amazon Bedrock fetches nothing from the web."));
        };
        CARRIED.admit(inline)?;
        let Some(medium) = Medium::find(media_type, name) else {
            let text = format!(
                "Amazon Bedrock does not know the media type `{media_type}`. Send images as PNG, JPEG, GIF or WebP, and files as data URLs with the media type of a document, a recording or a film."
            );
            return Err(refused(text));
        };
        let mut block = Map::from_iter([("format".to_owned(), medium.format.into())]);
        if medium.block == "document" {
            block.insert("name".to_owned(), self.document(name).into());
        }
        block.insert("source".to_owned(), json!({"bytes": data}));
        Ok(json!({ medium.block: block }))
    }

    /// Returns the name of a document in the characters that Bedrock allows, unlike all before.
    fn document(&mut self, name: Option<&str>) -> String {
        let plain = legal(name.unwrap_or_default());
        let mut wanted = self.documents.get(&plain).copied().unwrap_or_default();
        let free = loop {
            wanted += 1;
            let name = match wanted {
                1 => plain.clone(),
                _ => format!("{plain} ({wanted})"),
            };
            if !self.documents.contains_key(&name) {
                break name;
            }
        };
        self.documents.insert(free.clone(), 1);
        self.documents.insert(plain, wanted);
        free
    }

    fn tool_result(&mut self, result: &CallResult) -> Result<Value, Fault> {
        let content = self.sayable(result.content.clone());
        let blocks = content.iter().map(|part| self.block(part));
        let blocks: Vec<Value> = blocks.collect::<Result<_, _>>()?;
        let mut told = json!({"toolUseId": result.call_id, "content": blocks});
        if let (true, Some(members)) = (result.failed, told.as_object_mut()) {
            members.insert("status".to_owned(), "error".into());
        }
        Ok(json!({"toolResult": told}))
    }
}

/// Returns what can be said of what a user says.
pub(super) fn heard(mut parts: Vec<Part>) -> Vec<Part> {
    parts.retain(|part| !matches!(&part.content, Content::Text(text) if text.is_empty()));
    parts
}

/// Refuses a piece that cannot be told.
fn refused(text: impl Into<String>) -> Fault {
    Fault::invalid(400, text)
        .with_code("unsupported_content")
        .with_param("messages")
}

fn tool_use(call: &Call) -> Value {
    json!({"toolUse": {"toolUseId": call.id, "name": call.name, "input": call.arguments}})
}

/// Passes a block in Bedrock's own form, of which none has a `type`.
fn own_block(own: &Value) -> Result<Value, Fault> {
    CARRIED.admit(Kind::Own)?;
    match own.get("type").and_then(Value::as_str) {
        None => Ok(own.clone()),
        Some(kind) => {
            let text = format!(
                "Amazon Bedrock cannot take parts of the type `{kind}` in messages. Send `text`, `image_url`, `input_audio` or `file`, or a block in Bedrock's own form, which has no `type`."
            );
            Err(refused(text))
        }
    }
}

/// Returns a name without its ending, in the letters, digits and marks that Bedrock allows; blanks come one at a time.
fn legal(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let replaced: String = stem
        .chars()
        .take(LONGEST)
        .map(|it| {
            if it.is_ascii_alphanumeric() || "-()[]".contains(it) {
                it
            } else if it.is_whitespace() {
                ' '
            } else {
                '-'
            }
        })
        .collect();
    let words: Vec<_> = replaced.split_whitespace().collect();
    if words.is_empty() {
        "document".to_owned()
    } else {
        words.join(" ")
    }
}

/// Returns the block that marks the end of what is to be cached among tools.
pub(super) fn mark_of_tools(
    able: Abilities,
    mark: &Value,
    report: &mut Translation,
) -> Option<Value> {
    if able.caching == Caching::Said {
        report.dropped("cache_control");
        return None;
    }
    cache_point(able, mark, report)
}

/// Returns the block that marks the end of what is to be cached.
fn cache_point(able: Abilities, mark: &Value, report: &mut Translation) -> Option<Value> {
    let wants_hour = mark.get("ttl").is_some_and(|length| length == "1h");
    match able.caching {
        Caching::No => {
            report.dropped("cache_control");
            return None;
        }
        Caching::Hour if wants_hour => {
            return Some(json!({"cachePoint": {"type": "default", "ttl": "1h"}}));
        }
        Caching::Said | Caching::Tools if wants_hour => {
            report.clamped("cache_control.ttl", &"1h", &"5m");
        }
        Caching::Said | Caching::Tools | Caching::Hour => {}
    }
    Some(json!({"cachePoint": {"type": "default"}}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bedrock::abilities::UNKNOWN;

    #[test]
    fn documents_have_legal_names_of_their_own() {
        let mut report = Translation::default();
        let mut blocks = Blocks::new(UNKNOWN, &mut report);
        for (name, want) in [
            (Some("Report_v2  final.pdf"), "Report-v2 final"),
            (Some("Report_v2 final.txt"), "Report-v2 final (2)"),
            (Some("Report_v2 final (2).txt"), "Report-v2 final (2) (2)"),
            (Some("Report_v2 final.md"), "Report-v2 final (3)"),
            (Some("[a] (b)-c"), "[a] (b)-c"),
            (Some("été.md"), "-t-"),
            (Some(".env"), "document"),
            (None, "document (2)"),
            (Some(&"x".repeat(300)), &"x".repeat(190)),
        ] {
            assert_eq!(blocks.document(name), want, "{name:?}");
        }
    }
}
