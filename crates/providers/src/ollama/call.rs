//! Calls of tools, which come whole.

use serde::Deserialize;
use serde_json::Value;
use tidegate_wire::event::Event;

/// A call.
#[derive(Debug, Deserialize)]
pub(super) struct Call {
    id: Option<String>,
    function: Function,
}

#[derive(Debug, Deserialize)]
struct Function {
    name: String,
    /// An object.
    arguments: Option<Value>,
}

impl Call {
    /// Tells the call, which came at this time.
    pub(super) fn tell(self, index: u32, created_at: Option<&str>, out: &mut Vec<Event>) {
        let id = self.id.filter(|id| !id.is_empty());
        let json = match self.function.arguments {
            None | Some(Value::Null) => "{}".to_owned(),
            Some(Value::String(text)) => text,
            Some(other) => other.to_string(),
        };
        out.push(Event::ToolCall {
            choice: 0,
            index,
            id: id.unwrap_or_else(|| made_up(index, created_at)),
            name: self.function.name,
        });
        out.push(Event::ToolArguments {
            choice: 0,
            index,
            json,
        });
    }
}

/// The most digits of a time that are told.
const DIGITS: usize = 24;

/// Makes an id for a call of a server that gives none: its time, which no other turn has, and its place in the answer.
fn made_up(index: u32, created_at: Option<&str>) -> String {
    let digits = created_at.unwrap_or_default().chars();
    let digits: String = digits.filter(char::is_ascii_digit).take(DIGITS).collect();
    if digits.is_empty() {
        format!("call_{index}")
    } else {
        format!("call_{digits}_{index}")
    }
}

#[cfg(test)]
mod tests {
    use super::made_up;

    #[test]
    fn ids_are_made_of_time_and_place() {
        for (index, created_at, want) in [
            (
                0,
                Some("2026-08-04T19:59:20.445769Z"),
                "call_20260804195920445769_0",
            ),
            (
                1,
                Some("2026-08-04T19:59:20.445769123-07:00"),
                "call_202608041959204457691230_1",
            ),
            (2, None, "call_2"),
        ] {
            assert_eq!(made_up(index, created_at), want);
        }
    }
}
