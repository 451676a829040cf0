//! How the Responses door reads requests, as a table: `responses_requests.table`.
//!
//! A case is a body, and below it the conversation as it was understood (`= conversation`), with what could not be carried
//! (`~ report`) where there is such, or the whole error (`! status body`). Lines that begin with `#` say what the following
//! cases are about. `UPDATE_GOLDEN=1` rewrites the outcomes; read the difference before committing it.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Map, Value, json};
use tidegate_wire::conversation::{
    Content, Conversation, Format, Part, Said, Source, Speaker, Tool, ToolChoice, Turn,
};
use tidegate_wire::dialect::responses::Responses;
use tidegate_wire::dialect::{Decoded, Dialect as _};
use tidegate_wire::{Asked, Operation};

/// Returns what becomes of a request.
#[expect(clippy::panic, reason = "the test ends here")]
fn outcome(body: &str) -> String {
    match Responses.decode(Operation::Chat, body.as_bytes()) {
        Ok(Decoded {
            asked: Asked::Conversation(asked),
            report,
            ..
        }) => {
            let report = Some(report.to_string()).filter(|report| !report.is_empty());
            let report = report.map(|report| format!("\n~ {report}"));
            format!("= {}{}", canonical(&asked), report.unwrap_or_default())
        }
        Ok(_) => panic!("this door makes conversations"),
        Err(fault) => {
            let (status, body) = Responses.error(&fault);
            format!("! {status} {}", String::from_utf8_lossy(&body))
        }
    }
}

/// Returns an object of the members that say something.
fn said<const N: usize>(members: [(&str, Value); N]) -> Value {
    let members = members.into_iter();
    let said = members.filter(|(_, value)| !value.is_null() && *value != json!([]));
    let said = said.map(|(name, value)| (name.to_owned(), value));
    Value::Object(said.collect())
}

/// Returns a conversation in our own words, without what is not there.
fn canonical(asked: &Conversation) -> Value {
    let said_in_place = asked.in_place();
    let turns = said_in_place.iter().map(|said| match said {
        Said::Instructions(said) => json!({"instructions": parts(said)}),
        Said::Turn(it) => turn(it),
    });
    let tools = asked.tools.iter().map(|tool| match tool {
        Tool::Own(own) => json!({"own": own}),
        Tool::Function(function) => said([
            ("name", json!(function.name)),
            ("description", json!(function.description)),
            ("parameters", json!(function.parameters)),
            ("strict", json!(function.strict)),
            ("cache", json!(function.cache)),
        ]),
    });
    let choice = asked.choice.as_ref().map(|choice| match choice {
        ToolChoice::Auto => json!("auto"),
        ToolChoice::None => json!("none"),
        ToolChoice::Required => json!("required"),
        ToolChoice::Named(name) => json!({"named": name}),
        ToolChoice::Allowed { names, required } => json!({"allowed": names, "required": required}),
    });
    let format = asked.format.as_ref().map(|format| match format {
        Format::Text => json!("text"),
        Format::Json => json!("json"),
        Format::Schema(schema) => said([
            ("name", json!(schema.name)),
            ("description", json!(schema.description)),
            ("schema", schema.schema.clone()),
            ("strict", json!(schema.strict)),
        ]),
    });
    let members = Some(&asked.members).filter(|members| !members.is_empty());
    said([
        ("said", turns.collect()),
        ("tools", tools.collect()),
        ("choice", json!(choice)),
        ("parallel", json!(asked.parallel_calls)),
        ("format", json!(format)),
        ("stream", json!(asked.stream)),
        ("unread", json!(asked.unread)),
        ("members", json!(members)),
    ])
}

fn turn(turn: &Turn) -> Value {
    let speaker = match turn.speaker {
        Speaker::User => "user",
        Speaker::Assistant => "assistant",
    };
    said([
        (speaker, Value::from(parts(&turn.parts))),
        ("name", json!(turn.name)),
    ])
}

fn parts(parts: &[Part]) -> Vec<Value> {
    parts.iter().map(part).collect()
}

fn part(part: &Part) -> Value {
    let (kind, value, more) = match &part.content {
        Content::Text(text) => ("text", json!(text), json!({})),
        Content::Refusal(text) => ("refusal", json!(text), json!({})),
        Content::Reasoning(text) => ("reasoning", json!(text), json!({})),
        Content::Redacted(data) => ("redacted", json!(data), json!({})),
        Content::Own(own) => ("own", own.clone(), json!({})),
        Content::Audio { format, data } => ("audio", json!(data), json!({"format": format})),
        Content::Image(image) => (
            "image",
            source(&image.source),
            said([("detail", json!(image.detail))]),
        ),
        Content::File(file) => (
            "file",
            source(&file.source),
            said([("name", json!(file.name))]),
        ),
        Content::Call(call) => (
            "call",
            json!(call.id),
            json!({"name": call.name, "arguments": call.arguments}),
        ),
        Content::Result(result) => (
            "result",
            json!(result.call_id),
            json!({"name": result.name, "content": parts(&result.content)}),
        ),
    };
    let mut members = Map::from_iter([(kind.to_owned(), value)]);
    members.extend(
        more.as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    for (name, value) in [
        ("signature", json!(part.signature)),
        ("cache", json!(part.cache)),
    ] {
        if !value.is_null() {
            members.insert(name.to_owned(), value);
        }
    }
    Value::Object(members)
}

fn source(source: &Source) -> Value {
    match source {
        Source::Inline { media_type, data } => json!([media_type, data]),
        Source::Url(url) => json!({"url": url}),
        Source::Id(id) => json!({"id": id}),
    }
}

#[test]
fn requests_are_read_as_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/responses_requests.table");
    let table = std::fs::read_to_string(&path).unwrap();
    let mut fresh = String::new();
    for line in table.lines() {
        match line.chars().next() {
            Some('=' | '!' | '~') => {}
            None | Some('#') => writeln!(fresh, "{line}").unwrap(),
            Some(_) => writeln!(fresh, "{line}\n{}", outcome(line)).unwrap(),
        }
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, fresh).unwrap();
    } else {
        assert!(table == fresh, "the table is now:\n{fresh}");
    }
}

/// What Codex sends, as it was recorded: nothing of it is refused, and what is not carried is known.
#[test]
fn requests_of_codex_are_read() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients/coding_agents/requests");
    let mut read = String::new();
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy();
        let Some(scene) = name.strip_prefix("codex-") else {
            continue;
        };
        let recorded: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        for request in recorded["requests"].as_array().unwrap() {
            let body = request["body"].to_string();
            let report = Responses
                .decode(Operation::Chat, body.as_bytes())
                .map_or_else(|fault| fault.message, |decoded| decoded.report.to_string());
            writeln!(read, "{scene}: {report}").unwrap();
        }
    }
    let (custom, search) = ("emulated=custom_tools", "dropped=tools.web_search");
    let both = format!("{search}; {custom},tool_search");
    let want = [
        ("code-mode", custom, 2),
        ("compaction", "", 1),
        ("compaction", search, 1),
        ("custom-tool", &both, 2),
        ("image-in-a-result", search, 1),
        ("image", search, 1),
        ("namespace", search, 1),
        ("schema", search, 1),
        ("thinking", search, 2),
        ("tool-search", &both, 1),
        ("tools", search, 2),
    ];
    let want: String = want
        .iter()
        .flat_map(|(scene, report, times)| vec![format!("{scene}: {report}\n"); *times])
        .collect();
    assert_eq!(read, want);
}
