//! The config file: any text is read or refused, and no key is ever shown.

use std::path::Path;

use tidegate_config::{Config, Environment, Settings, Value};
use tidegate_providers::catalog;

/// What every variable and every key file holds.
const CANARY: &str = "Zq7Xv9Kj2Wp4";

/// Shorter keys are words that may stand anywhere.
const SHORTEST: usize = 8;

/// A world in which every variable and every key file is there, and all hold a key.
struct Keys;

impl Environment for Keys {
    fn var(&self, name: &str) -> Option<String> {
        (!name.is_empty()).then(|| CANARY.to_owned())
    }

    fn read_key_file(&self, path: &str) -> Option<Result<String, String>> {
        path.starts_with('/').then(|| Ok(format!("{CANARY}\n")))
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_absolute()
    }
}

/// Reads a text and looks for keys in all that a person may see.
pub fn config(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (shown, config) =
        match tidegate_config::parse(text, Path::new("/etc/fuzz.yaml"), catalog(), &Keys) {
            Ok(loaded) => (
                format!("{loaded:?}{}", blocks(&loaded.warnings)),
                Some(loaded.config),
            ),
            Err(error) => (format!("{error}{error:?}"), None),
        };
    assert!(
        text.contains(CANARY) || !shown.contains(CANARY),
        "a key from outside is shown"
    );
    for key in config.iter().flat_map(keys) {
        // A text that stands in the file once, as a key, has no other reason to be shown.
        let once = key.len() >= SHORTEST && text.matches(&key).count() == 1;
        assert!(!once || !shown.contains(&key), "a key is shown");
    }
}

fn blocks(warnings: &[tidegate_config::Problem]) -> String {
    warnings
        .iter()
        .flat_map(|warning| [warning.to_string(), warning.one_line()])
        .collect()
}

fn keys(config: &Config) -> Vec<String> {
    let mut keys = Vec::new();
    for endpoint in &config.endpoints {
        collect(&endpoint.model.settings, &mut keys);
    }
    keys
}

fn collect(settings: &Settings, keys: &mut Vec<String>) {
    for (_, value) in settings.iter() {
        match value {
            Value::Secret(secret, _) => keys.push(secret.expose().to_owned()),
            Value::Group(group) => collect(group, keys),
            _ => {}
        }
    }
}
