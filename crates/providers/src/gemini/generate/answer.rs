//! What answers look like: whole ones, and the pieces of streamed ones.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{logprobs, usage};

/// A whole answer, or a piece.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Chunk {
    pub(super) response_id: Option<String>,
    pub(super) model_version: Option<String>,
    pub(super) candidates: Option<Vec<Candidate>>,
    pub(super) prompt_feedback: Option<Feedback>,
    pub(super) usage_metadata: Option<usage::Told>,
    pub(super) error: Option<Value>,
}

/// Why there is no answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Feedback {
    pub(super) block_reason: Option<Value>,
    pub(super) block_reason_message: Option<String>,
}

/// One of the answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Candidate {
    pub(super) index: Option<u32>,
    pub(super) content: Option<Content>,
    pub(super) finish_reason: Option<Value>,
    pub(super) finish_message: Option<String>,
    pub(super) logprobs_result: Option<logprobs::Told>,
    grounding_metadata: Option<Value>,
    citation_metadata: Option<Value>,
    url_context_metadata: Option<Value>,
}

#[derive(Deserialize)]
pub(super) struct Content {
    pub(super) parts: Option<Vec<Part>>,
}

/// A piece of what is said, with members by which its kind is known.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Part(pub(super) Map<String, Value>);

impl Candidate {
    /// Returns what is told of sources, under Google's names.
    pub(super) fn sources(&mut self) -> Option<Value> {
        let told = [
            ("groundingMetadata", self.grounding_metadata.take()),
            ("citationMetadata", self.citation_metadata.take()),
            ("urlContextMetadata", self.url_context_metadata.take()),
        ];
        let told = told.into_iter();
        let told: Map<String, Value> = told
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect();
        (!told.is_empty()).then(|| Value::Object(told))
    }
}

impl Part {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// True for a summary of what was thought.
    pub(super) fn is_thought(&self) -> bool {
        self.0.get("thought").is_some_and(|thought| thought == true)
    }

    pub(super) fn signature(&self) -> Option<&str> {
        self.text("thoughtSignature").filter(|it| !it.is_empty())
    }

    pub(super) fn call(&self) -> Option<&Map<String, Value>> {
        self.0.get("functionCall")?.as_object()
    }

    /// Returns a picture that the model made, as a data URL.
    pub(super) fn picture(&self) -> Option<String> {
        let data = self.0.get("inlineData")?;
        let text = |name: &str| data.get(name)?.as_str();
        let kind = text("mimeType").filter(|kind| kind.starts_with("image/"))?;
        Some(format!("data:{kind};base64,{}", text("data")?))
    }

    /// False for an empty text, which ends many a stream.
    pub(super) fn says_something(&self) -> bool {
        self.is_own() || self.text("text").is_some_and(|text| !text.is_empty())
    }

    /// True for code that the provider runs, and for calls of its own tools: what they give follows.
    pub(super) fn awaits(&self) -> bool {
        let asks = ["executableCode", "toolCall"];
        asks.iter().any(|name| self.0.contains_key(*name))
    }

    /// True for a part of a kind that OpenAI's API does not know: code that the provider ran, and the like.
    pub(super) fn is_own(&self) -> bool {
        let plain = ["text", "thought", "thoughtSignature"];
        self.0.keys().any(|name| !plain.contains(&name.as_str()))
    }
}
