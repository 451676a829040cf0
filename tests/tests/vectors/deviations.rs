//! The lists of deviations: one file per provider, one deviation per line, each with the row that justifies it.
//!
//! A row is one of the specification's tables: D for the documentation's word against the code's, B for a bug that is not
//! copied, N for a decision. Its notes that begin with "Tidegate:" are N11. `not built` is no row: it stands for a provider
//! outside the seed documents that Tidegate knows but cannot call.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::compare::Exchange;
use crate::folder;

/// Release and case.
pub(crate) type Place = (String, String);

/// A case in which Tidegate does something else.
pub(crate) struct Deviation {
    /// What was recorded.
    pub(crate) mlflow: Exchange,
    /// What was seen.
    pub(crate) tidegate: Exchange,
    /// True when the provider got what MLflow sends it: then only the answer deviates.
    pub(crate) asks_alike: bool,
}

impl Deviation {
    /// Returns what its line must say about a part of the exchange; null for nothing.
    fn part(&self, name: &str) -> &Value {
        match name {
            "answer" => &self.tidegate.answer,
            _ if self.asks_alike => &Value::Null,
            _ => &self.tidegate.requests,
        }
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, exchange) in [("MLflow", &self.mlflow), ("Tidegate", &self.tidegate)] {
            if !self.asks_alike {
                write!(text, "\n  {name} asks {}", exchange.requests)?;
            }
            write!(text, "\n  {name} answers {}", exchange.answer)?;
        }
        Ok(())
    }
}

/// The tables of the specification and their last rows.
const TABLES: [(&str, u32); 3] = [("D", 24), ("B", 17), ("N", 17)];

/// True when the registry has only the provider's config fields.
pub(crate) fn not_built(provider: &str) -> bool {
    let spec = tidegate_providers::find(provider).expect("a provider of the registry");
    spec.build.is_none()
}

fn file(provider: &str) -> PathBuf {
    folder().join(format!("deviations/{provider}.json"))
}

/// Returns a complaint about every list that belongs to no provider of the recordings.
pub(crate) fn strange_files(providers: &BTreeSet<String>) -> Vec<String> {
    let lists = std::fs::read_dir(folder().join("deviations")).expect("the lists");
    let names = lists.map(|list| list.expect("a list").file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned());
    let belongs = |name: &String| {
        let provider = name.strip_suffix(".json");
        provider.is_some_and(|provider| providers.contains(provider))
    };
    let strange = names.filter(|name| !belongs(name));
    strange
        .map(|name| format!("`{name}` is no provider's"))
        .collect()
}

/// Compares a provider's deviations with its list, and returns what is wrong. `UPDATE_GOLDEN` brings the list up to date,
/// but cannot know rows.
pub(crate) fn check(provider: &str, seen: &BTreeMap<Place, Deviation>) -> Vec<String> {
    let mut listed = read(provider);
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut problems = Vec::new();
    for (place, deviation) in seen {
        let known = listed.contains_key(place);
        let entry = listed
            .entry(place.clone())
            .or_insert_with(|| json!({"mlflow": place.0, "case": place.1, "row": "", "why": ""}));
        let told = |name: &str| entry[name].as_str().unwrap_or_default();
        if !justifies(told("row"), provider) || told("why").is_empty() {
            problems.push(format!(
                "{provider} {place:?} deviates without a reason:{deviation}"
            ));
        }
        for part in ["answer", "upstream_requests"] {
            let now = deviation.part(part);
            if entry.get(part).unwrap_or(&Value::Null) == now {
                continue;
            }
            if known && !update {
                problems.push(format!("{provider} {place:?}: `{part}` is now {now}"));
            }
            let members = entry.as_object_mut().expect("a deviation");
            members.insert(part.to_owned(), now.clone());
            members.retain(|_, value| !value.is_null());
        }
    }
    listed.retain(|place, _| {
        let deviates = seen.contains_key(place);
        if !deviates && !update {
            problems.push(format!(
                "{provider} {place:?} is listed but does not deviate"
            ));
        }
        deviates
    });
    if update {
        write(provider, &listed);
    }
    problems
}

fn read(provider: &str) -> BTreeMap<Place, Value> {
    let path = file(provider);
    if !path.exists() {
        return BTreeMap::new();
    }
    let list = std::fs::read_to_string(&path).expect("the list is read");
    let list: Vec<Value> =
        serde_json::from_str(&list).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let place = |deviation: &Value| {
        let text = |name: &str| deviation[name].as_str().unwrap_or_default().to_owned();
        (text("mlflow"), text("case"))
    };
    list.into_iter()
        .map(|deviation| (place(&deviation), deviation))
        .collect()
}

fn write(provider: &str, listed: &BTreeMap<Place, Value>) {
    let path = file(provider);
    if listed.is_empty() {
        if path.exists() {
            std::fs::remove_file(path).expect("the empty list is removed");
        }
        return;
    }
    let lines: Vec<String> = listed.values().map(Value::to_string).collect();
    let text = format!("[\n{}\n]\n", lines.join(",\n"));
    std::fs::write(path, text).expect("the list is written");
}

/// True for a row of the specification, and for `not built` while that is so.
fn justifies(row: &str, provider: &str) -> bool {
    if row == "not built" {
        return not_built(provider);
    }
    TABLES.iter().any(|(table, last)| {
        let number = row.strip_prefix(table).and_then(|rest| rest.parse().ok());
        number.is_some_and(|number: u32| (1..=*last).contains(&number))
    })
}
