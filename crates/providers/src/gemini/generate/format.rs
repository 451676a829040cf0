//! The form of an answer.
//!
//! A schema goes as `responseJsonSchema`, which takes JSON Schemas as they are; `responseSchema` takes a subset only (no
//! `$ref`, no `additionalProperties`) and would need rewriting that loses meaning.

use serde_json::{Map, Value};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Conversation, Format};

use super::model::Model;
use crate::carriage::put;

/// OpenAI's modalities are Gemini's in lower case.
const MODALITIES: &str = "modalities";

/// True when the model would refuse a schema because it is given functions too.
pub(super) fn must_be_emulated(asked: &Conversation, model: &Model) -> bool {
    !model.forms_beside_functions
        && matches!(asked.format, Some(Format::Schema(_)))
        && asked.functions().next().is_some()
}

/// Asks for a form.
pub(super) fn write(
    asked: &Conversation,
    model: &Model,
    body: &mut Map<String, Value>,
    report: &mut Translation,
) {
    if let Some(Value::Array(modalities)) = asked.members.get(MODALITIES) {
        let names = modalities.iter().filter_map(Value::as_str);
        let names: Value = names.map(str::to_uppercase).collect();
        put(body, "generationConfig.responseModalities", names);
    }
    let schema = match &asked.format {
        None | Some(Format::Text) => return,
        Some(Format::Json) => None,
        Some(Format::Schema(schema)) => Some(schema.schema.clone()),
    };
    if !model.forms_beside_functions && asked.functions().next().is_some() {
        return report.dropped("response_format");
    }
    let json = "application/json";
    put(body, "generationConfig.responseMimeType", json.into());
    if let Some(schema) = schema {
        put(body, "generationConfig.responseJsonSchema", schema);
    }
}
