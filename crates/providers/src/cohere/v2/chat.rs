//! `/chat`: what becomes of a request.

use serde_json::{Map, Value, json};
use tidegate_wire::conversation::{Conversation, Format, ToolChoice};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{Operation, Translation};

use super::{messages, thinking, tools};
use crate::carriage::{Carriage, Carried, Kind, LATER_SYSTEM, Others};
use crate::emulation;
use crate::encoded::Encoded;
use crate::support::parts;

/// What becomes of a request.
pub(in super::super) static CARRIED: Carriage = Carriage {
    operation: Operation::Chat,
    only: None,
    members: &[
        (LATER_SYSTEM, Carried::Apart("where it stands")),
        ("max_tokens", Carried::As("max_tokens")),
        ("temperature", Carried::Within("temperature", 0.0, 1.0)),
        ("top_p", Carried::Within("p", 0.01, 0.99)),
        ("top_k", Carried::Within("k", 0.0, 500.0)),
        ("stop", Carried::List("stop_sequences", 5)),
        ("seed", Carried::As("seed")),
        (
            "frequency_penalty",
            Carried::Within("frequency_penalty", 0.0, 1.0),
        ),
        (
            "presence_penalty",
            Carried::Within("presence_penalty", 0.0, 1.0),
        ),
        ("logprobs", Carried::As("logprobs")),
        ("stream", Carried::Here),
        (
            "reasoning_effort",
            Carried::Apart("`thinking`, with a `token_budget` below the highest effort"),
        ),
        ("tools", Carried::Apart("`tools`, and `strict_tools`")),
        (
            "tool_choice",
            Carried::Apart("`tool_choice`; of functions that may not be called none is sent"),
        ),
        (
            "response_format",
            Carried::Apart("the same; beside tools schemas by a forced tool call"),
        ),
    ],
    contents: &[
        (Kind::InlineImage, "an `image_url` part"),
        (Kind::LinkedImage, "an `image_url` part"),
        (Kind::Own, "the part as it is"),
    ],
    others: Others::Body,
};

/// Writes a body without `model`.
pub(in super::super) fn body(mut asked: Conversation) -> Result<Encoded, Fault> {
    let mut report = Translation::default();
    let mut body = Map::new();
    parts::tell_text_files(&mut asked);
    CARRIED.report_apart(&asked, &mut report);
    if asked.is_marked() {
        report.dropped("cache_control");
    }
    let emulates_schema = format(&mut asked, &mut body, &mut report);
    let written = messages::write(&asked, &mut report)?;
    body.insert("messages".to_owned(), written.into());
    tools::write(&mut asked, &mut body, &mut report)?;
    CARRIED.write(&asked.members, &mut body, &mut report);
    thinking::write(&asked, &mut body, &mut report);
    if let Some(stream) = asked.stream {
        body.insert("stream".to_owned(), stream.into());
    }
    Ok(Encoded {
        body,
        report,
        emulates_schema,
        lone_text: false,
    })
}

/// Asks for the form of the answer; true when a schema is emulated. The API knows no form beside tools; those that may not
/// be called are left out.
fn format(
    asked: &mut Conversation,
    body: &mut Map<String, Value>,
    report: &mut Translation,
) -> bool {
    let has_form = !matches!(asked.format, None | Some(Format::Text));
    if has_form && asked.choice == Some(ToolChoice::None) {
        asked.tools.clear();
    }
    let format = match &asked.format {
        None | Some(Format::Text) => return false,
        Some(Format::Schema(_)) if !asked.tools.is_empty() => {
            emulation::emulate(asked, report);
            return true;
        }
        Some(Format::Json) if !asked.tools.is_empty() => {
            report.dropped("response_format");
            return false;
        }
        Some(Format::Json) => json!({"type": "json_object"}),
        Some(Format::Schema(it)) => json!({"type": "json_object", "json_schema": it.schema}),
    };
    body.insert("response_format".to_owned(), format);
    false
}
