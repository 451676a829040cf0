//! Pieces of turns as parts.

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Call, CallResult, Content, Image, Part};
use tidegate_wire::dialect::Fault;

use super::{CHAT_CARRIED, media};
use crate::carriage::Kind;
use crate::support::fault::unsupported;

/// What a result is called where it is no JSON object, which the provider wants.
const RESULT: &str = "result";

/// Writes a piece with its signature; nothing for one that says nothing.
pub(super) fn part(part: &Part, report: &mut Translation) -> Result<Option<Value>, Fault> {
    let written = match &part.content {
        Content::Text(text) | Content::Refusal(text) => {
            if text.is_empty() && part.signature.is_none() {
                return Ok(None);
            }
            json!({"text": text})
        }
        // A signature under it is another provider's, and would be refused: Gemini signs answers and calls.
        Content::Reasoning(text) => {
            if part.signature.is_some() {
                report.dropped("thinking_blocks");
            }
            return Ok((!text.is_empty()).then(|| json!({"text": text, "thought": true})));
        }
        // Sealed by another provider: this one cannot read it.
        Content::Redacted(_) => {
            report.dropped("thinking_blocks");
            return Ok(None);
        }
        Content::Image(image) => picture(image, report)?,
        Content::Audio { format, data } => media::audio(format, data)?,
        Content::File(file) => media::file(file)?,
        Content::Call(call) => json!({"functionCall": self::call(call)}),
        Content::Result(result) => json!({"functionResponse": self::result(result)?}),
        Content::Own(own) => {
            CHAT_CARRIED.admit(Kind::Own)?;
            own.clone()
        }
    };
    Ok(Some(signed(written, part.signature.as_deref())))
}

/// Puts a signature beside what it signs.
pub(super) fn signed(mut written: Value, signature: Option<&str>) -> Value {
    if let (Some(signature), Some(members)) = (signature, written.as_object_mut()) {
        members.insert("thoughtSignature".to_owned(), signature.into());
    }
    written
}

/// Writes a picture. How closely to look is not told.
fn picture(image: &Image, report: &mut Translation) -> Result<Value, Fault> {
    if image.looks_closely() {
        report.dropped("image_url.detail");
    }
    media::image(image)
}

fn call(call: &Call) -> Value {
    json!({"id": call.id, "name": call.name, "args": call.arguments})
}

/// Writes what a call gave, by the function's name and the call's id.
fn result(result: &CallResult) -> Result<Value, Fault> {
    let Some(name) = &result.name else {
        let text = format!(
            "No message before it holds the call `{}`, whose result this is. Gemini must be told the function's name: send the message with the call too.",
            result.call_id
        );
        return Err(unsupported("messages", text));
    };
    Ok(json!({"id": result.call_id, "name": name, "response": response(result)}))
}

/// What a result is called where the call failed (Google's API reference, `FunctionResponse`).
const ERROR: &str = "error";

/// Returns what a call gave as an object: its text where that is one.
fn response(result: &CallResult) -> Value {
    let texts = result
        .content
        .iter()
        .filter_map(|part| match &part.content {
            Content::Text(text) => Some(text.as_str()),
            _ => None,
        });
    let text: String = texts.collect();
    let object: Option<Map<String, Value>> = serde_json::from_str(&text).ok();
    match object {
        Some(object) if result.failed => json!({ERROR: object}),
        Some(object) => Value::Object(object),
        None if result.failed => json!({ERROR: text}),
        None => json!({RESULT: text}),
    }
}

/// Returns what a call gave besides text. It stands behind the results, as parts of its own, which all models take.
pub(super) fn beside(result: &CallResult, report: &mut Translation) -> Result<Vec<Value>, Fault> {
    let mut beside = Vec::new();
    for part in &result.content {
        if !matches!(part.content, Content::Text(_)) {
            beside.extend(self::part(part, report)?);
        }
    }
    Ok(beside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_objects() {
        for (failed, texts, want) in [
            (false, vec!["sunny"], json!({"result": "sunny"})),
            (false, vec!["{\"a\":", "1.5}"], json!({"a": 1.5})),
            (false, vec!["[1]"], json!({"result": "[1]"})),
            (false, vec![], json!({"result": ""})),
            (true, vec!["down"], json!({"error": "down"})),
            (true, vec!["{\"a\":1}"], json!({"error": {"a": 1}})),
        ] {
            let given = CallResult {
                call_id: "c".to_owned(),
                name: Some("f".to_owned()),
                content: texts.into_iter().map(Part::text).collect(),
                failed,
            };
            let want = json!({"id": "c", "name": "f", "response": want});
            assert_eq!(result(&given).unwrap().to_string(), want.to_string());
        }
        let nameless = CallResult {
            call_id: "c".to_owned(),
            name: None,
            content: Vec::new(),
            failed: false,
        };
        assert!(result(&nameless).unwrap_err().message.contains("`c`"));
    }
}
