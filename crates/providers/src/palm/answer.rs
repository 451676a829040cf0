//! Reads answers. They have neither ids, nor reasons to finish, nor costs.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use tidegate_wire::event::{DecodeError, Event};

use crate::support::decode::{index, parse, vectors};

#[derive(Deserialize)]
struct Answer {
    candidates: Option<Vec<Candidate>>,
    /// Why there are no candidates.
    filters: Option<Vec<IgnoredAny>>,
}

#[derive(Deserialize)]
struct Candidate {
    /// The text of a completion, or of a message.
    #[serde(alias = "output")]
    content: String,
    author: Option<String>,
}

#[derive(Deserialize)]
struct Vectors<'a> {
    #[serde(borrow)]
    embeddings: Vec<Embedding<'a>>,
}

#[derive(Deserialize)]
struct Embedding<'a> {
    #[serde(borrow)]
    value: &'a RawValue,
}

/// Reads an answer's texts, and who speaks.
pub(super) fn read(body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
    let Answer {
        candidates,
        filters,
    } = parse(body)?;
    let blocked = filters.is_some_and(|filters| !filters.is_empty());
    let candidates = match candidates {
        Some(candidates) if !(candidates.is_empty() && blocked) => candidates,
        None if !blocked => return Err(DecodeError::Shape("it has no `candidates`".to_owned())),
        _ => {
            withheld(out);
            return Ok(());
        }
    };
    out.push(Event::nameless());
    for (position, candidate) in candidates.into_iter().enumerate() {
        let choice = index(position);
        let role = candidate.author.map(|role| Event::Role { choice, role });
        out.extend(role);
        let text = candidate.content;
        out.push(Event::Text { choice, text });
    }
    Ok(())
}

/// Reads an answer's texts only: authors are numbers (`1` is the model), which clients of the OpenAI API do not know.
pub(super) fn read_texts(body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
    read(body, out)?;
    out.retain(|event| !matches!(event, Event::Role { .. }));
    Ok(())
}

/// Tells that filters withheld the answer: one empty choice says so.
fn withheld(out: &mut Vec<Event>) {
    let (choice, text) = (0, String::new());
    let reason = "content_filter".to_owned();
    out.extend([
        Event::nameless(),
        Event::Text { choice, text },
        Event::Finished { choice, reason },
    ]);
}

pub(super) fn read_vectors(body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
    let answer: Vectors<'_> = parse(body)?;
    vectors(answer.embeddings.iter().map(|it| it.value), out)
}
