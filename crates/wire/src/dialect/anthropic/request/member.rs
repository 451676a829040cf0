//! Members of a request beside what is said and what may be called, under OpenAI's names.

use serde_json::{Value, json};

use super::super::spot::Spot;
use super::{Reading, report_others};
use crate::conversation::{Format, Schema};
use crate::dialect::Fault;

const EFFORT: &str = "reasoning_effort";

/// How many tokens of thought an effort begins with; below the first it is `low`. The steps are ours, between the budgets
/// that providers are given for an effort.
const BUDGETS: [(u64, &str); 3] = [(16_384, "high"), (4096, "medium"), (0, "low")];

/// Reads a member. What no words are for is reported.
pub(super) fn read(spot: &Spot<'_>, name: &str, reading: &mut Reading) -> Result<(), Fault> {
    let mut put = |name: &str, value: Value| {
        reading.asked.members.insert(name.to_owned(), value);
    };
    match name {
        "model" | "messages" | "system" | "tools" | "tool_choice" => {}
        "max_tokens" | "top_k" => {
            spot.whole()?;
            put(name, spot.value.clone());
        }
        "temperature" | "top_p" => put(name, spot.number()?.clone()),
        "stop_sequences" => {
            let texts = spot.items()?.map(|item| Ok(json!(item.text()?)));
            let texts = texts.collect::<Result<Vec<_>, Fault>>()?;
            if !texts.is_empty() {
                put("stop", texts.into());
            }
        }
        "stream" => reading.asked.stream = Some(spot.truth()?),
        "service_tier" => put("service_tier", tier(spot)?.into()),
        "metadata" => metadata(spot, reading)?,
        "thinking" => thinking(spot, reading)?,
        "output_config" => output(spot, reading)?,
        "output_format" => format(spot, reading)?,
        _ => reading.drop(name, spot.value),
    }
    Ok(())
}

fn tier(spot: &Spot<'_>) -> Result<&'static str, Fault> {
    match spot.text()? {
        "auto" => Ok("auto"),
        "standard_only" => Ok("default"),
        _ => Err(spot.refuse("`auto` or `standard_only`")),
    }
}

fn metadata(spot: &Spot<'_>, reading: &mut Reading) -> Result<(), Fault> {
    spot.members()?;
    if let Some(user) = spot.get_text("user_id")? {
        reading.asked.members.insert("user".to_owned(), json!(user));
    }
    report_others(spot, "metadata", &["user_id"], &mut reading.report);
    Ok(())
}

/// Reads how much is to be thought. A number of tokens becomes the nearest effort; an effort that is given counts for more.
fn thinking(spot: &Spot<'_>, reading: &mut Reading) -> Result<(), Fault> {
    match spot.kind()?.as_str() {
        "enabled" => {
            let budget = spot.need("budget_tokens")?.whole()?;
            let mut steps = BUDGETS.iter();
            let step = steps.find(|(least, _)| budget >= *least);
            let effort = step.map_or("low", |(_, effort)| *effort);
            let members = &mut reading.asked.members;
            let effort = members
                .entry(EFFORT)
                .or_insert_with(|| effort.into())
                .as_str();
            let effort = effort.unwrap_or_default();
            reading
                .report
                .clamped("thinking.budget_tokens", &budget, &effort);
        }
        "adaptive" | "disabled" => {}
        _ => return Err(spot.refuse("of the `type` `enabled`, `adaptive` or `disabled`")),
    }
    if spot.get("display").is_some_and(|it| it.value == "omitted") {
        reading.report.dropped("thinking.display");
    }
    let known = ["type", "budget_tokens", "display"];
    report_others(spot, "thinking", &known, &mut reading.report);
    Ok(())
}

fn output(spot: &Spot<'_>, reading: &mut Reading) -> Result<(), Fault> {
    spot.members()?;
    if let Some(effort) = spot.get("effort") {
        let mut effort = effort.text()?;
        if effort == "max" {
            effort = "xhigh";
            reading
                .report
                .clamped("output_config.effort", &"max", &effort);
        }
        reading
            .asked
            .members
            .insert(EFFORT.to_owned(), effort.into());
    }
    if let Some(form) = spot.get("format") {
        format(&form, reading)?;
    }
    report_others(
        spot,
        "output_config",
        &["effort", "format"],
        &mut reading.report,
    );
    Ok(())
}

/// Reads the form of the answer. The API holds every answer to its schema.
fn format(spot: &Spot<'_>, reading: &mut Reading) -> Result<(), Fault> {
    if spot.kind()? != "json_schema" {
        return Err(spot.refuse("of the `type` `json_schema`"));
    }
    let schema = spot.need("schema")?;
    schema.members()?;
    reading.asked.format = Some(Format::Schema(Schema {
        name: "answer".to_owned(),
        description: None,
        schema: schema.value.clone(),
        strict: Some(true),
    }));
    Ok(())
}
