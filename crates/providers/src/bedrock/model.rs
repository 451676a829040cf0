//! What a model's id says: where its calls go, whose model it is, and how it is spoken to.

use std::fmt::Write as _;

use tidegate_wire::Operation;

use super::abilities::{self, Abilities};

/// A model by its id: a foundation model, an inference profile, or an ARN.
pub(super) struct Model {
    /// The id as one segment of a path; `None` when the config names no model.
    pub(super) segment: Option<String>,
    /// Whose model it is and what they call it, in lower case; `None` when the id does not tell.
    known: Option<(Family, String)>,
}

/// A maker of models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Amazon,
    Anthropic,
    Ai21,
    Cohere,
    DeepSeek,
    Google,
    Meta,
    MiniMax,
    Mistral,
    Moonshot,
    Nvidia,
    OpenAi,
    Qwen,
    Writer,
    Xai,
    Zai,
}

/// Makers by the word before their models' names.
const MAKERS: [(&str, Family); 17] = [
    ("amazon", Family::Amazon),
    ("anthropic", Family::Anthropic),
    ("ai21", Family::Ai21),
    ("cohere", Family::Cohere),
    ("deepseek", Family::DeepSeek),
    ("google", Family::Google),
    ("meta", Family::Meta),
    ("minimax", Family::MiniMax),
    ("mistral", Family::Mistral),
    ("moonshot", Family::Moonshot),
    ("moonshotai", Family::Moonshot),
    ("nvidia", Family::Nvidia),
    ("openai", Family::OpenAi),
    ("qwen", Family::Qwen),
    ("writer", Family::Writer),
    ("xai", Family::Xai),
    ("zai", Family::Zai),
];

/// How a model is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The Converse API, one format for all models.
    Converse,
    /// Amazon's Titan Text.
    Titan,
    /// Claude's older text completions.
    Claude,
    /// AI21's Jurassic-2.
    Jurassic,
    /// Cohere's older Command.
    Command,
    /// Amazon's Titan Embeddings.
    TitanEmbeddings,
    /// Cohere's Embed.
    CohereEmbeddings,
}

/// Claude models that know text completions; all later ones refuse them and have names that say what they are.
pub(super) const TEXT_CLAUDES: [&str; 4] = ["claude-v", "claude-instant", "claude-1", "claude-2"];

/// Cohere models that know only conversations.
const CHAT_COMMANDS: [&str; 2] = ["command-r", "command-a"];

impl Model {
    /// Reads an id.
    pub(super) fn read(id: Option<&str>) -> Self {
        Self {
            segment: id.map(encoded),
            known: id.and_then(known),
        }
    }

    /// Returns how the model is spoken to for an operation; nothing when its id does not tell.
    ///
    /// MLflow knows the formats of four families, and of those the models of 2023. Newer models of these families refuse
    /// the old formats, so they complete a text as one message of a conversation.
    pub(super) fn form(&self, operation: Operation) -> Option<Form> {
        self.segment.as_ref()?;
        if operation == Operation::Chat {
            return Some(Form::Converse);
        }
        let (family, name) = self.known.as_ref()?;
        let begins = |beginnings: &[&str]| beginnings.iter().any(|it| name.starts_with(it));
        if operation == Operation::Embeddings {
            return match family {
                Family::Amazon if begins(&["titan-embed"]) => Some(Form::TitanEmbeddings),
                Family::Cohere if begins(&["embed"]) => Some(Form::CohereEmbeddings),
                _ => None,
            };
        }
        match family {
            Family::Amazon if begins(&["titan"]) => Some(Form::Titan),
            Family::Anthropic if begins(&TEXT_CLAUDES) => Some(Form::Claude),
            Family::Ai21 if !begins(&["jamba"]) => Some(Form::Jurassic),
            Family::Cohere if !begins(&CHAT_COMMANDS) => Some(Form::Command),
            Family::Amazon | Family::Anthropic | Family::Ai21 | Family::Cohere => {
                Some(Form::Converse)
            }
            _ => None,
        }
    }

    /// True for a model that answers in Claude's own Messages API behind `InvokeModel`. Of an id that does not tell its
    /// model nothing is known.
    pub(super) fn is_of_messages_api(&self) -> bool {
        let of_texts = TEXT_CLAUDES.iter().any(|it| self.name().starts_with(it));
        self.is_of(Family::Anthropic) && !of_texts
    }

    /// Returns what the model can be asked in a conversation.
    pub(super) fn abilities(&self) -> Abilities {
        let known = self.known.as_ref();
        known.map_or(abilities::UNKNOWN, |(family, name)| {
            abilities::of(*family, name)
        })
    }

    /// Returns the model's name without its maker, in lower case; nothing when its id does not tell.
    pub(super) fn name(&self) -> &str {
        self.known.as_ref().map_or("", |(_, name)| name)
    }

    /// True for a model of this maker.
    pub(super) fn is_of(&self, family: Family) -> bool {
        self.known
            .as_ref()
            .is_some_and(|(known, _)| *known == family)
    }

    /// Returns where the Converse API takes `top_k` among the model's own fields: its name, and the member around it.
    pub(super) fn top_k(&self) -> (Option<&'static str>, &'static str) {
        match &self.known {
            Some((Family::Amazon, _)) => (Some("inferenceConfig"), "topK"),
            Some((Family::Cohere, _)) => (None, "k"),
            _ => (None, "top_k"),
        }
    }
}

/// Finds the family. Of an ARN the resource is read: a foundation model, or an inference profile of one. Ids of
/// application inference profiles and provisioned models are random; they tell nothing.
fn known(id: &str) -> Option<(Family, String)> {
    let id = id.to_ascii_lowercase();
    let resource = if id.starts_with("arn:") {
        id.splitn(6, ':').last()?
    } else {
        &id
    };
    resource.rsplit('/').find_map(|part| {
        family(part).or_else(|| {
            // An inference profile's id begins with its geography: `us.`, `eu.`, `apac.`, `us-gov.`, `global.`. AWS adds
            // such, so any word may stand there.
            let (geography, rest) = part.split_once('.')?;
            let word = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
            family(rest).filter(|_| geography.bytes().all(word))
        })
    })
}

fn family(id: &str) -> Option<(Family, String)> {
    let (maker, name) = id.split_once('.')?;
    let (_, family) = MAKERS.iter().find(|(word, _)| *word == maker)?;
    Some((*family, name.to_owned()))
}

/// Writes an id as one segment of a path. All but the unreserved characters of RFC 3986 are encoded, `:` and `/` too, as
/// AWS's own libraries do.
fn encoded(id: &str) -> String {
    let mut segment = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            segment.push(byte.into());
        } else {
            let _ = write!(segment, "%{byte:02X}");
        }
    }
    segment
}

#[cfg(test)]
mod tests {
    use super::*;
    use Operation::{Chat, Completions, Embeddings};

    #[test]
    fn ids_tell_how_a_model_is_spoken_to() {
        for (id, completions, embeddings) in [
            ("amazon.titan-tg1-large", Some(Form::Titan), None),
            ("Amazon.Titan-text-lite-v1", Some(Form::Titan), None),
            ("us.amazon.nova-micro-v1:0", Some(Form::Converse), None),
            (
                "amazon.titan-embed-text-v2:0",
                Some(Form::Titan),
                Some(Form::TitanEmbeddings),
            ),
            ("anthropic.claude-v2:1", Some(Form::Claude), None),
            ("anthropic.claude-instant-v1", Some(Form::Claude), None),
            ("us-gov.anthropic.claude-v2", Some(Form::Claude), None),
            (
                "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
                Some(Form::Converse),
                None,
            ),
            (
                "anthropic.claude-3-haiku-20240307-v1:0",
                Some(Form::Converse),
                None,
            ),
            ("ai21.j2-mid-v1", Some(Form::Jurassic), None),
            ("ai21.jamba-1-5-large-v1:0", Some(Form::Converse), None),
            ("cohere.command-text-v14", Some(Form::Command), None),
            ("cohere.command-r-v1:0", Some(Form::Converse), None),
            (
                "eu.cohere.embed-v4:0",
                Some(Form::Command),
                Some(Form::CohereEmbeddings),
            ),
            (
                "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2",
                Some(Form::Claude),
                None,
            ),
            (
                "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2:1",
                Some(Form::Claude),
                None,
            ),
            (
                "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0",
                Some(Form::Converse),
                None,
            ),
            (
                "arn:aws-us-gov:bedrock:us-gov-west-1:1:custom-model/amazon.titan-text-lite-v1:0:4k/x1",
                Some(Form::Titan),
                None,
            ),
            (
                "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/1arbu5hu2sjr",
                None,
                None,
            ),
            ("meta.llama2", None, None),
            ("us.meta.llama3-2-1b-instruct-v1:0", None, None),
            ("titan", None, None),
            ("", None, None),
            ("1.anthropic.claude-v2", None, None),
            ("us.us.anthropic.claude-v2", None, None),
        ] {
            let model = Model::read(Some(id));
            assert_eq!(model.form(Completions), completions, "{id}");
            assert_eq!(model.form(Embeddings), embeddings, "{id}");
            assert_eq!(model.form(Chat), Some(Form::Converse), "{id}");
        }
        assert_eq!(Model::read(None).form(Chat), None);
    }

    #[test]
    fn an_id_is_one_segment() {
        for (id, segment) in [
            ("anthropic.claude-v2:1", "anthropic.claude-v2%3A1"),
            (
                "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-tg1-large",
                "arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model%2Famazon.titan-tg1-large",
            ),
            ("ü %?~", "%C3%BC%20%25%3F~"),
        ] {
            assert_eq!(encoded(id), segment);
        }
    }
}
