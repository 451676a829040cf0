//! The Messages API from a conversation as meant: what becomes of a chat request of a door that alters nothing in silence.
//! Others who serve Claude under the same API use it too.
//!
//! Source: Anthropic's API reference, as sampled in November 2026.

mod block;
pub(crate) mod model;
pub(crate) mod thinking;
mod tool;
mod turn;

use serde_json::{Map, Value, json};
use tidegate_wire::conversation::{Conversation, Format};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{Operation, Translation};

use crate::carriage::{Carriage, Carried, Kind, Others};
use crate::emulation;
use crate::encoded::Encoded;
use model::Generation;

/// What becomes of a request. Claude's temperatures run from 0 to 1.
pub(crate) static CARRIED: Carriage = Carriage {
    operation: Operation::Chat,
    only: None,
    members: &[
        ("max_tokens", Carried::As(MAX_TOKENS)),
        ("temperature", Carried::Within(TEMPERATURE, 0.0, 1.0)),
        (TOP_P, Carried::As(TOP_P)),
        ("stop", Carried::List("stop_sequences", 8191)),
        ("stream", Carried::Here),
        ("user", Carried::As("metadata.user_id")),
        ("safety_identifier", Carried::As("metadata.user_id")),
        (
            "service_tier",
            Carried::Apart("`auto` as it is, `default` as `standard_only`"),
        ),
        (
            "reasoning_effort",
            Carried::Apart("`thinking` with a budget; from Claude 4.6 on, adaptive with an effort"),
        ),
        ("tools", Carried::Apart("`tools`")),
        ("tool_choice", Carried::Apart("`tool_choice`")),
        (
            "parallel_tool_calls",
            Carried::Apart("`disable_parallel_tool_use`"),
        ),
        (
            "response_format",
            Carried::Apart(
                "schemas as `output_config.format`, before Claude 4.5 by a forced tool call",
            ),
        ),
    ],
    contents: &[
        (Kind::InlineImage, "an `image` block"),
        (Kind::LinkedImage, "an `image` block"),
        (Kind::InlineFile, "a `document` block (PDF and text)"),
        (Kind::LinkedFile, "a `document` block"),
        (Kind::Own, "the block as it is"),
    ],
    others: Others::Body,
};

const MAX_TOKENS: &str = "max_tokens";
const TEMPERATURE: &str = "temperature";
const TOP_P: &str = "top_p";

/// Writes a body without `model`.
pub(crate) fn body(mut asked: Conversation, model: Option<&str>) -> Result<Encoded, Fault> {
    let generation = Generation::of(model.unwrap_or_default());
    let mut report = Translation::default();
    let emulates_schema = format(&mut asked, generation, &mut report);
    let mut body = Map::new();
    CARRIED.report_apart(&asked, &mut report);
    CARRIED.write(&asked.members, &mut body, &mut report);
    if let Some(stream) = asked.stream {
        body.insert("stream".to_owned(), stream.into());
    }
    visible_stops(&mut body, &mut report);
    service_tier(&asked, &mut body, &mut report);
    body.entry(MAX_TOKENS)
        .or_insert_with(|| model::default_tokens(model).into());
    thinking::write(&asked, generation, emulates_schema, &mut body, &mut report);
    sampling(generation, &mut body, &mut report);
    tool::write(&asked, generation, &mut body, &mut report);
    turn::write(&asked, &mut body, &mut report)?;
    Ok(Encoded {
        body,
        report,
        emulates_schema,
        lone_text: false,
    })
}

/// Asks for the form of the answer; true when a schema is emulated.
fn format(asked: &mut Conversation, generation: Generation, report: &mut Translation) -> bool {
    match &asked.format {
        None | Some(Format::Text) => false,
        Some(Format::Json) => {
            report.dropped("response_format");
            false
        }
        Some(Format::Schema(schema)) if generation.has_structured_outputs() => {
            let format = json!({"type": "json_schema", "schema": schema.schema});
            let config = asked
                .members
                .entry("output_config")
                .or_insert_with(|| json!({}));
            if let Some(config) = config.as_object_mut() {
                config.insert("format".to_owned(), format);
            }
            false
        }
        Some(Format::Schema(_)) => {
            emulation::emulate(asked, report);
            true
        }
    }
}

/// Leaves out sequences of blanks only, which Claude's API refuses.
fn visible_stops(body: &mut Map<String, Value>, report: &mut Translation) {
    let Some(Value::Array(stops)) = body.get_mut("stop_sequences") else {
        return;
    };
    let before = stops.len();
    stops.retain(|stop| stop.as_str().is_none_or(|text| !text.trim().is_empty()));
    if stops.len() < before {
        report.clamped("stop", &before, &stops.len());
    }
    if stops.is_empty() {
        body.shift_remove("stop_sequences");
    }
}

fn service_tier(asked: &Conversation, body: &mut Map<String, Value>, report: &mut Translation) {
    let Some(tier) = asked.members.get("service_tier") else {
        return;
    };
    let own = match tier.as_str() {
        Some("auto") => "auto",
        Some("default" | "standard_only") => "standard_only",
        _ => return report.dropped("service_tier"),
    };
    body.insert("service_tier".to_owned(), own.into());
}

/// Leaves out what a generation refuses of temperature, `top_p` and `top_k`: from 4.1 on one of the first two may be sent,
/// from 4.7 on none. One is what a model does anyway.
fn sampling(generation: Generation, body: &mut Map<String, Value>, report: &mut Translation) {
    let refused: &[&str] = if generation.refuses_sampling() {
        &[TEMPERATURE, TOP_P, "top_k"]
    } else if generation.takes_one_of_temperature_and_top_p() && body.contains_key(TEMPERATURE) {
        &[TOP_P]
    } else {
        &[]
    };
    for name in refused {
        let sent = body.shift_remove(*name);
        if sent.is_some_and(|value| value.as_f64() != Some(1.0)) {
            report.dropped(name);
        }
    }
}
