//! The choice among tools, for providers that cannot be told which.

use tidegate_wire::conversation::{Conversation, Tool, ToolChoice};
use tidegate_wire::dialect::Fault;

/// What is left of a choice when only the functions are left that may be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// The model decides.
    Auto,
    /// No function may be called.
    None,
    /// One must be called.
    Required,
    /// This one must be called; no other is left.
    Named(String),
}

/// Takes the functions out of a conversation that its choice excludes. A choice of functions that the request does not
/// name is refused.
pub(crate) fn narrow(asked: &mut Conversation) -> Result<Choice, Fault> {
    let (names, left) = match asked.choice.take() {
        None | Some(ToolChoice::Auto) => return Ok(Choice::Auto),
        Some(ToolChoice::None) => return Ok(Choice::None),
        Some(ToolChoice::Required) => return Ok(Choice::Required),
        Some(ToolChoice::Named(name)) => (vec![name.clone()], Choice::Named(name)),
        Some(ToolChoice::Allowed { names, required }) => {
            let left = if required {
                Choice::Required
            } else {
                Choice::Auto
            };
            (names, left)
        }
    };
    asked.tools.retain(|tool| match tool {
        Tool::Function(function) => names.contains(&function.name),
        Tool::Own(_) => false,
    });
    if asked.tools.is_empty() {
        let names = names.join("`, `");
        let text = format!("`tool_choice` names `{names}`, which is not among `tools`.");
        return Err(Fault::invalid(400, text)
            .with_code("invalid_value")
            .with_param("tool_choice"));
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use tidegate_wire::conversation::Function;

    use super::*;

    #[test]
    fn only_what_may_be_called_is_left() {
        let named = || ToolChoice::Named("g".to_owned());
        let allowed = |names: &[&str], required| ToolChoice::Allowed {
            names: names.iter().map(|&name| name.to_owned()).collect(),
            required,
        };
        for (choice, left, tools) in [
            (None, Some(Choice::Auto), "fgo"),
            (Some(ToolChoice::None), Some(Choice::None), "fgo"),
            (Some(ToolChoice::Required), Some(Choice::Required), "fgo"),
            (Some(named()), Some(Choice::Named("g".to_owned())), "g"),
            (
                Some(allowed(&["g", "x"], true)),
                Some(Choice::Required),
                "g",
            ),
            (Some(allowed(&["f"], false)), Some(Choice::Auto), "f"),
            (Some(allowed(&["x"], false)), None, ""),
        ] {
            let function = |name: &str| {
                Tool::Function(Function {
                    name: name.to_owned(),
                    ..Function::default()
                })
            };
            let mut asked = Conversation {
                choice: choice.clone(),
                tools: vec![function("f"), function("g"), Tool::Own("o".into())],
                ..Conversation::default()
            };
            assert_eq!(narrow(&mut asked).ok(), left, "{choice:?}");
            let left: String = asked
                .tools
                .iter()
                .map(|tool| match tool {
                    Tool::Function(function) => function.name.as_str(),
                    Tool::Own(_) => "o",
                })
                .collect();
            assert_eq!(left, tools, "{choice:?}");
        }
    }
}
