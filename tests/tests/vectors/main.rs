//! What MLflow 2.8.1, 2.15.1 and 2.22.5 did with a request, Tidegate does too, except where `deviations/` says why not.
//!
//! Each recorded case runs against the real binary with `mlflow_dialect` set to the release's (decision N1). Compared are
//! the requests to the provider (method, address, credentials, body) and the client's answer (status, JSON, or stream frame
//! by frame). A member that is null equals an absent one (N12), and frames may hold what N9 adds. A deviation is listed in
//! its provider's file with its row of the specification and the whole answer that Tidegate gives instead; one that no
//! longer deviates is an error. `UPDATE_GOLDEN=1` rewrites the answers and adds what is new with an empty row.
//! `VECTORS=<provider>` plays that provider's cases alone.

mod address;
mod aws;
mod compare;
mod deviations;
mod stand;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;

use compare::Exchange;
use deviations::{Deviation, Place};
use stand::Stand;

/// Releases, the dialects that imitate them, and how many cases were recorded of each.
const RELEASES: [(&str, &str, usize); 3] = [
    ("2.8.1", "candidates", 236),
    ("2.15.1", "choices", 252),
    ("2.22.5", "choices", 255),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../golden/vectors")
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("a text at {pointer} of {value}"))
}

/// Returns the name of the provider that a case is about.
fn provider(case: &Value) -> &str {
    text(case, "/route/model/provider")
}

/// Returns all cases of a release.
fn cases(release: &str, count: usize) -> Vec<Value> {
    let path = folder().join(format!("mlflow-{release}.json"));
    let document = std::fs::read_to_string(&path).expect("the release's cases");
    let mut document: Value = serde_json::from_str(&document).expect("the cases are JSON");
    let Value::Array(cases) = document["cases"].take() else {
        panic!("{} holds no cases", path.display())
    };
    assert_eq!(cases.len(), count, "{}", path.display());
    cases
}

/// True for a provider of the seed whose adapter does not exist yet. Gemini is no such provider: that it is not built is a
/// listed deviation.
fn awaits_its_adapter(provider: &str) -> bool {
    provider != "gemini" && deviations::not_built(provider)
}

/// Plays a case and returns the deviation, if it is one.
fn deviation(stand: &Stand, case: &Value) -> Option<Deviation> {
    let (mlflow, tidegate) = (Exchange::recorded(case), stand.play(case));
    let asks_alike = tidegate.asks_like(&mlflow);
    let holds = asks_alike && tidegate.answers_like(&mlflow);
    (!holds).then_some(Deviation {
        mlflow,
        tidegate,
        asks_alike,
    })
}

#[test]
fn recorded_cases_of_mlflow_hold() {
    let only = std::env::var("VECTORS").ok();
    let is_played = |provider: &str| match &only {
        Some(only) => only == provider,
        None => !awaits_its_adapter(provider),
    };
    let mut known = BTreeSet::new();
    let mut played: BTreeMap<String, BTreeMap<Place, Deviation>> = BTreeMap::new();
    for (release, dialect, count) in RELEASES {
        let mut cases = cases(release, count);
        known.extend(cases.iter().map(|case| provider(case).to_owned()));
        cases.retain(|case| is_played(provider(case)));
        let stand = Stand::new(dialect, &cases);
        for case in &cases {
            let places = played.entry(provider(case).to_owned()).or_default();
            if let Some(deviation) = deviation(&stand, case) {
                places.insert(
                    (release.to_owned(), text(case, "/id").to_owned()),
                    deviation,
                );
            }
        }
    }
    if let Some(only) = only {
        assert!(known.contains(&only), "VECTORS names none of {known:?}");
    }
    let mut problems = deviations::strange_files(&known);
    for (provider, seen) in &played {
        problems.extend(deviations::check(provider, seen));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
