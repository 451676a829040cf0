//! What MLflow 2.8.1, 2.15.1 and 2.22.5 did with a request, Tidegate does too, except where `deviations/` says why not.
//!
//! Each recorded case runs against the real binary with `mlflow_dialect` set to the release's (decision N1), and those of
//! 2.22.5 a second time at `/endpoints/...`, which is MLflow 2.22's whatever the dialect (decision N2). Compared are the requests to the provider (method, address, credentials, body) and the client's answer (status, JSON, or stream frame
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

/// One playing of a release's cases.
struct Run {
    /// The release.
    release: &'static str,
    /// How many cases were recorded of it.
    count: usize,
    /// The dialect that imitates it.
    dialect: &'static str,
    /// The door at which the cases of `/gateway/...` are played.
    door: &'static str,
    /// What the run is called in lists of deviations.
    name: &'static str,
}

const RUNS: [Run; 4] = [
    Run {
        release: "2.8.1",
        count: 236,
        dialect: "candidates",
        door: "gateway",
        name: "2.8.1",
    },
    Run {
        release: "2.15.1",
        count: 252,
        dialect: "choices",
        door: "gateway",
        name: "2.15.1",
    },
    Run {
        release: "2.22.5",
        count: 255,
        dialect: "choices",
        door: "gateway",
        name: "2.22.5",
    },
    Run {
        release: "2.22.5",
        count: 255,
        dialect: "auto",
        door: "endpoints",
        name: "2.22.5 at /endpoints",
    },
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

/// Returns all cases of a run's release.
fn cases(run: &Run) -> Vec<Value> {
    let Run { release, count, .. } = run;
    let path = folder().join(format!("mlflow-{release}.json"));
    let document = std::fs::read_to_string(&path).expect("the release's cases");
    let mut document: Value = serde_json::from_str(&document).expect("the cases are JSON");
    let Value::Array(cases) = document["cases"].take() else {
        panic!("{} holds no cases", path.display())
    };
    assert_eq!(cases.len(), *count, "{}", path.display());
    cases
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
    let is_played = |provider: &str| only.as_deref().is_none_or(|only| only == provider);
    let mut known = BTreeSet::new();
    let mut played: BTreeMap<String, BTreeMap<Place, Deviation>> = BTreeMap::new();
    for run in RUNS {
        let mut cases = cases(&run);
        known.extend(cases.iter().map(|case| provider(case).to_owned()));
        cases.retain(|case| is_played(provider(case)));
        let stand = Stand::new(run.dialect, run.door, &cases);
        for case in &cases {
            let places = played.entry(provider(case).to_owned()).or_default();
            if let Some(deviation) = deviation(&stand, case) {
                places.insert(
                    (run.name.to_owned(), text(case, "/id").to_owned()),
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
