//! What the model may and must call.
//!
//! Functions go with `parametersJsonSchema`, which takes any JSON Schema; `parameters` knows a subset only, in which `$ref`,
//! `additionalProperties` or `oneOf` are errors, and a schema that was cut to fit would let through other arguments.

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Conversation, Function, Tool, ToolChoice};

use super::TOOL_CONFIG;

/// Writes tools and choice. All functions stand together where the first one stands.
pub(super) fn write(asked: &Conversation, body: &mut Map<String, Value>, report: &mut Translation) {
    if asked.functions().any(|it| it.strict == Some(true)) {
        report.dropped("tools.strict");
    }
    let mut tools: Vec<Value> = Vec::new();
    let mut functions: Vec<Value> = asked.functions().map(function).collect();
    for tool in &asked.tools {
        match tool {
            Tool::Function(_) if functions.is_empty() => {}
            Tool::Function(_) => {
                let all = std::mem::take(&mut functions);
                tools.push(json!({"functionDeclarations": all}));
            }
            Tool::Own(own) => tools.push(own.clone()),
        }
    }
    if !tools.is_empty() {
        body.insert("tools".to_owned(), tools.into());
    }
    if let (Some(choice), false) = (&asked.choice, asked.tools.is_empty()) {
        let config = json!({"functionCallingConfig": mode(choice)});
        body.insert(TOOL_CONFIG.to_owned(), config);
    }
}

fn function(function: &Function) -> Value {
    let members = [
        ("name", Some(json!(function.name))),
        (
            "description",
            function.description.as_ref().map(|it| json!(it)),
        ),
        ("parametersJsonSchema", function.parameters.clone()),
    ];
    let told = members.into_iter();
    told.filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// Returns whether the model must call something. `AUTO` knows no list of names, `VALIDATED` is the mode that does.
fn mode(choice: &ToolChoice) -> Value {
    match choice {
        ToolChoice::Auto => json!({"mode": "AUTO"}),
        ToolChoice::None => json!({"mode": "NONE"}),
        ToolChoice::Required => json!({"mode": "ANY"}),
        ToolChoice::Named(name) => json!({"mode": "ANY", "allowedFunctionNames": [name]}),
        ToolChoice::Allowed { names, required } => {
            let mode = if *required { "ANY" } else { "VALIDATED" };
            json!({"mode": mode, "allowedFunctionNames": names})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_has_a_mode() {
        let names = || vec!["f".to_owned()];
        for (choice, want) in [
            (ToolChoice::Auto, json!({"mode": "AUTO"})),
            (ToolChoice::None, json!({"mode": "NONE"})),
            (ToolChoice::Required, json!({"mode": "ANY"})),
            (
                ToolChoice::Named("f".to_owned()),
                json!({"mode": "ANY", "allowedFunctionNames": ["f"]}),
            ),
            (
                ToolChoice::Allowed {
                    names: names(),
                    required: true,
                },
                json!({"mode": "ANY", "allowedFunctionNames": ["f"]}),
            ),
            (
                ToolChoice::Allowed {
                    names: names(),
                    required: false,
                },
                json!({"mode": "VALIDATED", "allowedFunctionNames": ["f"]}),
            ),
        ] {
            assert_eq!(mode(&choice), want);
        }
    }

    #[test]
    fn own_tools_stand_beside_functions() {
        let named = |name: &str| {
            Tool::Function(Function {
                name: name.to_owned(),
                ..Function::default()
            })
        };
        let search = json!({"google_search": {}});
        let asked = Conversation {
            tools: vec![Tool::Own(search.clone()), named("f"), named("g")],
            ..Conversation::default()
        };
        let mut body = Map::new();
        write(&asked, &mut body, &mut Translation::default());
        let want =
            json!({"tools": [search, {"functionDeclarations": [{"name": "f"}, {"name": "g"}]}]});
        assert_eq!(Value::Object(body), want);
    }
}
