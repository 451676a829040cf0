//! Members that have another form than in chats: how to generate, what to think, what the answer is to hold.

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Conversation, Format, Schema};

use super::models;

/// The least that `max_output_tokens` may be.
const LEAST_TOKENS: u64 = 16;

const MAX_TOKENS: &str = "max_tokens";

type Members = Map<String, Value>;

/// Writes them. What is thought is asked for where the door tells it.
pub(super) fn write(
    asked: &Conversation,
    model: Option<&str>,
    tells_thoughts: bool,
    body: &mut Members,
    report: &mut Translation,
) {
    let members = &asked.members;
    let effort = members.get("reasoning_effort");
    let idle = effort.is_some_and(|effort| effort == "none");
    let reasons = models::reasons(model) || effort.is_some() && !idle;
    max_tokens(members, body, report);
    sampling(members, reasons && !idle, body, report);
    let store = members.get("store").cloned().unwrap_or(Value::Bool(false));
    body.insert("store".to_owned(), store);
    include(members, reasons && tells_thoughts, body);
    reasoning(members, reasons && !idle && tells_thoughts, body);
    text(asked, body);
}

fn max_tokens(members: &Members, body: &mut Members, report: &mut Translation) {
    let Some(most) = members.get(MAX_TOKENS) else {
        return;
    };
    let few = most.as_u64().is_some_and(|most| most < LEAST_TOKENS);
    let most = if few {
        report.clamped(MAX_TOKENS, most, &LEAST_TOKENS);
        LEAST_TOKENS.into()
    } else {
        most.clone()
    };
    body.insert("max_output_tokens".to_owned(), most);
}

/// Models that reason take neither of these. One is what they do anyway.
fn sampling(members: &Members, reasons: bool, body: &mut Members, report: &mut Translation) {
    for name in ["temperature", "top_p"] {
        match members.get(name) {
            None => {}
            Some(value) if !reasons => drop(body.insert(name.to_owned(), value.clone())),
            Some(value) if value.as_f64() == Some(1.0) => {}
            Some(_) => report.dropped(name),
        }
    }
}

/// Asks for what an answer does not hold by itself. Nothing is stored with the provider, so that what was thought must come
/// along to be sent back.
fn include(members: &Members, sealed: bool, body: &mut Members) {
    let mut list = match members.get("include") {
        Some(Value::Array(list)) => list.clone(),
        _ => Vec::new(),
    };
    let logprobs = members.get("logprobs").is_some_and(|it| it == true);
    for (asks, what) in [
        (sealed, "reasoning.encrypted_content"),
        (logprobs, "message.output_text.logprobs"),
    ] {
        if asks && !list.iter().any(|known| known == what) {
            list.push(what.into());
        }
    }
    if !list.is_empty() {
        body.insert("include".to_owned(), list.into());
    }
}

fn reasoning(members: &Members, summary: bool, body: &mut Members) {
    let mut asked = Members::new();
    if let Some(effort) = members.get("reasoning_effort") {
        asked.insert("effort".to_owned(), effort.clone());
    }
    if summary {
        asked.insert("summary".to_owned(), "auto".into());
    }
    own(members.get("reasoning"), &mut asked);
    if !asked.is_empty() {
        body.insert("reasoning".to_owned(), asked.into());
    }
}

/// Adds the form of the answer to what the table wrote of it.
fn text(asked: &Conversation, body: &mut Members) {
    let mut written = match body.shift_remove("text") {
        Some(Value::Object(written)) => written,
        _ => Members::new(),
    };
    match &asked.format {
        None | Some(Format::Text) => {}
        Some(Format::Json) => {
            written.insert("format".to_owned(), json!({"type": "json_object"}));
        }
        Some(Format::Schema(schema)) => {
            written.insert("format".to_owned(), form(schema).into());
        }
    }
    own(asked.members.get("text"), &mut written);
    if !written.is_empty() {
        body.insert("text".to_owned(), written.into());
    }
}

fn form(schema: &Schema) -> Members {
    let mut written = Members::from_iter([
        ("type".to_owned(), json!("json_schema")),
        ("name".to_owned(), json!(schema.name)),
    ]);
    if let Some(description) = &schema.description {
        written.insert("description".to_owned(), json!(description));
    }
    written.insert("schema".to_owned(), schema.schema.clone());
    if let Some(strict) = schema.strict {
        written.insert("strict".to_owned(), strict.into());
    }
    written
}

/// Puts what the client says in the API's own words over what was written for it; null takes a member out.
fn own(said: Option<&Value>, written: &mut Members) {
    let Some(Value::Object(said)) = said else {
        return;
    };
    for (name, value) in said {
        if value.is_null() {
            written.shift_remove(name);
        } else {
            written.insert(name.clone(), value.clone());
        }
    }
}
