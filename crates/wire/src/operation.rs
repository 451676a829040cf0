//! What a call asks of a model.

use std::fmt;

/// The kind of a call: what an endpoint offers and what a provider must be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// One prompt in, text out (`llm/v1/completions`).
    Completions,
    /// A conversation in, the next message out (`llm/v1/chat`).
    Chat,
    /// Texts in, vectors out (`llm/v1/embeddings`).
    Embeddings,
}

impl Operation {
    /// All operations, in the order in which the MLflow documentation lists them.
    pub const ALL: [Self; 3] = [Self::Completions, Self::Chat, Self::Embeddings];

    /// Returns the short name: `completions`, `chat` or `embeddings`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Completions => "completions",
            Self::Chat => "chat",
            Self::Embeddings => "embeddings",
        }
    }

    /// Returns MLflow's route type, e.g. `llm/v1/chat`.
    pub const fn route_type(self) -> &'static str {
        match self {
            Self::Completions => "llm/v1/completions",
            Self::Chat => "llm/v1/chat",
            Self::Embeddings => "llm/v1/embeddings",
        }
    }

    /// Returns the operation of an MLflow route type; exact and case-sensitive, as MLflow reads it.
    pub fn from_route_type(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operation| operation.route_type() == text)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
