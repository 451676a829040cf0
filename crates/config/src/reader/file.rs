//! The file itself: its sections, and names that stand twice.

use std::collections::{HashMap, HashSet};

use crate::yaml::{Node, Value};
use crate::{Config, MlflowDialect, Problem, Severity, known};

use super::{At, Reader};

/// Prefix of top-level keys that hold YAML anchors and are nobody's business.
const EXTENSION: &str = "x-";

impl Reader<'_> {
    /// Reads the whole file. A result with errors among the problems must not be used.
    pub(crate) fn file(&mut self, root: &Node) -> Option<Config> {
        let at = At::root(root);
        if !matches!(root.value, Value::Mapping(_)) {
            self.no_mapping(&at);
            return None;
        }
        let entries = self.entries(&at);
        if self.duplicates(&entries) {
            return None;
        }
        self.top_level_keys(&at);
        let (splits, endpoints): (Vec<_>, Vec<_>) = entries.into_iter().partition(is_split);
        let mut operations = HashMap::new();
        let mut configs = Vec::new();
        for entry in &endpoints {
            let (name, operation, config) = self.endpoint(entry);
            if let Some(name) = name {
                operations.insert(name, operation);
            }
            configs.extend(config);
        }
        let names: HashSet<&str> = endpoints.iter().chain(&splits).filter_map(name).collect();
        let splits = splits
            .iter()
            .filter_map(|entry| self.split(entry, &operations))
            .collect();
        Some(Config {
            endpoints: configs,
            splits,
            aliases: self.aliases(at.present("aliases").as_ref(), &names),
            mlflow_dialect: self.dialect(&at),
            server: self.server(at.present("server").as_ref()),
            upstream: self.upstream(at.present("upstream").as_ref()),
        })
    }

    fn no_mapping(&mut self, at: &At<'_>) {
        let file = &self.file;
        let problem = if at.node().is_null() {
            Problem::error(format!("The file at {file} is empty"))
        } else {
            let kind = at.node().kind();
            Problem::error(format!(
                "The file at {file} must hold a mapping with the key `endpoints`, not {kind}"
            ))
            .at("", at.span())
        };
        self.push(problem.help(
            "begin with `endpoints:` and list at least one endpoint, or write `endpoints: []`",
        ));
    }

    /// Returns the elements of `routes` and `endpoints`, in that order (decision N13).
    fn entries<'n>(&mut self, at: &At<'n>) -> Vec<At<'n>> {
        let (routes, endpoints) = (at.get("routes"), at.get("endpoints"));
        match (&routes, &endpoints) {
            (None, None) => {
                self.missing::<()>(
                    at,
                    "endpoints",
                    known::TOP,
                    "list the endpoints under `endpoints:`; `endpoints: []` for none",
                );
            }
            // MLflow 3 keeps endpoints in one list and splits over them in the other.
            (Some(routes), Some(endpoints)) if !routes.items().iter().all(is_split) => {
                let warning = "`routes` and `endpoints` are both given; the endpoints of both are served, \
                               though MLflow ignores `routes` then";
                self.push(
                    Problem::warning(warning)
                        .at("endpoints", endpoints.key_span())
                        .help("move all of them under one of the two keys"),
                );
            }
            _ => {}
        }
        let mut entries = Vec::new();
        for list in [routes, endpoints].into_iter().flatten() {
            if !matches!(list.node().value, Value::Sequence(_)) {
                let help = "begin each endpoint with `- name: …`; write `[]` for none";
                self.wrong_type(&list, "Input should be a valid list", help);
            }
            entries.extend(list.items());
        }
        entries
    }

    /// Reports names that stand twice: before anything else is looked at, as MLflow does.
    fn duplicates(&mut self, entries: &[At<'_>]) -> bool {
        let mut lines: HashMap<&str, usize> = HashMap::new();
        let errors = self.errors();
        for entry in entries {
            let Some(at) = entry.present("name") else {
                continue;
            };
            let (name, span) = (at.node().text.as_str(), at.span());
            let Some(first) = lines.get(name).filter(|_| !name.is_empty()) else {
                lines.insert(name, span.line);
                continue;
            };
            let message = "Duplicate names found in endpoint configurations. Please remove the duplicate endpoint \
                           name from the configuration to ensure that endpoints are created properly.";
            self.push(
                Problem::error(message)
                    .at(at.path(), span)
                    .detail(format!("`{name}` is already the name on line {first}"))
                    .help("give every endpoint its own name"),
            );
        }
        self.errors() > errors
    }

    fn top_level_keys(&mut self, at: &At<'_>) {
        let before = self.problems.len();
        self.unknown_keys(at, known::TOP, Severity::Warning);
        let mut index = 0;
        self.problems.retain(|problem| {
            index += 1;
            index <= before || !problem.path.starts_with(EXTENSION)
        });
    }

    fn dialect(&mut self, at: &At<'_>) -> MlflowDialect {
        let Some(at) = at.present("mlflow_dialect") else {
            return MlflowDialect::default();
        };
        match at.node().as_text() {
            Some("auto") => MlflowDialect::Auto,
            Some("candidates") => MlflowDialect::Candidates,
            Some("choices") => MlflowDialect::Choices,
            _ => {
                let help = format!("use {}", known::choices(["auto", "candidates", "choices"]));
                let message = format!("the mlflow_dialect `{}` is not known", at.node().text);
                self.push(Problem::error(message).at(at.path(), at.span()).help(help));
                MlflowDialect::default()
            }
        }
    }
}

/// The name of an endpoint or a split, whatever else is wrong with it.
fn name<'n>(entry: &At<'n>) -> Option<&'n str> {
    entry.get("name")?.node().as_text()
}

/// A traffic split is told from an endpoint by its own keys.
fn is_split(entry: &At<'_>) -> bool {
    entry.get("destinations").is_some() || entry.get("task_type").is_some()
}
