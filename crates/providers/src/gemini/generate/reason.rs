//! Why a candidate ended, in OpenAI's words.

use serde_json::Value;

/// The model has ended by itself.
pub(super) const STOP: &str = "STOP";

/// Google's words for what its filters held back; those that begin with `IMAGE_` belong to them.
const FILTERED: [&str; 7] = [
    "SAFETY",
    "RECITATION",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "LANGUAGE",
    "MODEL_ARMOR",
];

/// The words behind numbers, which some clients' recordings of Vertex AI hold. Beyond these the two APIs number differently.
const NUMBERED: [&str; 5] = ["", STOP, "MAX_TOKENS", "SAFETY", "RECITATION"];

/// Returns the provider's word; nothing while a candidate has not ended.
pub(super) fn native(told: Option<Value>) -> Option<String> {
    let word = match told? {
        Value::String(word) => word,
        Value::Number(number) => {
            let place = number.as_u64().and_then(|it| usize::try_from(it).ok());
            let word = place.and_then(|place| NUMBERED.get(place));
            word.map_or_else(|| number.to_string(), |word| (*word).to_owned())
        }
        _ => return None,
    };
    (!word.is_empty() && word != "FINISH_REASON_UNSPECIFIED").then_some(word)
}

/// Returns OpenAI's word. A stop after calls is one for their results; what has no word is `stop`, as it is an end.
pub(super) fn word(native: &str, has_calls: bool) -> &'static str {
    match native {
        STOP if has_calls => "tool_calls",
        "MAX_TOKENS" => "length",
        native if FILTERED.contains(&native) || native.starts_with("IMAGE_") => "content_filter",
        _ => "stop",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reasons_become_openai_words() {
        for (told, calls, want) in [
            (json!("STOP"), false, Some("stop")),
            (json!("STOP"), true, Some("tool_calls")),
            (json!("MAX_TOKENS"), true, Some("length")),
            (json!("SAFETY"), false, Some("content_filter")),
            (json!("IMAGE_SAFETY"), false, Some("content_filter")),
            (json!("UNEXPECTED_TOOL_CALL"), true, Some("stop")),
            (json!("NEWLY_INVENTED"), false, Some("stop")),
            (json!(1), false, Some("stop")),
            (json!(2), false, Some("length")),
            (json!(77), false, Some("stop")),
            (json!("FINISH_REASON_UNSPECIFIED"), false, None),
            (json!(0), false, None),
            (json!(""), false, None),
            (json!(null), false, None),
        ] {
            let native = native(Some(told.clone()));
            let got = native.as_deref().map(|native| word(native, calls));
            assert_eq!(got, want, "{told}");
        }
    }
}
