//! A conversation as meant: what a chat request asks, whatever dialect it was written in. Encoders of providers read it.
//!
//! Order is kept everywhere: turns, parts of a turn and tools stand as the client wrote them, because providers' prompt
//! caches compare beginnings.

mod estimate;

use serde_json::{Map, Value};

/// A conversation that wants its next turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conversation {
    /// What the model is told before anybody speaks.
    pub instructions: Vec<Part>,
    /// Where the messages of the instructions stood, for providers that take them there ([`Self::in_place`]).
    pub places: Vec<InstructionPlace>,
    /// What was said, a turn for each message.
    pub turns: Vec<Turn>,
    /// What the model may call.
    pub tools: Vec<Tool>,
    /// Whether it must; `None`: not said.
    pub choice: Option<ToolChoice>,
    /// Whether it may make several calls in one answer; `None`: not said.
    pub parallel_calls: Option<bool>,
    /// The form of the answer; `None`: not said.
    pub format: Option<Format>,
    /// Whether the answer is to be streamed; `None`: not said.
    pub stream: Option<bool>,
    /// Names of members of messages that say something and have no place here.
    pub unread: Vec<String>,
    /// All other members under OpenAI's names, in order. `max_completion_tokens` stands here as `max_tokens`.
    pub members: Map<String, Value>,
}

/// Where a message of the instructions stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstructionPlace {
    /// How many turns stood before it.
    pub turns: usize,
    /// How many parts of the instructions it has.
    pub parts: usize,
}

/// A message in its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Said<'a> {
    /// A message of the instructions.
    Instructions(&'a [Part]),
    /// A turn.
    Turn(&'a Turn),
}

/// What somebody said at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// Who.
    pub speaker: Speaker,
    /// What.
    pub parts: Vec<Part>,
    /// The speaker's name, where several speak in one role.
    pub name: Option<String>,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// The client; results of tools are said by it too.
    User,
    /// The model.
    Assistant,
}

/// A piece of a turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it is.
    pub content: Content,
    /// Anthropic's mark that the prompt up to here is worth caching (`cache_control`), which other vendors took over.
    pub cache: Option<Value>,
    /// What the provider signed this piece with in an earlier answer, to be sent back as it is.
    pub signature: Option<String>,
}

/// What a piece is.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Words.
    Text(String),
    /// Words with which the model refused.
    Refusal(String),
    /// A picture.
    Image(Image),
    /// A recording.
    Audio {
        /// The container, e.g. `wav`.
        format: String,
        /// Its bytes in base64.
        data: String,
    },
    /// A document.
    File(File),
    /// A call that the model made.
    Call(Call),
    /// What a call gave.
    Result(CallResult),
    /// Words that the model thought.
    Reasoning(String),
    /// Thought that only the provider can read.
    Redacted(String),
    /// A piece in the provider's own form, which no field names.
    Own(Value),
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Where it is.
    pub source: Source,
    /// How closely the model is to look: `auto`, `low`, `high`.
    pub detail: Option<String>,
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it is.
    pub source: Source,
    /// Its name.
    pub name: Option<String>,
}

/// Where bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// In the request.
    Inline {
        /// Media type without parameters; may be empty.
        media_type: String,
        /// Base64.
        data: String,
    },
    /// At an address.
    Url(String),
    /// With the provider, under this id.
    Id(String),
}

/// A call that the model made.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Its id.
    pub id: String,
    /// The function's name.
    pub name: String,
    /// What it is called with.
    pub arguments: Map<String, Value>,
}

/// What a call gave.
#[derive(Clone, Debug, PartialEq)]
pub struct CallResult {
    /// The call's id.
    pub call_id: String,
    /// The function's name, where the conversation tells it.
    pub name: Option<String>,
    /// What it gave: texts and images.
    pub content: Vec<Part>,
    /// True when the client says that the call failed.
    pub failed: bool,
}

/// Something that the model may call.
#[derive(Clone, Debug, PartialEq)]
pub enum Tool {
    /// A function of the client.
    Function(Function),
    /// A tool in the provider's own form.
    Own(Value),
}

/// A function of the client.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it takes, as a JSON Schema.
    pub parameters: Option<Value>,
    /// Whether arguments must follow the schema to the letter.
    pub strict: Option<bool>,
    /// See [`Part::cache`].
    pub cache: Option<Value>,
}

/// Whether and what the model must call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolChoice {
    /// As it likes.
    Auto,
    /// Nothing.
    None,
    /// Anything, but something.
    Required,
    /// This function.
    Named(String),
    /// One of these, if it likes or in any case.
    Allowed {
        /// The functions' names.
        names: Vec<String>,
        /// True when one must be called.
        required: bool,
    },
}

/// The form of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Format {
    /// Words.
    Text,
    /// Some JSON object.
    Json,
    /// JSON of a schema.
    Schema(Schema),
}

/// The schema of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    /// Its name.
    pub name: String,
    /// What the answer is.
    pub description: Option<String>,
    /// A JSON Schema.
    pub schema: Value,
    /// Whether the answer must follow it to the letter.
    pub strict: Option<bool>,
}

impl Part {
    /// A piece without marks.
    pub fn new(content: Content) -> Self {
        Self {
            content,
            cache: None,
            signature: None,
        }
    }

    /// A piece of text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(Content::Text(text.into()))
    }
}

impl Image {
    /// True when the client says how closely the model is to look.
    pub fn looks_closely(&self) -> bool {
        self.detail
            .as_deref()
            .is_some_and(|detail| detail != "auto")
    }
}

impl Conversation {
    /// Returns instructions and turns in the order in which the client wrote them, for providers that take instructions
    /// anywhere. Instructions without a place come first.
    pub fn in_place(&self) -> Vec<Said<'_>> {
        let mut said: Vec<Said<'_>> = Vec::new();
        let mut rest = self.instructions.as_slice();
        let mut places = self.places.iter().peekable();
        for position in 0..=self.turns.len() {
            while let Some(place) = places.next_if(|place| place.turns == position) {
                let (message, after) = rest.split_at(place.parts.min(rest.len()));
                said.push(Said::Instructions(message));
                rest = after;
            }
            said.extend(self.turns.get(position).map(Said::Turn));
        }
        if !rest.is_empty() {
            said.insert(0, Said::Instructions(rest));
        }
        said
    }

    /// Returns the turns with neighbours of one speaker put together, for providers whose speakers must alternate. Results
    /// of tools stand before what else the user says at once (Anthropic's API reference wants that).
    pub fn alternating(&self) -> Vec<Turn> {
        let mut merged: Vec<Turn> = Vec::new();
        for turn in &self.turns {
            match merged.last_mut() {
                Some(last) if last.speaker == turn.speaker => {
                    last.parts.extend(turn.parts.iter().cloned());
                }
                _ => merged.push(turn.clone()),
            }
        }
        for turn in &mut merged {
            turn.parts
                .sort_by_key(|part| !matches!(part.content, Content::Result(_)));
        }
        merged
    }

    /// True when some turn holds a call or a result of one.
    pub fn has_calls(&self) -> bool {
        let mut parts = self.turns.iter().flat_map(|turn| &turn.parts);
        parts.any(|part| matches!(part.content, Content::Call(_) | Content::Result(_)))
    }

    /// True when something is marked as worth caching ([`Part::cache`]).
    pub fn is_marked(&self) -> bool {
        let turns = self.turns.iter().flat_map(|turn| &turn.parts);
        let inside = |part: &Part| match &part.content {
            Content::Result(result) => result.content.iter().any(|it| it.cache.is_some()),
            _ => false,
        };
        let mut parts = self.instructions.iter().chain(turns);
        parts.any(|part| part.cache.is_some() || inside(part))
            || self.functions().any(|function| function.cache.is_some())
    }

    /// Returns the functions among the tools.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.tools.iter().filter_map(|tool| match tool {
            Tool::Function(function) => Some(function),
            Tool::Own(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_stand_in_their_places() {
        let turn = |text: &str| Turn {
            speaker: Speaker::User,
            parts: vec![Part::text(text)],
            name: None,
        };
        let place = |turns, parts| InstructionPlace { turns, parts };
        for (instructions, places, want) in [
            ("", vec![], "ab"),
            ("1", vec![], "[1]ab"),
            ("123", vec![place(0, 2), place(1, 1)], "[12]a[3]b"),
            ("12", vec![place(2, 1), place(2, 1)], "ab[1][2]"),
            ("12", vec![place(1, 1)], "[2]a[1]b"),
            ("1", vec![place(0, 0), place(0, 7)], "[][1]ab"),
        ] {
            let conversation = Conversation {
                instructions: instructions.chars().map(Part::text).collect(),
                places,
                turns: vec![turn("a"), turn("b")],
                ..Conversation::default()
            };
            let text = |parts: &[Part]| -> String {
                let texts = parts.iter().map(|part| match &part.content {
                    Content::Text(text) => text.as_str(),
                    _ => "?",
                });
                texts.collect()
            };
            let said = conversation.in_place();
            let told: String = said
                .iter()
                .map(|said| match said {
                    Said::Instructions(parts) => format!("[{}]", text(parts)),
                    Said::Turn(turn) => text(&turn.parts),
                })
                .collect();
            assert_eq!(told, want);
        }
    }
}
