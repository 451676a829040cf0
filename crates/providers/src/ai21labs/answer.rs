//! Reads answers of the Studio API.

use serde::Deserialize;
use tidegate_wire::event::{DecodeError, Event};

use crate::support::decode::{index, parse};

#[derive(Deserialize)]
struct Answer {
    completions: Vec<Completion>,
}

#[derive(Deserialize)]
struct Completion {
    data: Data,
    #[serde(rename = "finishReason")]
    finish_reason: Option<FinishReason>,
}

#[derive(Deserialize)]
struct Data {
    text: String,
}

#[derive(Deserialize)]
struct FinishReason {
    reason: Option<String>,
}

/// Reads a whole answer. The provider's id is not passed on, as in MLflow; its reasons to finish are (`length`,
/// `endoftext`, `stop`).
pub(crate) fn read(body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
    let answer: Answer = parse(body)?;
    out.push(Event::nameless());
    for (position, completion) in answer.completions.into_iter().enumerate() {
        let choice = index(position);
        let text = completion.data.text;
        out.push(Event::Text { choice, text });
        if let Some(reason) = completion.finish_reason.and_then(|it| it.reason) {
            out.push(Event::Finished { choice, reason });
        }
    }
    Ok(())
}

/// Tells the end of a text, which has a word of its own, as OpenAI does.
pub(super) fn in_openai_words(event: Event) -> Event {
    match event {
        Event::Finished { choice, reason } if reason == "endoftext" => Event::Finished {
            choice,
            reason: "stop".to_owned(),
        },
        other => other,
    }
}
