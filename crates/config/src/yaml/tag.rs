//! Tags: `!!str` and the like; everything else is refused, as PyYAML's safe loader does.

use saphyr_parser::{ScalarStyle, Tag};

use crate::known;

use super::node::{Region, Value};
use super::scalar;
use super::syntax::{Syntax, syntax};

/// Types a scalar by its tag, or by its looks when it has none.
pub(super) fn typed(
    text: &str,
    style: ScalarStyle,
    tag: Option<&Tag>,
    region: Region,
) -> Result<Value, Syntax> {
    let Some(tag) = tag else {
        return Ok(if style == ScalarStyle::Plain {
            scalar::plain(text)
        } else {
            Value::Text
        });
    };
    if tag.handle.is_empty() && tag.suffix == "!" {
        return Ok(Value::Text);
    }
    let value = if tag.is_yaml_core_schema() {
        match tag.suffix.as_str() {
            "str" => Some(Value::Text),
            "null" => Some(Value::Null),
            "bool" => scalar::boolean(text).map(Value::Boolean),
            "int" => scalar::integer(text),
            "float" => match scalar::integer(text) {
                #[expect(clippy::cast_precision_loss, reason = "what a float is")]
                Some(Value::Integer(number)) => Some(Value::Number(number as f64)),
                Some(other) => Some(other),
                None => scalar::float(text).map(Value::Number),
            },
            "timestamp" => scalar::is_date(text).then_some(Value::Date),
            _ => return unknown_tag(tag, region),
        }
    } else {
        return unknown_tag(tag, region);
    };
    value.map_or_else(
        || {
            syntax(
                region,
                format!("the value does not fit its tag `!!{}`", tag.suffix),
            )
        },
        Ok,
    )
}

/// Takes the tag of a list or mapping if it says what the brackets say.
pub(super) fn check_tag(tag: Option<&Tag>, expected: &str, region: Region) -> Result<(), Syntax> {
    match tag {
        None => Ok(()),
        Some(tag) if tag.is_yaml_core_schema() && tag.suffix == expected => Ok(()),
        Some(tag) if tag.handle.is_empty() && tag.suffix == "!" => Ok(()),
        Some(tag) => unknown_tag(tag, region),
    }
}

fn unknown_tag<T>(tag: &Tag, region: Region) -> Result<T, Syntax> {
    // A key with a `!` before it is a tag too, so other tags are not named.
    let core = tag
        .is_yaml_core_schema()
        .then(|| format!("!!{}", known::shown(&tag.suffix)));
    match core {
        Some(name) => syntax(region, format!("the tag `{name}` is not supported")),
        None => syntax(region, "this tag is not supported"),
    }
}
