//! What a client asks, in one vocabulary. Types are open: what no field names travels in `extra`, in order.

use serde_json::{Map, Number, Value};

use crate::Operation;
use crate::conversation::Conversation;

/// What a client asks.
#[derive(Clone, Debug)]
pub enum Asked {
    /// In the words that the OpenAI API and MLflow's doors share.
    Request(Request),
    /// A conversation as meant, from a dialect with words of its own.
    Conversation(Conversation),
}

/// A request in the words that the OpenAI API and MLflow's doors share.
#[derive(Clone, Debug)]
pub enum Request {
    /// A conversation.
    Chat(ChatRequest),
    /// A prompt.
    Completions(CompletionsRequest),
    /// Texts for vectors.
    Embeddings(EmbeddingsRequest),
}

/// A conversation that wants its next message.
#[derive(Clone, Debug, Default)]
pub struct ChatRequest {
    /// The conversation so far.
    pub messages: Vec<Message>,
    /// How to generate.
    pub sampling: Sampling,
    /// All other members, unchanged.
    pub extra: Map<String, Value>,
}

/// A prompt that wants to be continued.
#[derive(Clone, Debug, Default)]
pub struct CompletionsRequest {
    /// A text; on the OpenAI door also a list of texts or tokens.
    pub prompt: Value,
    /// How to generate.
    pub sampling: Sampling,
    /// All other members, unchanged.
    pub extra: Map<String, Value>,
}

/// Texts that want vectors.
#[derive(Clone, Debug, Default)]
pub struct EmbeddingsRequest {
    /// A text, a list of texts, or token lists.
    pub input: Value,
    /// All other members, unchanged.
    pub extra: Map<String, Value>,
}

/// How to generate. `None` means: not sent, the provider decides.
#[derive(Clone, Debug, Default)]
pub struct Sampling {
    /// How many answers.
    pub n: Option<Number>,
    /// Randomness.
    pub temperature: Option<Temperature>,
    /// Most tokens to generate.
    pub max_tokens: Option<Number>,
    /// Sequences at which to stop.
    pub stop: Option<Value>,
    /// Whether the answer is to be streamed, if the client said so.
    pub stream: Option<bool>,
}

/// A temperature and the scale it was given on.
#[derive(Clone, Debug)]
pub struct Temperature {
    /// The number as given.
    pub value: Number,
    /// What it means.
    pub scale: TemperatureScale,
    /// False when the client gave none and its door's default stands here.
    pub sent: bool,
}

/// The range on which a client gives its temperature (spec tables S and M).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemperatureScale {
    /// 0 to 1, stretched to the provider's range: the seed.
    Seed,
    /// 0 to 2, as MLflow 2.9 and newer.
    Mlflow,
    /// The provider's own range: nothing is changed.
    Provider,
}

/// Which names a client uses where MLflow's releases differ; messages to it use the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Words {
    /// `n` and `input`: MLflow 2.9 and newer, and the OpenAI API.
    #[default]
    Choices,
    /// `candidate_count` and `text`: MLflow 2.8 and older.
    Candidates,
    /// As `Choices`, from a door that imitates MLflow 2.15 to the letter (`mlflow_dialect: choices`, decision N1).
    Mlflow215,
    /// As `Candidates`, from a door that imitates MLflow 2.8 to the letter (`mlflow_dialect: candidates`).
    Mlflow28,
}

impl Words {
    /// Returns the name of the number of answers.
    pub const fn count(self) -> &'static str {
        match self {
            Self::Choices | Self::Mlflow215 => "n",
            Self::Candidates | Self::Mlflow28 => "candidate_count",
        }
    }

    /// Returns the name of the texts of an embeddings request.
    pub const fn input(self) -> &'static str {
        match self {
            Self::Choices | Self::Mlflow215 => "input",
            Self::Candidates | Self::Mlflow28 => "text",
        }
    }
}

/// One message of a conversation, kept as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Message(pub Map<String, Value>);

impl Message {
    /// Makes a message of a role and a text.
    pub fn new(role: &str, text: Value) -> Self {
        let members = [
            ("role".to_owned(), role.into()),
            ("content".to_owned(), text),
        ];
        Self(members.into_iter().collect())
    }

    /// Returns who speaks.
    pub fn role(&self) -> &str {
        self.0
            .get("role")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Returns the text: a plain one, or the text parts of a list put together.
    pub fn text(&self) -> String {
        match self.0.get("content") {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(parts)) => parts
                .iter()
                .filter_map(|part| part.get("text")?.as_str())
                .collect(),
            _ => String::new(),
        }
    }
}

impl Request {
    /// Returns what is asked.
    pub fn operation(&self) -> Operation {
        match self {
            Self::Chat(_) => Operation::Chat,
            Self::Completions(_) => Operation::Completions,
            Self::Embeddings(_) => Operation::Embeddings,
        }
    }

    /// Returns how to generate; embeddings have nothing to generate.
    pub fn sampling(&self) -> Option<&Sampling> {
        match self {
            Self::Chat(request) => Some(&request.sampling),
            Self::Completions(request) => Some(&request.sampling),
            Self::Embeddings(_) => None,
        }
    }

    /// Returns the members that no field names.
    pub fn extra(&self) -> &Map<String, Value> {
        match self {
            Self::Chat(request) => &request.extra,
            Self::Completions(request) => &request.extra,
            Self::Embeddings(request) => &request.extra,
        }
    }

    /// True when the answer is to be streamed.
    pub fn streams(&self) -> bool {
        self.sampling()
            .is_some_and(|sampling| sampling.stream == Some(true))
    }
}

impl Asked {
    /// Returns what is asked.
    pub fn operation(&self) -> Operation {
        match self {
            Self::Request(request) => request.operation(),
            Self::Conversation(_) => Operation::Chat,
        }
    }

    /// True when the answer is to be streamed.
    pub fn streams(&self) -> bool {
        match self {
            Self::Request(request) => request.streams(),
            Self::Conversation(asked) => asked.stream == Some(true),
        }
    }
}
