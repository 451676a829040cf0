//! Answers of MLflow, and what is made of them: the whole config, the whole report. Each config is loaded as the gateway
//! loads it, with the variables set that the report names and no others.
//!
//! `everything.json` and `endpoints-alone.json` are answers of MLflow 3.17.2 (the latter cut), with other hosts and
//! names of users; `odd.json` is made by hand.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic here is a failed test; clippy's own exception covers test functions only, not their helpers"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tidegate_config::{Config, Environment};
use tidegate_import::{Answers, import};

/// An environment in which some variables are set, and no file exists.
struct Variables(BTreeSet<String>);

impl Environment for Variables {
    fn var(&self, name: &str) -> Option<String> {
        self.0.contains(name).then(|| "a key".to_owned())
    }

    fn read_key_file(&self, _: &str) -> Option<Result<String, String>> {
        None
    }

    fn is_file(&self, _: &Path) -> bool {
        false
    }
}

fn load(text: &str, variables: impl IntoIterator<Item = String>) -> Config {
    let variables = Variables(variables.into_iter().collect());
    let catalog = tidegate_providers::catalog();
    let loaded = tidegate_config::parse(text, Path::new("made.yaml"), catalog, &variables);
    let loaded = loaded.unwrap_or_else(|error| panic!("{error}\n{text}"));
    let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert!(warnings.is_empty(), "{}", warnings.join("\n"));
    loaded.config
}

fn inputs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    files.sort();
    files
}

#[test]
fn golden_files() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut differing = String::new();
    for path in inputs() {
        let answers = Answers::read(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let imported = import(&answers, "https://mlflow.example.com").unwrap();
        let config = imported.config();
        assert!(!config.contains("..."), "a masked key:\n{config}");
        for (end, fresh) in [("yaml", &config), ("txt", &imported.report("config.yaml"))] {
            let file = path.with_extension(end);
            if update {
                std::fs::write(&file, fresh).unwrap();
            } else if std::fs::read_to_string(&file).unwrap_or_default() != *fresh {
                let _ = writeln!(differing, "{} is now:\n{fresh}", file.display());
            }
        }
        let variables = imported.variables().iter().map(|known| known.name.clone());
        load(&config, variables);
    }
    assert!(differing.is_empty(), "{differing}");
}
