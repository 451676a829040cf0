//! `/api/chat`: what becomes of a request.

use serde_json::{Map, Value};
use tidegate_wire::conversation::{Conversation, Format};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{Operation, Translation};

use super::{messages, think, tools};
use crate::call::CallHead;
use crate::carriage::{Carriage, Carried, Kind, LATER_SYSTEM, Others};
use crate::encoded::Encoded;
use crate::support::parts;

/// What becomes of a request. The server puts no limit on the number of stop sequences.
pub(super) static CARRIED: Carriage = Carriage {
    operation: Operation::Chat,
    only: None,
    members: &[
        (LATER_SYSTEM, Carried::Apart("where it stands")),
        ("temperature", Carried::As("options.temperature")),
        ("top_p", Carried::As("options.top_p")),
        ("max_tokens", Carried::As("options.num_predict")),
        ("stop", Carried::List("options.stop", usize::MAX)),
        ("seed", Carried::As("options.seed")),
        (
            "frequency_penalty",
            Carried::As("options.frequency_penalty"),
        ),
        ("presence_penalty", Carried::As("options.presence_penalty")),
        ("logprobs", Carried::As("logprobs")),
        ("top_logprobs", Carried::As("top_logprobs")),
        ("stream", Carried::Here),
        ("reasoning_effort", think::CARRIED),
        ("tools", Carried::Apart("`tools`")),
        (
            "tool_choice",
            Carried::Apart("only functions that may be called are sent; none can be forced"),
        ),
        ("response_format", Carried::Apart("`format`")),
        (
            "options",
            Carried::Apart("`options`, to which the others are added"),
        ),
        ("format", Carried::As("format")),
        ("keep_alive", Carried::As("keep_alive")),
        ("shift", Carried::As("shift")),
        ("think", Carried::As("think")),
        ("truncate", Carried::As("truncate")),
    ],
    contents: &[(Kind::InlineImage, "base64 in `images` of the message")],
    others: Others::Within(OPTIONS),
};

pub(super) const OPTIONS: &str = "options";

/// Writes a body without `model`.
pub(super) fn body(call: CallHead, mut asked: Conversation) -> Result<Encoded, Fault> {
    let mut report = Translation::default();
    parts::tell_text_files(&mut asked);
    CARRIED.report_apart(&asked, &mut report);
    if asked.is_marked() {
        report.dropped("cache_control");
    }
    let mut body = Map::new();
    let written = messages::write(&asked, &mut report)?;
    body.insert("messages".to_owned(), written.into());
    tools::write(&mut asked, &mut body, &mut report)?;
    own_options(&asked.members, &mut body);
    CARRIED.write(&asked.members, &mut body, &mut report);
    match asked.format {
        None | Some(Format::Text) => {}
        Some(Format::Json) => drop(body.insert("format".to_owned(), "json".into())),
        Some(Format::Schema(it)) => drop(body.insert("format".to_owned(), it.schema)),
    }
    think::write(&asked.members, &mut body, &mut report);
    // Without this the server streams.
    body.insert("stream".to_owned(), call.streams.into());
    Ok(Encoded {
        body,
        report,
        emulates_schema: false,
        lone_text: false,
    })
}

/// Begins with the options that a client names as the API does.
pub(super) fn own_options(members: &Map<String, Value>, body: &mut Map<String, Value>) {
    if let Some(options) = members.get(OPTIONS) {
        body.insert(OPTIONS.to_owned(), options.clone());
    }
}
