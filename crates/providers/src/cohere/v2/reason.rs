//! Why an answer ends.

use tidegate_wire::event::{DecodeError, Event, ReportedError};

/// The API's words and OpenAI's.
const REASONS: [(&str, &str); 5] = [
    ("COMPLETE", "stop"),
    ("STOP_SEQUENCE", "stop"),
    ("MAX_TOKENS", "length"),
    ("TOOL_CALL", "tool_calls"),
    ("ERROR_TOXIC", "content_filter"),
];

/// Words that say that there is no answer, with the status of such an error where it is known.
const FAILURES: [(&str, Option<u16>); 2] = [("ERROR", None), ("TIMEOUT", Some(504))];

/// Tells why an answer ends, in the API's word and in OpenAI's; `error` and `kind` are what it says of an error.
pub(super) fn finish(
    word: String,
    error: Option<String>,
    kind: Option<String>,
    out: &mut Vec<Event>,
) -> Result<(), DecodeError> {
    if let Some((_, status)) = FAILURES.iter().find(|(known, _)| *known == word) {
        let nameless =
            || format!("The provider ended the answer with {word} and without saying why.");
        return Err(DecodeError::Reported(ReportedError {
            message: error.filter(|it| !it.is_empty()).unwrap_or_else(nameless),
            kind,
            code: None,
            status: *status,
        }));
    }
    let known = REASONS.iter().find(|(known, _)| *known == word);
    let reason = known.map_or("stop", |(_, reason)| *reason).to_owned();
    out.push(Event::Noted {
        choice: 0,
        name: Event::NATIVE_REASON,
        text: word,
    });
    out.push(Event::Finished { choice: 0, reason });
    Ok(())
}
