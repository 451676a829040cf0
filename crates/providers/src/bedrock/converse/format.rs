//! The form of the answer.

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Conversation, Format, Schema};

use super::super::abilities::{Abilities, Bound, Forced};
use super::schema;
use crate::carriage::put;
use crate::emulation::emulate;

/// Writes which form is asked for, and returns true where a schema is asked for by a call in place of that. Bedrock has
/// no form between a schema and none.
pub(super) fn write(
    able: Abilities,
    asked: &mut Conversation,
    body: &mut Map<String, Value>,
    report: &mut Translation,
) -> bool {
    let wanted = match &asked.format {
        None | Some(Format::Text) => return false,
        Some(Format::Json) => {
            report.dropped("response_format");
            return false;
        }
        Some(Format::Schema(schema)) => schema,
    };
    let closed = (able.bound != Bound::No).then(|| schema::closed(&wanted.schema));
    let told = match (closed, able.forced) {
        (Some(Some(closed)), _) => closed,
        // No other way is left: the provider may say what it does not like.
        (Some(None), Forced::No) => wanted.schema.clone(),
        (None, Forced::No) => {
            report.dropped("response_format");
            return false;
        }
        _ => {
            emulate(asked, report);
            return true;
        }
    };
    put(body, "outputConfig.textFormat", text_format(wanted, &told));
    false
}

fn text_format(wanted: &Schema, told: &Value) -> Value {
    let mut definition = Map::from_iter([
        ("schema".to_owned(), told.to_string().into()),
        ("name".to_owned(), wanted.name.as_str().into()),
    ]);
    if let Some(text) = &wanted.description {
        definition.insert("description".to_owned(), text.as_str().into());
    }
    json!({"type": "json_schema", "structure": {"jsonSchema": definition}})
}
