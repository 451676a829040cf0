//! How many tokens a conversation has, as near as can be told without the model's own tokenizer.

use serde_json::Value;

use super::{CallResult, Content, Conversation, File, Format, Function, Image, Part, Source, Tool};

/// Bytes of text in a token: about what tokenizers in use make of English and of code.
const TEXT: u64 = 4;

/// Tokens around each message and each tool: who speaks, and where it ends.
const FRAME: u64 = 4;

/// Tokens of a picture: about what Anthropic's page on vision counts for the largest, a token for 750 pixels.
const IMAGE: u64 = 1600;

/// Tokens of a page of a document: the middle of what Anthropic's page on PDF tells, 1,500 to 3,000.
const PAGE: u64 = 2250;

/// Bytes of a page of a PDF file. Ours: pages of text and some pictures.
const PAGE_BYTES: u64 = 50_000;

/// Bytes of sound in a token. Ours: speech in MP3 at 128 kbit/s, ten tokens a second.
const SOUND: u64 = 1600;

/// What has been counted.
#[derive(Default)]
struct Tally {
    /// Bytes of text.
    text: u64,
    /// Tokens of everything else.
    tokens: u64,
}

impl Conversation {
    /// Estimates how many tokens the conversation is for a model: one for four bytes of text (UTF-8; of schemas, arguments
    /// and pieces in a provider's own form, the JSON), four for each message and tool, 1,600 for a picture, 2,250 for a page
    /// of a document, where 50,000 bytes are a page and what is not in the request is one page, and one for 1,600 bytes of
    /// sound. Members like `max_tokens` count nothing.
    pub fn estimated_tokens(&self) -> u64 {
        let mut tally = Tally::default();
        let messages = self.turns.len().saturating_add(self.places.len());
        tally.frames(messages.saturating_add(self.tools.len()));
        tally.parts(&self.instructions);
        for turn in &self.turns {
            tally.text(turn.name.as_deref().unwrap_or_default());
            tally.parts(&turn.parts);
        }
        for tool in &self.tools {
            match tool {
                Tool::Function(function) => tally.function(function),
                Tool::Own(own) => tally.json(own),
            }
        }
        if let Some(Format::Schema(schema)) = &self.format {
            tally.json(&schema.schema);
        }
        tally.tokens.saturating_add(tally.text.div_ceil(TEXT))
    }
}

impl Tally {
    fn add(&mut self, tokens: u64) {
        self.tokens = self.tokens.saturating_add(tokens);
    }

    fn frames(&mut self, count: usize) {
        self.add(FRAME.saturating_mul(count as u64));
    }

    fn bytes(&mut self, bytes: u64) {
        self.text = self.text.saturating_add(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.len() as u64);
    }

    fn json(&mut self, value: &Value) {
        self.text(&value.to_string());
    }

    fn function(&mut self, function: &Function) {
        self.text(&function.name);
        self.text(function.description.as_deref().unwrap_or_default());
        if let Some(schema) = &function.parameters {
            self.json(schema);
        }
    }

    fn parts(&mut self, parts: &[Part]) {
        for part in parts {
            self.part(part);
        }
    }

    fn part(&mut self, part: &Part) {
        match &part.content {
            Content::Text(text)
            | Content::Refusal(text)
            | Content::Reasoning(text)
            | Content::Redacted(text) => self.text(text),
            Content::Image(Image { .. }) => self.add(IMAGE),
            Content::Audio { data, .. } => self.add(decoded(data).div_ceil(SOUND)),
            Content::File(file) => self.file(file),
            Content::Call(call) => {
                self.text(&call.name);
                self.text(&serde_json::to_string(&call.arguments).unwrap_or_default());
            }
            Content::Result(CallResult { content, .. }) => self.parts(content),
            Content::Own(own) => self.json(own),
        }
    }

    fn file(&mut self, file: &File) {
        self.text(file.name.as_deref().unwrap_or_default());
        match &file.source {
            Source::Inline { media_type, data } if media_type.starts_with("text/") => {
                self.bytes(decoded(data));
            }
            Source::Inline { data, .. } => {
                let pages = decoded(data).div_ceil(PAGE_BYTES).max(1);
                self.add(PAGE.saturating_mul(pages));
            }
            Source::Url(_) | Source::Id(_) => self.add(PAGE),
        }
    }
}

/// Returns how many bytes a text in base64 holds.
fn decoded(base64: &str) -> u64 {
    let digits = base64.trim_end_matches('=').len() as u64;
    digits.saturating_mul(3) / 4
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Call, InstructionPlace, Schema, Speaker, Turn};
    use super::*;

    #[test]
    fn tokens_are_estimated() {
        let inline = |media_type: &str, bytes: usize| {
            let source = Source::Inline {
                media_type: media_type.to_owned(),
                data: "A".repeat(bytes * 4 / 3),
            };
            Content::File(File { source, name: None })
        };
        let picture = Image {
            source: Source::Id("a long id that is not counted".to_owned()),
            detail: None,
        };
        let arguments = json!({"x": 1}).as_object().cloned().unwrap();
        let (id, name) = ("id".to_owned(), "f".to_owned());
        let call = Call {
            id,
            name,
            arguments,
        };
        let result = CallResult {
            call_id: "id".to_owned(),
            name: None,
            content: vec![
                Part::text("1234"),
                Part::new(Content::Image(picture.clone())),
            ],
            failed: false,
        };
        for (content, want) in [
            (Content::Text(String::new()), 4),
            (Content::Text("12345678".to_owned()), 6),
            (Content::Text("123456789".to_owned()), 7),
            (Content::Text("äöü".to_owned()), 6),
            (Content::Image(picture), 1604),
            (inline("application/pdf", 30), 2254),
            (inline("", 150_000), 6754),
            (inline("text/plain", 300), 79),
            (
                Content::File(File {
                    source: Source::Url("u".to_owned()),
                    name: Some("name".to_owned()),
                }),
                2255,
            ),
            (
                Content::Audio {
                    format: "mp3".to_owned(),
                    data: "AAAA".repeat(1600),
                },
                7,
            ),
            (Content::Call(call), 6),
            (Content::Result(result), 1605),
            (Content::Own(json!({"type": "x"})), 7),
        ] {
            let told = format!("{content:.60?}");
            let asked = Conversation {
                turns: vec![Turn {
                    speaker: Speaker::User,
                    parts: vec![Part::new(content)],
                    name: None,
                }],
                ..Conversation::default()
            };
            assert_eq!(asked.estimated_tokens(), want, "{told}");
        }
    }

    #[test]
    fn instructions_tools_and_schemas_count() {
        let asked = Conversation {
            instructions: vec![Part::text("12345678")],
            places: vec![InstructionPlace { turns: 0, parts: 1 }],
            tools: vec![
                Tool::Function(Function {
                    name: "name".to_owned(),
                    description: Some("1234".to_owned()),
                    parameters: Some(json!({"a": 12})),
                    ..Function::default()
                }),
                Tool::Own(json!({"a": 12})),
            ],
            format: Some(Format::Schema(Schema {
                schema: json!({"a": 12}),
                ..Schema::default()
            })),
            ..Conversation::default()
        };
        assert_eq!(Conversation::default().estimated_tokens(), 0);
        assert_eq!(asked.estimated_tokens(), 3 * 4 + 2 + 2 + 3 * 2);
    }
}
