//! Whatever things are called in MLflow, the config is valid and says the same.

use std::path::Path;

use proptest::prelude::*;
use tidegate_config::Environment;
use tidegate_import::{Answers, import};

/// An environment in which every variable is set that can hold a key.
struct Everything;

impl Environment for Everything {
    fn var(&self, name: &str) -> Option<String> {
        (!name.ends_with("_SECONDS")).then(|| "a key".to_owned())
    }

    fn read_key_file(&self, _: &str) -> Option<Result<String, String>> {
        None
    }

    fn is_file(&self, _: &Path) -> bool {
        false
    }
}

/// Texts of all kinds, and those that YAML reads as something else.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z0-9$:#\\- .'\"\\\\{}\\[\\],&*!|>%@`~]{0,12}",
        proptest::sample::select(vec![
            "yes",
            "1e3",
            "0x1f",
            "$HOME",
            "null",
            "~",
            "1:30",
            "---",
            "a: b",
            "- a",
            "\u{85}\u{2028}"
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #[test]
    fn any_name_survives(
        name in text(), model in text().prop_filter("a model has a name", |model| !model.is_empty()), secret in text(), organisation in text(), definition in text()
    ) {
        let mapping = |id: &str| serde_json::json!({
            "weight": 0.5,
            "linkage_type": "PRIMARY",
            "model_definition": {
                "name": format!("{definition}{id}"), "provider": "openai", "model_name": model, "secret_id": "s",
                "secret_name": secret
            }
        });
        let answer = serde_json::json!({
            "endpoints": [
                {"endpoint_id": "a", "name": name, "model_mappings": [mapping("a")]},
                {"endpoint_id": "b", "name": "other", "model_mappings": [mapping("a"), mapping("b")],
                 "routing_strategy": "REQUEST_BASED_TRAFFIC_SPLIT"}
            ],
            "secrets": [
                {"secret_id": "s", "secret_name": secret, "masked_values": {"api_key": "sk-"},
                 "auth_config": {"organization": organisation}}
            ]
        });
        let answers = Answers::read(&answer.to_string()).unwrap();
        let text = import(&answers, "a server").unwrap().config();
        let catalog = tidegate_providers::catalog();
        let loaded = tidegate_config::parse(&text, Path::new("made.yaml"), catalog, &Everything);
        let loaded = loaded.unwrap_or_else(|error| panic!("{error}\n{text}"));
        prop_assert!(loaded.warnings.is_empty(), "{:?}\n{}", loaded.warnings, text);
        let endpoints = loaded.config.endpoints;
        prop_assert_eq!(endpoints.len(), 3, "{}", text);
        let kept = !["", ".", ".."].contains(&name.as_str()) && name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c));
        if kept && name != "other" {
            prop_assert!(endpoints.iter().any(|endpoint| endpoint.name == name), "{}", text);
        }
        for alias in &loaded.config.aliases {
            prop_assert_eq!(&alias.pattern, &name);
        }
        for endpoint in &endpoints {
            prop_assert_eq!(endpoint.model.name.as_deref().unwrap_or_default(), model.as_str(), "{}", text);
            let told = endpoint.model.settings.text("openai_organization");
            prop_assert_eq!(told.unwrap_or_default(), organisation.trim(), "{}", text);
        }
    }

    #[test]
    fn no_text_is_a_reason_to_fail(text in any::<String>()) {
        let _ = Answers::read(&text);
    }
}
