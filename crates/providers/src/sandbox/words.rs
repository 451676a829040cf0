//! Texts that follow from the request.

use serde_json::Value;

/// The longest quotation of the client's own words, in characters.
const QUOTATION: usize = 120;

/// A number that follows from bytes: 64-bit FNV-1a (Fowler, Noll, Vo), mixed at the end by the finaliser of `SplitMix64`.
pub(super) fn digest(bytes: &[u8]) -> u64 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    mix(hash)
}

/// Spreads a number's bits.
pub(super) fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Returns the text of the last message that a user wrote, or of the last at all.
pub(super) fn last_words(messages: &Value) -> String {
    let messages = messages.as_array().map(Vec::as_slice).unwrap_or_default();
    let by_user = messages.iter().rfind(|message| message["role"] == "user");
    let Some(message) = by_user.or(messages.last()) else {
        return String::new();
    };
    match &message["content"] {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part["text"].as_str())
            .collect(),
        _ => String::new(),
    }
}

/// Writes the answer to a text. Further choices of one request differ in their opening.
pub(super) fn reply(text: &str, choice: usize) -> String {
    let opening = [
        "Hello from the sandbox.",
        "The sandbox again.",
        "Another sandbox answer.",
    ];
    let opening = opening
        .get(choice % opening.len())
        .copied()
        .unwrap_or_default();
    let count = text.split_whitespace().count();
    let plural = if count == 1 { "" } else { "s" };
    let mut quote: String = text.chars().take(QUOTATION).collect();
    if quote.len() < text.len() {
        quote.push('…');
    }
    format!("{opening} No model was asked. You wrote {count} word{plural}: \"{quote}\"")
}

/// Cuts a text as `stop` and `max_tokens` ask. Returns the text and the reason why it ends.
pub(super) fn limited(text: &str, body: &Value) -> (String, &'static str) {
    let stops: Vec<&str> = match &body["stop"] {
        Value::String(stop) => vec![stop],
        Value::Array(stops) => stops.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let end = stops
        .iter()
        .filter(|stop| !stop.is_empty())
        .filter_map(|stop| text.find(*stop))
        .min();
    let text = end.and_then(|end| text.get(..end)).unwrap_or(text);
    let most = ["max_completion_tokens", "max_tokens"]
        .iter()
        .find_map(|name| body[*name].as_u64())
        .and_then(|most| usize::try_from(most).ok())
        .unwrap_or(usize::MAX);
    let words = pieces(text);
    if words.len() > most {
        return (words.into_iter().take(most).collect(), "length");
    }
    (text.to_owned(), "stop")
}

/// Cuts a text into words, each with the blanks before it: one token each, by the sandbox's reckoning.
pub(super) fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut in_word) = (0, false);
    for (at, letter) in text.char_indices() {
        if letter.is_whitespace() && in_word {
            pieces.push(text.get(start..at).unwrap_or_default());
            start = at;
        }
        in_word = !letter.is_whitespace();
    }
    if start < text.len() {
        pieces.push(text.get(start..).unwrap_or_default());
    }
    pieces
}

/// Counts the tokens of a JSON value: the words of all its texts.
pub(super) fn tokens(value: &Value) -> usize {
    match value {
        Value::String(text) => pieces(text).len(),
        Value::Array(items) => items.iter().map(tokens).sum(),
        Value::Object(members) => members.values().map(tokens).sum(),
        Value::Number(_) => 1,
        Value::Null | Value::Bool(_) => 0,
    }
}
