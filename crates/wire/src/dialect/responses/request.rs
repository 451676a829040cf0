//! Reads request bodies of the Responses API.

use serde_json::{Map, Value};

use super::input::{CONVERSATION, Input, instruct, stored};
use super::read::{Members, invalid, wrong};
use super::response;
use super::tool::Tools;
use crate::Translation;
use crate::conversation::{Conversation, Format, Part, Schema};
use crate::dialect::Fault;
use crate::dialect::openai::not_json;

/// A request as read.
pub(super) struct Read {
    pub(super) conversation: Conversation,
    pub(super) report: Translation,
    pub(super) voice: response::ResponsesVoice,
}

/// Members that both of OpenAI's APIs have, under one name.
const SHARED: [&str; 9] = [
    "frequency_penalty",
    "presence_penalty",
    "metadata",
    "user",
    "safety_identifier",
    "service_tier",
    "prompt_cache_key",
    "prompt_cache_retention",
    "prompt_cache_options",
];

/// Members that ask for nothing here: the model is found by then, and the client's notes about itself are for nobody else.
const SILENT: [&str; 2] = ["model", "client_metadata"];

/// Reads a body.
pub(super) fn read(body: &[u8]) -> Result<Read, Fault> {
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return Err(not_json(body));
    };
    let frame = response::frame(&members);
    let mut members = Members(members);
    for name in SILENT {
        members.take(name);
    }
    refuse_stored(&mut members)?;
    let mut tools = Tools::default();
    tools.add(&members.list("tools")?)?;
    let mut conversation = Conversation::default();
    if let Some(text) = members.text("instructions")? {
        instruct(&mut conversation, vec![Part::text(text)]);
    }
    let input = members.take("input").ok_or_else(|| {
        Fault::invalid(400, "Missing required parameter: 'input'.")
            .with_code("missing_required_parameter")
            .with_param("input")
    })?;
    Input::new(&mut conversation, &mut tools).read(&input)?;
    if conversation.turns.is_empty() && conversation.places.is_empty() {
        let text = "Invalid 'input': it says nothing. Send a text, or an item that says something.";
        return Err(invalid("input", text.to_owned()));
    }
    let choice = members.take("tool_choice");
    let choice = choice.map(|choice| tools.choice(&choice)).transpose()?;
    conversation.choice = choice.flatten();
    conversation.stream = members.truth("stream")?;
    let parallel = members.truth("parallel_tool_calls")?;
    conversation.parallel_calls = parallel.filter(|_| !tools.told.is_empty());
    let mut report = std::mem::take(&mut tools.report);
    sampling(&mut members, &mut conversation.members)?;
    conversation.format = text(&mut members, &mut conversation.members, &mut report)?;
    reasoning(&mut members, &mut conversation.members, &mut report)?;
    probabilities(&mut members, &mut conversation.members, &mut report)?;
    for name in SHARED {
        if let Some(value) = members.take(name) {
            conversation.members.insert(name.to_owned(), value);
        }
    }
    note_rest(&members.0, &mut report);
    conversation.tools = tools.told;
    Ok(Read {
        conversation,
        report,
        voice: response::ResponsesVoice {
            frame,
            names: tools.names,
        },
    })
}

/// Refuses what needs the state of earlier calls, or would have to be kept for later ones.
fn refuse_stored(members: &mut Members) -> Result<(), Fault> {
    for (name, what, instead) in [
        (
            "previous_response_id",
            "the response that `previous_response_id` names",
            CONVERSATION,
        ),
        (
            "conversation",
            "the conversation that `conversation` names",
            CONVERSATION,
        ),
        (
            "prompt",
            "the template that `prompt` names",
            "send its text in `instructions` or `input`",
        ),
    ] {
        if members.take(name).is_some() {
            return Err(stored(name, what, instead));
        }
    }
    if members.truth("background")? == Some(true) {
        let what = "a place for its answer (`background`)";
        return Err(stored(
            "background",
            what,
            "wait for the answer, or stream it",
        ));
    }
    Ok(())
}

fn sampling(members: &mut Members, told: &mut Map<String, Value>) -> Result<(), Fault> {
    for (name, known) in [
        ("max_output_tokens", "max_tokens"),
        ("temperature", "temperature"),
        ("top_p", "top_p"),
    ] {
        if let Some(number) = members.number(name)? {
            told.insert(known.to_owned(), number);
        }
    }
    Ok(())
}

/// Reads the form of the answer and how wordy it is to be.
fn text(
    members: &mut Members,
    told: &mut Map<String, Value>,
    report: &mut Translation,
) -> Result<Option<Format>, Fault> {
    let mut text = members.object("text")?;
    if let Some(verbosity) = text.take("verbosity") {
        told.insert("verbosity".to_owned(), verbosity);
    }
    let format = text.take("format").map(format).transpose()?;
    note_inside("text", &text.0, report);
    Ok(format)
}

fn format(format: Value) -> Result<Format, Fault> {
    let member = |name: &str| format.get(name).filter(|it| !it.is_null());
    let text = |name: &str| member(name)?.as_str().map(str::to_owned);
    match format.get("type").and_then(Value::as_str) {
        Some("text") => Ok(Format::Text),
        Some("json_object") => Ok(Format::Json),
        Some("json_schema") => {
            let schema = member("schema")
                .ok_or_else(|| wrong("text", "with a JSON Schema in `format.schema`"))?;
            Ok(Format::Schema(Schema {
                name: text("name").unwrap_or_else(|| "answer".to_owned()),
                description: text("description"),
                schema: schema.clone(),
                strict: member("strict").and_then(Value::as_bool),
            }))
        }
        _ => {
            let text =
                "Invalid 'text.format': its `type` must be `text`, `json_object` or `json_schema`.";
            Err(invalid("text", text.to_owned()))
        }
    }
}

/// Reads how hard the model is to think. What it thought is told in any case.
fn reasoning(
    members: &mut Members,
    told: &mut Map<String, Value>,
    report: &mut Translation,
) -> Result<(), Fault> {
    let mut reasoning = members.object("reasoning")?;
    for name in ["summary", "generate_summary"] {
        reasoning.take(name);
    }
    if let Some(effort) = reasoning.take("effort") {
        told.insert("reasoning_effort".to_owned(), effort);
    }
    // That is what happens anyway.
    for (name, usual) in [
        ("context", ["auto", "all_turns"]),
        ("mode", ["auto", "standard"]),
    ] {
        let usual = |value: &Value| usual.iter().any(|usual| value == usual);
        if reasoning.0.get(name).is_some_and(usual) {
            reasoning.take(name);
        }
    }
    note_inside("reasoning", &reasoning.0, report);
    Ok(())
}

/// Reads what the answer is to include, and how many log probabilities.
fn probabilities(
    members: &mut Members,
    told: &mut Map<String, Value>,
    report: &mut Translation,
) -> Result<(), Fault> {
    let mut wanted = false;
    for include in members.list("include")? {
        match include.as_str() {
            Some("reasoning.encrypted_content") => {}
            Some("message.output_text.logprobs") => wanted = true,
            Some(other) => report.dropped(&format!("include.{other}")),
            None => return Err(wrong("include", "a list of texts")),
        }
    }
    let most = members.number("top_logprobs")?;
    let most = most.filter(|most| most.as_u64() != Some(0));
    if wanted || most.is_some() {
        told.insert("logprobs".to_owned(), true.into());
    }
    if let Some(most) = most {
        told.insert("top_logprobs".to_owned(), most);
    }
    Ok(())
}

/// Reports all further members that ask for something.
fn note_rest(members: &Map<String, Value>, report: &mut Translation) {
    for (name, value) in members {
        let asks = match name.as_str() {
            "store" => value == true,
            "truncation" => value != "disabled",
            "stream_options" => {
                note_inside(name, value.as_object().unwrap_or(&Map::new()), report);
                false
            }
            _ => true,
        };
        if asks && !is_nothing(value) {
            report.dropped(name);
        }
    }
}

/// Reports members of a member that ask for something.
fn note_inside(outer: &str, members: &Map<String, Value>, report: &mut Translation) {
    for (name, value) in members {
        if !is_nothing(value) {
            report.dropped(&format!("{outer}.{name}"));
        }
    }
}

/// True for values that ask for nothing.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}
